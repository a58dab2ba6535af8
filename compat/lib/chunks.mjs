// Model output as the Vercel AI SDK streams it, made from given text instead of a model.
import { tokens } from './prose.mjs';
import { pause } from './wait.mjs';

let made = 0;
const id = (stem) => `${stem}-${++made}`;

function* run(kind, text, count, seed) {
  const streamId = id(kind);
  yield { type: `${kind}-start`, id: streamId };
  for (const delta of tokens(text, count, seed)) yield { type: `${kind}-delta`, id: streamId, delta };
  yield { type: `${kind}-end`, id: streamId };
}

export const reasoning = (text, count = 1, seed = 3) => [...run('reasoning', text, count, seed)];
export const text = (value, count = 1, seed = 4) => [...run('text', value, count, seed)];

/** A tool call whose input arrives in pieces. */
export function toolCall(toolCallId, toolName, input) {
  const pieces = tokens(JSON.stringify(input), 3).map((inputTextDelta) => ({ type: 'tool-input-delta', toolCallId, inputTextDelta }));
  return [{ type: 'tool-input-start', toolCallId, toolName }, ...pieces, { type: 'tool-input-available', toolCallId, toolName, input }];
}

export const toolOutput = (toolCallId, output) => [{ type: 'tool-output-available', toolCallId, output }];
export const approvalRequest = (toolCallId, approvalId) => [{ type: 'tool-approval-request', toolCallId, approvalId }];

/** The chunks of one step of one assistant message. */
export const turn = (...parts) => [{ type: 'start' }, { type: 'start-step' }, ...parts.flat(), { type: 'finish-step' }, { type: 'finish', finishReason: 'stop' }];

/** The chunks at about `perSecond`; `at` maps an index to something to do before that chunk. */
export async function* paced(chunks, perSecond = 200, at = {}) {
  const started = performance.now();
  for (const [i, chunk] of chunks.entries()) {
    const wait = started + (i * 1000) / perSecond - performance.now();
    if (wait > 1) await pause(wait);
    at[i]?.();
    yield chunk;
  }
}
