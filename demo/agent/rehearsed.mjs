// A model without a model: it streams prose that was written beforehand, thinks first and calls
// tools, at the pace of a real one. What it does follows from the words of the question.
import { setTimeout as pause } from 'node:timers/promises';
import { answerTo, tokensOf } from './rehearsal.mjs';

const TOKENS_PER_SECOND = Number(process.env.HOLDFAST_DEMO_PACE) || 50;
// A reader that was slow is not flooded afterwards: lost time stays lost.
const CATCH_UP_MS = 100;

const usage = (output) => ({
  inputTokens: { total: undefined, noCache: undefined, cacheRead: undefined, cacheWrite: undefined },
  outputTokens: { total: output, text: output, reasoning: undefined },
});

class Pace {
  #due = performance.now();

  async next(signal) {
    const now = performance.now();
    this.#due = Math.max(this.#due + 1000 / TOKENS_PER_SECOND, now - CATCH_UP_MS);
    if (this.#due > now) await pause(this.#due - now, undefined, { signal });
    else signal?.throwIfAborted();
  }
}

async function* streamed(kind, text, pace, signal) {
  const id = `${kind}-${Math.random().toString(36).slice(2, 10)}`;
  yield { type: `${kind}-start`, id };
  for (const delta of tokensOf(text)) {
    await pace.next(signal);
    yield { type: `${kind}-delta`, id, delta };
  }
  yield { type: `${kind}-end`, id };
}

async function* called({ toolName, input }, pace, signal) {
  const id = `call-${Math.random().toString(36).slice(2, 12)}`;
  const json = JSON.stringify(input);
  yield { type: 'tool-input-start', id, toolName };
  for (const delta of tokensOf(json)) {
    await pace.next(signal);
    yield { type: 'tool-input-delta', id, delta };
  }
  yield { type: 'tool-input-end', id };
  yield { type: 'tool-call', toolCallId: id, toolName, input: json };
}

async function* performed(script, signal) {
  const pace = new Pace();
  let count = 0;
  yield { type: 'stream-start', warnings: [] };
  for (const act of script) {
    if (act.fails) {
      yield { type: 'error', error: new Error(act.fails) };
      yield { type: 'finish', finishReason: { unified: 'error', raw: 'error' }, usage: usage(count) };
      return;
    }
    const parts = act.toolName ? called(act, pace, signal) : streamed(act.kind, act.text, pace, signal);
    for await (const part of parts) {
      count++;
      yield part;
    }
  }
  const unified = script.at(-1)?.toolName ? 'tool-calls' : 'stop';
  yield { type: 'finish', finishReason: { unified, raw: unified }, usage: usage(count) };
}

export class RehearsedModel {
  specificationVersion = 'v4';
  provider = 'holdfast-demo';
  modelId = 'rehearsed';
  supportedUrls = {};

  async doStream({ prompt, abortSignal, providerOptions }) {
    const script = answerTo(prompt, providerOptions?.rehearsed ?? {});
    return { stream: ReadableStream.from(performed(script, abortSignal)) };
  }

  async doGenerate() {
    throw new Error('the rehearsed model only streams');
  }
}
