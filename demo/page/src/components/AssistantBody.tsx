import { useChat, useHere } from '../context';
import { isTool, textOf, type Row } from '../session/rows';
import { Branches } from './Branches';
import { CopyButton } from './CopyButton';
import { Icon } from './Icon';
import { Markdown } from './Markdown';
import { Reasoning } from './Reasoning';
import { ToolCard } from './ToolCard';

export function AssistantBody({ row, tail, last }: { row: Row; tail: boolean; last: boolean }) {
  const actions = useChat((state) => state.actions);
  const connected = useChat((state) => state.link.state === 'connected');
  const { chat } = useHere();
  const { parts } = row.message;
  const writing = row.status === 'active' && tail;
  const end = parts.findLastIndex((part) => part.type !== 'step-start');
  const settled = row.status === 'complete' || row.status === 'cancelled' || row.status === 'error';
  const quiet = last ? 'quiet-button' : 'quiet-button on-demand';
  // All of the answer, also what was said before somebody steered or approved.
  const answer = () => chat.state().rows.filter((each) => each.runId === row.runId && each.role === 'assistant');
  const again = () => void actions?.regenerate((answer()[0] ?? row).id);
  return (
    <>
      {parts.map((part, index) => {
        const open = writing && connected && index === end;
        if (part.type === 'text')
          return part.text === '' ? null : <Markdown key={index} source={part.text} writing={open} />;
        if (part.type === 'reasoning') return <Reasoning key={index} source={part.text} thinking={open} />;
        if (isTool(part)) return <ToolCard key={part.toolCallId} part={part} row={row} />;
        return null;
      })}
      <div className="row-tools">
        <Branches branch={row.branch} what="answer" />
        {settled && tail && (
          <>
            <button
              type="button"
              className={quiet}
              data-testid="regenerate"
              disabled={!connected}
              onClick={again}
              aria-label="Write this answer again"
              title="Again"
            >
              <Icon name="again" />
            </button>
            <CopyButton
              className={quiet}
              text={() =>
                answer()
                  .map((each) => textOf(each.message))
                  .join('\n\n')
              }
            />
          </>
        )}
      </div>
    </>
  );
}
