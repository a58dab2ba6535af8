import { useHere } from '../context';
import type { Entry } from '../session/outbox';

const WORDS = {
  waiting: 'Will be sent when the connection is back',
  sending: 'Was on its way when the connection broke; it arrives once',
} as const;

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
        {stuck ? `Not sent: ${entry.problem}` : WORDS[entry.stage === 'sending' ? 'sending' : 'waiting']}
      </p>
      <div className="pending-tools">
        {stuck && (
          <button type="button" className="button small" onClick={() => outbox.change(entry.id, { stage: 'waiting' })}>
            Send again
          </button>
        )}
        {entry.stage !== 'sending' && (
          <button type="button" className="button small" onClick={() => outbox.remove(entry.id)}>
            Discard
          </button>
        )}
      </div>
    </div>
  );
}
