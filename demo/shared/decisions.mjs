// What a person's answer to a tool call counts for: the first one on the wire decides, and what the
// tool gave stays. The SDK applies every answer, also one that comes after another or after the
// result; the page and the agent read its tool parts through this.
import { getCodecHeaders } from '@ably/ai-transport';

const RESULTS = {
  'tool-output-available': ({ output }) => ({ state: 'output-available', output }),
  'tool-output-error': ({ errorText }) => ({ state: 'output-error', errorText: errorText ?? '' }),
};

export class Decisions {
  #firsts = new Map();
  #results = new Map();

  /** Takes a message of the channel, in whatever order history brings them. */
  note(message) {
    const { kind, toolCallId: call, approved, preliminary } = getCodecHeaders(message);
    if (!call) return;
    if (message.name === 'ai-input' && kind === 'tool-approval-response') {
      const before = this.#firsts.get(call);
      if (before && before.serial <= message.serial) return;
      this.#firsts.set(call, { serial: message.serial, by: message.clientId ?? '', approved: approved === 'true' });
    }
    const result = message.name === 'ai-output' && preliminary !== 'true' && Object.hasOwn(RESULTS, kind);
    if (result) this.#results.set(call, RESULTS[kind](message.data ?? {}));
  }

  /** Who answered for a tool call first, and what; undefined while nobody has. */
  first(call) {
    return this.#firsts.get(call);
  }

  /** A tool part as it stands by what counts; the same object when it says so already. */
  settled(part) {
    const result = this.#results.get(part.toolCallId);
    const first = this.#firsts.get(part.toolCallId);
    const state = result?.state ?? (first && (first.approved ? 'approval-responded' : 'output-denied'));
    if (!state || !OVERWRITTEN.has(part.state) || part.state === state) return part;
    const { approval, output, errorText, ...call } = part;
    if (result) return { ...call, ...result };
    return { ...call, state, approval: { id: approval?.id || part.toolCallId, approved: first.approved } };
  }
}

const OVERWRITTEN = new Set(['approval-responded', 'output-denied']);
