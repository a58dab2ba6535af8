// The conversation that an answer goes on from, as the model gets it.
import { createUIMessageCodec } from '@ably/ai-transport/vercel';

const { getMessages } = createUIMessageCodec();
const RESULTS = new Set(['output-available', 'output-error', 'output-denied']);
const isTool = ({ toolCallId }) => typeof toolCallId === 'string';

/** The nodes a run goes back to, the oldest first, without the run itself. */
function ancestors(tree, runId) {
  const chain = [];
  const seen = new Set([runId]);
  let at = tree.getRunNode(runId)?.parentCodecMessageId;
  while (at !== undefined) {
    const node = tree.getNodeByCodecMessageId(at);
    const key = node?.kind === 'run' ? node.runId : at;
    if (!node || seen.has(key)) break;
    seen.add(key);
    chain.unshift(node);
    at = node.parentCodecMessageId;
  }
  return chain;
}

/**
 * Everything that was said, by the session's tree: the SDK's view leaves out every answer that was
 * stopped, failed or lost its agent, together with its question. Of those and of all others before
 * this run, tool calls without a result are left out: a provider accepts none.
 */
export function conversation({ tree, run, decisions }) {
  const settle = (message) => ({ ...message, parts: message.parts.map((part) => (isTool(part) ? decisions.settled(part) : part)) });
  const before = ancestors(tree, run.runId).flatMap(({ projection }) => getMessages(projection));
  const ids = new Set(before.map(({ codecMessageId }) => codecMessageId));
  const own = run.view.getMessages().filter(({ codecMessageId }) => !ids.has(codecMessageId));
  const past = before.map(({ message }) => settle(message)).map((message) => ({
    ...message, parts: message.parts.filter((part) => !isTool(part) || RESULTS.has(part.state)),
  }));
  return [...past, ...own.map(({ message }) => settle(message))];
}

/** Whether a run still asks somebody something. */
export const asks = ({ tree, runId, decisions }) =>
  getMessages(tree.getRunNode(runId).projection).some(({ message }) =>
    message.parts.some((part) => isTool(part) && decisions.settled(part).state === 'approval-requested'));
