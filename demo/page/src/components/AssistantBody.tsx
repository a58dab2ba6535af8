import { useChat, useHere } from '../context';
import { isTool, type Row } from '../session/rows';
import { Branches } from './Branches';
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
  // All of the answer, also what was said before somebody steered or approved.
  const again = () => {
    const first = chat.state().rows.find((each) => each.runId === row.runId && each.role === 'assistant');
    void actions?.regenerate((first ?? row).id);
  };
  return (
    <>
      {parts.map((part, index) => {
        const open = writing && connected && index === end;
        if (part.type === 'text') return part.text === '' ? null : <Markdown key={index} source={part.text} writing={open} />;
        if (part.type === 'reasoning') return <Reasoning key={index} source={part.text} thinking={open} />;
        if (isTool(part)) return <ToolCard key={part.toolCallId} part={part} row={row} />;
        return null;
      })}
      <div className="row-tools">
        <Branches branch={row.branch} what="answer" />
        {settled && tail && (
          <button type="button" className={last ? 'quiet-button' : 'quiet-button on-demand'} data-testid="regenerate" onClick={again} aria-label="Write this answer again" title="Again">
            <Icon name="again" />
          </button>
        )}
      </div>
    </>
  );
}
