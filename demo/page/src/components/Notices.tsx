import { useSyncExternalStore } from 'react';
import { useChat, useHere } from '../context';
import type { Entry } from '../session/outbox';
import { Icon } from './Icon';

/** What went wrong, in words, and a way on. */
export function Notices() {
  const { chat, outbox } = useHere();
  const notices = useChat((state) => state.notices);
  const entries = useSyncExternalStore(outbox.watch, outbox.entries);
  const unheard = entries.filter((entry) => entry.stage === 'stuck' && entry.purpose.kind === 'wake');
  return (
    <div className="notices" role="status" data-testid="notice">
      {unheard.map((entry) => (
        <Unheard key={entry.id} entry={entry} />
      ))}
      {notices.map(({ id, text }) => (
        <p key={id} className="notice">
          <span>{text}</span>
          <button type="button" className="quiet-button tiny" aria-label="Dismiss" onClick={() => chat.dismiss(id)}>
            <Icon name="close" />
          </button>
        </p>
      ))}
    </div>
  );
}

function Unheard({ entry }: { entry: Entry }) {
  const { outbox } = useHere();
  return (
    <p className="notice">
      <span>Your message is in the conversation, but the agent could not be reached ({entry.problem}).</span>
      <button type="button" className="button small" onClick={() => outbox.change(entry.id, { stage: 'waiting' })}>
        Try again
      </button>
      <button type="button" className="quiet-button tiny" aria-label="Dismiss" onClick={() => outbox.remove(entry.id)}>
        <Icon name="close" />
      </button>
    </p>
  );
}
