import { useHere } from '../context';
import { toolName, type Row, type ToolPart } from '../session/rows';
import { toolTitle } from '../words';
import { Approval } from './Approval';
import { Icon } from './Icon';
import { Value } from './Value';

const STATES: Readonly<Record<string, string>> = {
  'input-streaming': 'being prepared',
  'input-available': 'running',
  'approval-requested': 'needs approval',
  'approval-responded': 'approved',
  'output-available': 'done',
  'output-error': 'failed',
  'output-denied': 'denied',
};

function stateWords(part: ToolPart, row: Row): string {
  const busy = part.state === 'input-streaming' || part.state === 'input-available';
  if (busy && row.status !== 'active') return row.status === 'gone' ? 'left unfinished' : 'not finished';
  return STATES[part.state] ?? part.state;
}

export function ToolCard({ part, row }: { part: ToolPart; row: Row }) {
  const asking = part.state === 'approval-requested' && row.status === 'suspended';
  const { me, names } = useHere();
  const decision = asking ? undefined : row.decisions.first(part.toolCallId);
  const input = part.input;
  return (
    <section
      className={asking ? 'tool asking' : 'tool'}
      data-testid="tool"
      data-tool={toolName(part)}
      data-tool-call-id={part.toolCallId}
      data-state={part.state}
      aria-label={`Tool: ${toolTitle(toolName(part))}`}
    >
      <header className="tool-head">
        <span className="tool-icon">
          <Icon name={asking ? 'hand' : 'tool'} />
        </span>
        <h2>{toolTitle(toolName(part))}</h2>
        <span className="tool-state">{stateWords(part, row)}</span>
      </header>
      {input !== undefined && (
        <div className="tool-input" data-testid="tool-input">
          <Value value={input} />
        </div>
      )}
      {part.state === 'output-available' && (
        <details className="tool-output" open={!isLong(part.output)}>
          <summary>Result</summary>
          <div data-testid="tool-output">
            <Value value={part.output} />
          </div>
        </details>
      )}
      {part.state === 'output-error' && <p className="tool-error">{part.errorText}</p>}
      {decision && (
        <p className="tool-decider" data-testid="decision">
          {decision.approved ? 'Approved' : 'Denied'} by {decision.by === me.clientId ? 'you' : names.of(decision.by)}
        </p>
      )}
      {asking && <Approval row={row} toolCallId={part.toolCallId} />}
    </section>
  );
}

const isLong = (value: unknown): boolean => (JSON.stringify(value) ?? '').length > 400;
