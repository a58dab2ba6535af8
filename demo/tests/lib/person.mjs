// A person without a browser: the client SDK against the demo, as the page uses it.
import { randomUUID } from 'node:crypto';
import { createClientSession, createUIMessageCodec } from '@ably/ai-transport/vercel';
import Ably from 'ably';
import { until, within } from './wait.mjs';

const codec = createUIMessageCodec();
const message = (text) => codec.createUserMessage({ id: randomUUID(), role: 'user', parts: [{ type: 'text', text }] });

export const textOf = ({ parts }) => parts.filter(({ type }) => type === 'text').map(({ text }) => text).join('');

export const newSession = () => `t-${randomUUID().slice(0, 12)}`;

export class Person {
  static async join(demo, session, clientId = 'ada') {
    const person = new Person();
    Object.assign(person, { demo, session, clientId, errors: [] });
    const { body } = await demo.api(`session/${session}`);
    person.client = new Ably.Realtime({
      authCallback: (_, done) =>
        demo.api('token', { session, clientId }).then(({ body: { token } }) => done(null, token), (error) => done(error.message, null)),
      endpoint: '127.0.0.1', port: body.realtimePort, tls: false, fallbackHosts: [], disableConnectivityCheck: true,
      disconnectedRetryTimeout: 200, logLevel: 0,
    });
    person.chat = createClientSession({ client: person.client, channelName: body.channel, historyPageSize: 1_000 });
    person.chat.on('error', (error) => person.errors.push(error));
    await person.chat.connect();
    person.view = person.chat.view;
    while (person.view.hasOlder()) await person.view.loadOlder(100);
    return person;
  }

  /** Hands what was published to the agent, as the page does. */
  async #invoke(run) {
    const answer = await this.demo.api('run', { session: this.session, invocation: run.toInvocation().toJSON() });
    if (answer.status !== 202) throw new Error(JSON.stringify(answer.body));
    await within(run.started, 20_000, 'the run to start');
    return run;
  }

  async ask(text) {
    return this.#invoke(await this.view.send(message(text)));
  }

  async edit(id, text) {
    return this.#invoke(await this.view.edit(id, [message(text)]));
  }

  async regenerate(id) {
    return this.#invoke(await this.view.regenerate(id));
  }

  steer(run, text) {
    return run.steer(message(text));
  }

  /** The approval that is pending at the end of the conversation. */
  pending() {
    const asking = ({ state }) => state === 'approval-requested';
    const { codecMessageId, message: { parts } } = this.view.getMessages().findLast(({ message }) => message.parts.some(asking));
    return { codecMessageId, toolCallId: parts.find(asking).toolCallId, runId: this.view.runOf(codecMessageId).runId };
  }

  /** Publishes an answer to an approval, and wakes nobody for it. */
  async respond(approved, { codecMessageId, toolCallId, runId } = this.pending()) {
    const input = codec.createToolApprovalResponse(codecMessageId, { toolCallId, approved });
    return this.view.send([input], { runId });
  }

  /** Answers the approval that is pending at the end of the conversation. */
  async decide(approved) {
    return this.#invoke(await this.respond(approved));
  }

  /** Hands an answer to the agent that is not the one the run goes on with. */
  async wake(run) {
    await this.demo.api('run', { session: this.session, invocation: run.toInvocation().toJSON() });
  }

  status(runId) {
    return this.view.run(runId)?.status ?? this.chat.tree.getRunNode(runId)?.state.status;
  }

  async settled(runId, status, ms = 60_000) {
    await until(() => this.status(runId) === status, () => `run ${runId} to be ${status}; it is ${this.status(runId)}`, ms);
  }

  /** All text of a run's messages, in order. */
  said(runId) {
    const node = this.chat.tree.getRunNode(runId);
    if (!node) return '';
    return codec.getMessages(node.projection).map(({ message: each }) => each).filter(({ role }) => role === 'assistant').map(textOf).join('');
  }

  messages() {
    return this.view.getMessages().map(({ message: each }) => each);
  }

  async agents() {
    const members = await this.chat.presence.get();
    return members.map(({ data }) => data).filter((data) => data?.kind === 'agent');
  }

  close() {
    this.client.close();
  }
}
