// The conversation as the page shows it: one row per visible message.
import type { BranchHandle, RunStatus, Tree } from '@ably/ai-transport';
import type { ConversationView, UIMessage } from './codec';
import type { VercelOutput, VercelProjection } from '@ably/ai-transport/vercel';
import type { Decision, Decisions } from '../../../shared/decisions.mjs';
import type { WireIndex } from './wire';

export type Status = RunStatus | 'gone' | '';
export type Steer = 'pending' | 'consumed' | 'missed' | '';

export interface Row {
  readonly id: string;
  readonly role: 'user' | 'assistant';
  readonly message: UIMessage;
  readonly runId: string;
  readonly status: Status;
  readonly error: string;
  readonly steer: Steer;
  /** The client id of who wrote it; '' when not known. */
  readonly author: string;
  readonly branch: BranchHandle<UIMessage>;
  /** The session it was read in. */
  readonly origin: string;
  /** Who decided about its tool calls, and how. */
  readonly decisions: Pick<Decisions, 'first'>;
  /** Nobody has taken this up for a while, though this window could see it if somebody had. */
  readonly unheard: boolean;
  /** Differs whenever something to be seen differs: the SDK changes messages in place. */
  readonly version: string;
}

type Handle = Pick<ConversationView, 'messages' | 'runOf' | 'branchSelection'>;

export function rowsOf(view: Handle, tree: Tree<VercelOutput, VercelProjection>, wire: WireIndex): readonly Row[] {
  // A steer that could not be sent stays in the SDK's tree; sent again, it is there twice.
  const newest = new Map(view.messages.map(({ codecMessageId, message }) => [message.id, codecMessageId]));
  const messages = view.messages.filter(
    ({ codecMessageId, message }) => message.role !== 'user' || newest.get(message.id) === codecMessageId,
  );
  return messages.map(({ codecMessageId: id, message }) => {
    const run = view.runOf(id);
    const steering = message.role === 'user' && tree.getNodeByCodecMessageId(id)?.kind === 'run';
    return versioned({
      id,
      role: message.role === 'user' ? 'user' : 'assistant',
      message: settled(message, wire.decisions),
      runId: run?.runId ?? '',
      status: run?.status ?? '',
      error: run?.error?.message ?? '',
      steer: steering ? steerOf(wire.steersTaken.has(id), run?.status) : '',
      author: wire.authorOf.get(id) ?? '',
      branch: view.branchSelection(id),
      origin: wire.id,
      decisions: wire.decisions,
      unheard: false,
    });
  });
}

const versioned = (row: Omit<Row, 'version'>): Row => ({
  ...row,
  version: [
    row.origin,
    row.runId,
    row.status,
    row.error,
    row.steer,
    row.author,
    row.unheard,
    row.branch.index,
    row.branch.siblings.length,
    ...row.message.parts.map((part) => partVersion(part, row.decisions)),
  ].join('|'),
});

function partVersion(part: UIMessage['parts'][number], decisions: Row['decisions']): string {
  if (part.type === 'text' || part.type === 'reasoning') return `${part.type}${part.text.length}${part.text.slice(-8)}`;
  if (!isTool(part)) return part.type;
  const input = part.state === 'input-streaming' ? (JSON.stringify(part.input) ?? '').length : '';
  return `${part.toolCallId}${part.state}${input}${decided(decisions.first(part.toolCallId))}`;
}

const decided = (decision: Decision | undefined): string => (decision ? `${decision.by} ${decision.approved}` : '');

/** The message with its tool calls as they stand by what counts. */
function settled(message: UIMessage, decisions: Decisions): UIMessage {
  if (!message.parts.some(isTool)) return message;
  return { ...message, parts: message.parts.map((part) => (isTool(part) ? decisions.settled(part) : part)) };
}

function steerOf(taken: boolean, status: RunStatus | undefined): Steer {
  if (taken) return 'consumed';
  return status === 'active' || status === 'suspended' ? 'pending' : 'missed';
}

/** The same rows, saying which runs have lost their agent and what nobody has taken up. */
export function judged(rows: readonly Row[], gone: ReadonlySet<string>, unheard: ReadonlySet<string>): readonly Row[] {
  return rows.map((row) => {
    if (unheard.has(row.id)) return versioned({ ...row, unheard: true });
    if (row.status !== 'active' || !gone.has(row.runId)) return row;
    return versioned({ ...row, status: 'gone', steer: row.steer === 'pending' ? 'missed' : row.steer });
  });
}

export const textOf = (message: UIMessage): string =>
  message.parts.map((part) => (part.type === 'text' ? part.text : '')).join('');

export type ToolPart = Extract<UIMessage['parts'][number], { toolCallId: string }>;

export const isTool = (part: UIMessage['parts'][number]): part is ToolPart =>
  (part.type === 'dynamic-tool' || part.type.startsWith('tool-')) && 'toolCallId' in part;

export const toolName = (part: ToolPart): string =>
  part.type === 'dynamic-tool' ? part.toolName : part.type.slice('tool-'.length);

/** The rows whose input waits for an agent: a question at the end, or an answer to an approval. */
export function waiting(rows: readonly Row[], claimed: ReadonlySet<string>): readonly string[] {
  const last = rows.at(-1);
  if (!last) return [];
  if (last.role === 'user' && last.status === '') return [last.id];
  if (last.status !== 'suspended' || claimed.has(last.runId)) return [];
  const asked = rows.filter((row) => row.runId === last.runId && row.message.parts.some(isTool)).at(-1);
  const open = asked?.message.parts.some((part) => isTool(part) && part.state === 'approval-requested');
  return asked && !open ? [asked.id] : [];
}
