import { useChat, useHere } from '../context';
import { textOf, type Row } from '../session/rows';
import { runWords } from '../words';
import { Icon } from './Icon';

/** What stands under the last message of a run: its state in words, and a way on when it is stuck. */
export function RowEnd({ row, last }: { row: Row; last: boolean }) {
  if (row.status === 'gone') return <Gone row={row} />;
  if (row.unheard) return <Unheard row={row} />;
  if (row.role === 'user' && row.status === '' && last) return <Waiting />;
  return <RunState row={row} />;
}

function RunState({ row }: { row: Row }) {
  const doing = useChat((state) => state.presence.members.find((member) => member.kind === 'agent')?.doing ?? '');
  const connected = useChat((state) => state.link.state === 'connected');
  const words = runWords(row, doing, connected);
  if (!words) return null;
  const busy = row.status === 'active' && connected;
  return (
    <div className={`run-status ${row.status}`} data-testid="run-status" data-run-status={row.status}>
      {busy && <Dots />}
      {row.status === 'error' && <Icon name="warn" />}
      <span>{words}</span>
      {row.status === 'error' && <TryAgain row={row} />}
    </div>
  );
}

function Gone({ row }: { row: Row }) {
  return (
    <div className="callout" data-testid="gone" role="alert">
      <Icon name="warn" />
      <p data-testid="run-status" data-run-status="gone">
        The agent that wrote this answer is gone. What it wrote is kept.
      </p>
      <TryAgain row={row} />
    </div>
  );
}

function Unheard({ row }: { row: Row }) {
  const actions = useChat((state) => state.actions);
  return (
    <div className="callout" data-testid="unheard" role="alert">
      <Icon name="warn" />
      <p>{row.role === 'user' ? 'No agent has taken this up yet.' : 'The answer is recorded, but no agent has taken it up yet.'}</p>
      <button type="button" className="button small" data-testid="try-again" onClick={() => actions?.wake(row.id)}>
        Try again
      </button>
    </div>
  );
}

const Waiting = () => (
  <div className="run-status" data-testid="run-status" data-run-status="">
    <Dots />
    <span>Waiting for the agent…</span>
  </div>
);

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
  const again = () => {
    const { rows, actions } = chat.state();
    const run = rows.filter((each) => each.runId === row.runId);
    const answer = run.find((each) => each.role === 'assistant');
    const question = run.find((each) => each.role === 'user' && !each.steer);
    if (answer) void actions?.regenerate(answer.id);
    else if (question) actions?.edit(question.id, textOf(question.message));
  };
  return (
    <button type="button" className="button small" data-testid="try-again" onClick={again}>
      Try again
    </button>
  );
}
