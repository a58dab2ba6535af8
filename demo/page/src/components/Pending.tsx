import { useHere } from '../context';
import type { Entry } from '../session/outbox';

/** What somebody said here and the conversation does not have yet. */
export function Pending({ entry }: { entry: Entry }) {
  const { outbox } = useHere();
  const stuck = entry.stage === 'stuck';
  return (
    <div className="message user pending" data-testid="pending" data-stage={entry.stage}>
      <div className="bubble">
        <p className="plain">{entry.text}</p>
      </div>
      <p className="steer-note" role="status">
        {stuck ? `Not sent: ${entry.problem}` : 'Will be sent when the connection is back'}
      </p>
      <div className="pending-tools">
        {stuck && (
          <button type="button" className="button small" onClick={() => outbox.change(entry.id, { stage: 'waiting' })}>
            Send again
          </button>
        )}
        <button type="button" className="button small" onClick={() => outbox.remove(entry.id)}>
          Discard
        </button>
      </div>
    </div>
  );
}
