import { useEffect, useRef, useSyncExternalStore } from 'react';
import { useChat, useHere } from '../context';
import { useFollow } from '../hooks/useFollow';
import { Icon } from './Icon';
import { MessageRow } from './MessageRow';
import { Pending } from './Pending';
import { Welcome } from './Welcome';

export function Thread() {
  const { outbox } = useHere();
  const all = useChat((state) => state.rows);
  const ready = useChat((state) => state.ready);
  const hasOlder = useChat((state) => state.hasOlder);
  const loading = useChat((state) => state.loading);
  const actions = useChat((state) => state.actions);
  const connected = useChat((state) => state.link.state === 'connected');
  const waiting = useSyncExternalStore(outbox.watch, outbox.entries).filter(
    (entry) =>
      entry.text !== '' && (entry.stage !== 'sending' || !connected) && entry.purpose.kind !== 'wake',
  );
  const rows = all.filter((row) => !waiting.some((entry) => entry.id === row.message.id));
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const { away, toEnd } = useFollow(scroller, content, rows[0]?.id);

  // Whoever says something wants to see it.
  const mine = rows.findLast((row) => row.role === 'user' && row.author === '')?.id;
  useEffect(() => {
    if (mine) toEnd();
  }, [mine, toEnd]);

  // The button goes with the last page: whoever was on it is taken to what it brought.
  const asking = useRef(false);
  useEffect(() => {
    if (hasOlder || !asking.current) return;
    asking.current = false;
    const first = content.current?.querySelector<HTMLElement>('[data-testid=message]');
    first?.setAttribute('tabindex', '-1');
    first?.focus({ preventScroll: true });
  }, [hasOlder]);

  const lastOfRun = new Map(rows.map((row, index) => [row.runId, index]));
  return (
    <div className="thread" ref={scroller}>
      <div className="column" ref={content}>
        {hasOlder && ready && rows.length > 0 && (
          <button
            type="button"
            className="button older"
            data-testid="load-older"
            aria-disabled={loading}
            onClick={() => {
              asking.current = true;
              if (!loading) actions?.loadOlder();
            }}
            onBlur={() => (asking.current = false)}
          >
            {loading ? 'Loading…' : 'Show earlier messages'}
          </button>
        )}
        {rows.length === 0 && <Welcome ready={ready} />}
        <div
          className="messages"
          data-testid="messages"
          role="log"
          aria-live="off"
          aria-label="Conversation"
          aria-busy={!ready}
        >
          {rows.map((row, index) => (
            <MessageRow
              key={row.id}
              row={row}
              tail={row.runId === '' || lastOfRun.get(row.runId) === index}
              last={index === rows.length - 1}
            />
          ))}
        </div>
        {waiting.map((entry) => (
          <Pending key={entry.id} entry={entry} />
        ))}
      </div>
      {away && rows.length > 0 && (
        <button
          type="button"
          className="to-end"
          aria-label="Go to the latest message"
          title="Latest"
          onClick={() => toEnd(true)}
        >
          <Icon name="down" />
        </button>
      )}
    </div>
  );
}
