import { useSyncExternalStore } from 'react';
import { useChat, useHere } from '../context';
import { textOf, type Row } from '../session/rows';
import { runWords, STOPPING } from '../words';
import { Icon } from './Icon';

/** What stands under the last message of a run: its state in words, and a way on when it is stuck. */
export function RowEnd({ row, last }: { row: Row; last: boolean }) {
  if (row.status === 'gone') return <Gone row={row} />;
  if (row.unheard) return <Unheard row={row} />;
  if (row.role === 'user' && row.status === '' && last) return <Waiting row={row} />;
  return <RunState row={row} />;
}

function RunState({ row }: { row: Row }) {
  const doing = useChat((state) => state.presence.members.find((member) => member.kind === 'agent')?.doing ?? '');
  const connected = useChat((state) => state.link.state === 'connected');
  const forsaken = useChat(({ presence }) => presence.synced && !presence.claimed.has(row.runId));
  const stopping = useChat((state) => state.stopping.has(row.runId));
  const words = runWords(row, { doing, connected, forsaken, stopping });
  if (!words) return null;
  const busy = row.status === 'active' && connected && !forsaken;
  return (
    <div className={`run-status ${row.status}`} data-testid="run-status" data-run-status={row.status}>
      {busy && <Dots />}
      {row.status === 'error' && <Icon name="warn" />}
      <span className="run-words">{words}</span>
      {row.status === 'error' && <TryAgain row={row} />}
    </div>
  );
}

function Gone({ row }: { row: Row }) {
  return (
    <div className="callout" data-testid="gone">
      <Icon name="warn" />
      <p data-testid="run-status" data-run-status="gone">
        The agent that wrote this answer is gone. What it wrote is kept.
      </p>
      <TryAgain row={row} />
    </div>
  );
}

function Unheard({ row }: { row: Row }) {
  const { outbox } = useHere();
  const actions = useChat((state) => state.actions);
  const wakes = useSyncExternalStore(outbox.watch, outbox.entries).filter((entry) => entry.purpose.kind === 'wake');
  // A notice says the same and more.
  if (wakes.some((entry) => entry.stage === 'stuck')) return null;
  const trying = wakes.length > 0;
  return (
    <div className="callout" data-testid="unheard" role="alert">
      <Icon name="warn" />
      <p>
        {row.role === 'user'
          ? 'No agent has taken this up yet.'
          : 'The decision is recorded, but no agent has taken it up yet.'}
        {trying && ' Still trying to reach one…'}
      </p>
      {!trying && (
        <button type="button" className="button small" data-testid="try-again" onClick={() => actions?.wake(row.id)}>
          Try again
        </button>
      )}
    </div>
  );
}

function Waiting({ row }: { row: Row }) {
  const connected = useChat((state) => state.link.state === 'connected');
  const stopping = useChat((state) => state.stopping.has(row.id));
  const otherwise = stopping
    ? STOPPING
    : row.author !== ''
      ? 'Sent. What became of it shows when the connection is back.'
      : 'Goes out when the connection is back.';
  return (
    <div className="run-status" data-testid="run-status" data-run-status="">
      {connected && <Dots />}
      <span>{connected ? 'Waiting for the agent…' : otherwise}</span>
    </div>
  );
}

const Dots = () => (
  <span className="dots" aria-hidden="true">
    <i />
    <i />
    <i />
  </span>
);

/** Asks for another answer; where there is no answer to replace, asks the question once more. */
function TryAgain({ row }: { row: Row }) {
  const { chat } = useHere();
  const connected = useChat((state) => state.link.state === 'connected');
  const again = () => {
    const { rows, actions } = chat.state();
    const run = rows.filter((each) => each.runId === row.runId);
    const answer = run.find((each) => each.role === 'assistant');
    const question = run.find((each) => each.role === 'user' && !each.steer);
    if (answer) void actions?.regenerate(answer.id);
    else if (question) actions?.edit(question.id, textOf(question.message));
  };
  return (
    <button type="button" className="button small" data-testid="try-again" disabled={!connected} onClick={again}>
      Try again
    </button>
  );
}
