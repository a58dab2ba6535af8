import { useEffect, useState, type KeyboardEvent } from 'react';
import { useChat, useHere } from '../context';
import { useGrowing } from '../hooks/useGrowing';
import { recall, remember } from '../storage';
import { Icon } from './Icon';

const TEXT = 'composer-text';

/** Where the keyboard goes when what it was on is gone. */
export const focusComposer = (): void => document.getElementById(TEXT)?.focus();

export function Composer() {
  const { facts, chat, outbox } = useHere();
  const [text, setText] = useDraft(facts.session);
  const box = useGrowing(text);
  const actions = useChat((state) => state.actions);
  const run = useChat((state) => state.rows.findLast((row) => row.status === 'active')?.runId ?? '');
  const stoppable = useChat(
    (state) => state.rows.findLast((row) => row.status === 'active' || state.asked.has(row.id))?.id,
  );
  const connected = useChat((state) => state.link.state === 'connected');
  const steering = run !== '';
  const empty = text.trim() === '';

  const say = (steer: boolean) => {
    if (empty) return;
    outbox.add(text, steer ? { kind: 'steer', run } : { kind: 'message' });
    setText('');
    box.current?.focus();
  };

  const stop = () => {
    const row = chat.state().rows.find((each) => each.id === stoppable);
    if (row) void actions?.stop(row);
  };

  const pressed = (event: KeyboardEvent) => {
    if (event.key === 'Escape' && empty) stop();
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    say(steering);
  };

  return (
    <form
      className="composer"
      data-testid="composer"
      onSubmit={(event) => {
        event.preventDefault();
        say(steering);
      }}
    >
      <label className="sr-only" htmlFor={TEXT}>
        {steering ? 'Steer the answer that is being written' : 'Message'}
      </label>
      <textarea
        id={TEXT}
        ref={box}
        data-testid={TEXT}
        rows={1}
        autoFocus
        enterKeyHint="send"
        placeholder={steering ? 'Steer this answer…' : 'Ask something'}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={pressed}
      />
      <div className="composer-row">
        <span className="hint">{hint(steering, connected)}</span>
        {stoppable && (
          <button type="button" className="button stop" data-testid="stop" aria-label="Stop" onClick={stop}>
            <Icon name="stop" />
            <span>Stop</span>
          </button>
        )}
        {steering && (
          <button
            type="button"
            className="button separate"
            data-testid="send"
            disabled={empty}
            onClick={() => say(false)}
            title="A question of its own, answered beside this one"
          >
            Ask separately
          </button>
        )}
        {steering ? (
          <button type="submit" className="button primary" data-testid="steer" disabled={empty}>
            <Icon name="steer" />
            Steer
          </button>
        ) : (
          <button type="submit" className="button primary" data-testid="send" disabled={empty}>
            <Icon name="send" />
            Send
          </button>
        )}
      </div>
    </form>
  );
}

function hint(steering: boolean, connected: boolean): string {
  if (!connected) return 'What you send now goes out when the connection is back.';
  return steering
    ? 'Enter steers · Shift+Enter for a new line · Esc stops'
    : 'Enter sends · Shift+Enter for a new line';
}

/** What is being written, kept over reloads. */
function useDraft(session: string) {
  const [text, setText] = useState(() => recall(`draft:${session}`) ?? '');
  useEffect(() => remember(`draft:${session}`, text === '' ? null : text), [session, text]);
  return [text, setText] as const;
}
