// People and agents of AI sessions, and what their views are compared by.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { createAgentSession, createClientSession, Invocation } from '@ably/ai-transport';
import { createUIMessageCodec } from '@ably/ai-transport/vercel';
import { until, within } from './wait.mjs';

export const codec = createUIMessageCodec();
export const userMessage = (text) => codec.createUserMessage({ id: randomUUID(), role: 'user', parts: [{ type: 'text', text }] });

/** Messages without what the SDK makes up while decoding: `step-start` parts, empty and stream-state fields. */
export function plain(messages) {
  return messages.map(({ role, parts }) => ({
    role,
    parts: parts.filter((part) => part.type !== 'step-start').map((part) => JSON.parse(JSON.stringify(part))),
  }));
}

export const viewOf = (view) => plain(view.getMessages().map(({ message }) => message));
export const textOf = (message) => message.parts.filter((part) => part.type === 'text').map((part) => part.text).join('');
export const reasoningOf = (message) => message.parts.filter((part) => part.type === 'reasoning').map((part) => part.text).join('');
export const lastMessage = (view) => view.getMessages().at(-1)?.message;

/** A person's device: a client session on a connected client. */
export async function person(client, channelName, options = {}) {
  const errors = [];
  const session = createClientSession({ client, channelName, codec, ...options });
  session.on('error', (error) => errors.push(error));
  await session.connect();
  return { session, view: session.view, errors, client };
}

/** An agent attached to the channel; `answer` runs one invocation by a script. */
export async function agent(client, channelName, options = {}) {
  const errors = [];
  const session = createAgentSession({ client, channelName, codec, ...options });
  session.on('error', (error) => errors.push(error));
  await session.connect();
  return {
    session, errors, client,
    createRun: (clientRun, identity, hooks) => session.createRun(invocationOf(clientRun), identity, hooks),
    /** Starts the run, drains its history, pipes `chunks` and ends it complete. */
    async answer(clientRun, chunks, hooks) {
      const run = session.createRun(invocationOf(clientRun), undefined, hooks);
      await within(run.start(), 20_000, 'the run to start');
      const result = await run.pipe(chunks);
      assert.equal(result.reason, 'complete', String(result.error));
      await run.end({ reason: 'complete' });
      return run;
    },
  };
}

/** The invocation as it would travel: through JSON. */
export const invocationOf = (clientRun) => Invocation.fromJSON(JSON.parse(JSON.stringify(clientRun.toInvocation().toJSON())));

/** Waits until the view's runs all have this status and the messages satisfy `enough`. */
export async function settled(view, status, enough = () => true, ms = 30_000) {
  const state = () => view.runs().map((run) => `${run.runId.slice(0, 8)} ${run.status}`).join(', ');
  const holds = () => view.runs().length > 0 && view.runs().every((run) => run.status === status) && enough(view.getMessages());
  await until(holds, () => `all runs to be ${status}; they are: ${state()}; ${view.getMessages().length} messages`, ms, 10);
}

/** A view from history alone on a new connection, paged `step` messages at a time until there is no more. */
export async function paged(connect, channelName, { step = 100, historyPageSize } = {}) {
  const late = await person(await connect(), channelName, historyPageSize ? { historyPageSize } : {});
  let pages = 0;
  while (late.view.hasOlder()) {
    await within(late.view.loadOlder(step), 20_000, 'an older page');
    pages++;
    assert.ok(pages < 1_000, 'paging comes to an end');
  }
  return { ...late, pages };
}

/** The conversation is the same for everyone: these views and one that reads it all from history. */
export async function sameForAll(connect, channelName, views, options) {
  const late = await paged(connect, channelName, options);
  const expected = viewOf(views[0]);
  for (const view of [...views.slice(1), late.view]) assert.deepEqual(viewOf(view), expected);
  return late;
}
