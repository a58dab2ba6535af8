// Agents and people in either language, who can be asked the same things.
import { ResponsesCodec } from '@ably/ai-transport/openai';
import { createToolResultFork } from '@ably/ai-transport/vercel';
import { Invocation } from '@ably/ai-transport';
import { paced } from './chunks.mjs';
import { JavaPeer } from './javapeer.mjs';
import { agent, codec, person, plain, userMessage } from './sessions.mjs';
import { within } from './wait.mjs';

const idsOf = (pairs) => pairs.map(({ codecMessageId }) => codecMessageId);
const textsOf = (messages) => messages.map(({ parts }) => parts.filter((p) => p.type === 'text').map((p) => p.text).join(''));

/** What is particular about one codec: how it says something, and what of its messages is compared. */
const DIALECTS = {
  ui: { codec, says: userMessage, shown: plain },
  responses: {
    codec: ResponsesCodec,
    says: (text) => ResponsesCodec.createUserMessage({ role: 'user', items: [{ type: 'message', role: 'user', content: [{ type: 'input_text', text }] }] }),
    shown: (messages) => JSON.parse(JSON.stringify(messages)),
  },
};

// --- the published package ---

class JsPerson {
  language = 'JS';

  static async join({ clients, name, clientId, at, pageSize, dialect = 'ui' }) {
    const client = await clients.connected({ clientId, ...(at ? { at } : {}) });
    const made = Object.assign(new JsPerson(), DIALECTS[dialect]);
    Object.assign(made, await person(client, name, { codec: made.codec, ...(pageSize ? { historyPageSize: pageSize } : {}) }));
    return made;
  }

  #asked(run) {
    return {
      invocation: run.toInvocation().toJSON(),
      started: async () => {
        await within(run.started, 40_000, 'the run to start');
        return run.runId;
      },
      cancel: () => run.cancel(),
      steer: async (text) => {
        const { published, outcome } = run.steer(this.says(text));
        return {
          published: async () => (await within(published, 40_000, 'the steer')).serial,
          outcome: async () => {
            const { consumed, runTerminalReason } = await within(outcome, 40_000, 'the outcome');
            return { consumed, reason: runTerminalReason ?? null };
          },
        };
      },
    };
  }

  send = async (text) => this.#asked(await this.view.send(this.says(text)));
  edit = async (id, text) => this.#asked(await this.view.edit(id, [this.says(text)]));
  /** Something else behind `parent` than the message `id`. */
  fork = async (id, parent, text) => this.#asked(await this.view.send(this.says(text), { forkOf: id, parent }));
  regenerate = async (id) => this.#asked(await this.view.regenerate(id));
  approve = async (id, toolCallId, approved, reason) => {
    const { runId } = this.view.runOf(id);
    const answer = this.codec.createToolApprovalResponse(id, { toolCallId, approved, reason });
    return this.#asked(await this.view.send([answer], { runId }));
  };
  giveResult = async (id, toolCallId, output, runId) => this.#asked(await this.view.send([this.codec.createToolResult(id, { call_id: toolCallId, output })], { runId }));
  answerTool = async (runId, toolCallId, output) => {
    const node = this.session.tree.getRunNode(runId);
    const { input, sendOptions } = createToolResultFork({
      runMessages: codec.getMessages(node.projection), parentCodecMessageId: node.parentCodecMessageId, toolCallId, result: { output }, supersedesRunId: runId,
    });
    return this.#asked(await this.view.send([input], sendOptions));
  };
  messages = async () => this.shown(this.view.getMessages().map(({ message }) => message));
  ids = async () => idsOf(this.view.getMessages());
  runs = async () => this.view.runs().map(({ runId, status }) => ({ runId, status }));
  selection = async (id) => {
    const { siblings, index } = this.view.branchSelection(id);
    return { index, texts: textsOf(siblings) };
  };
  select = async (id, index) => this.view.branchSelection(id).select(index);
  loadOlder = async (step = 10) => {
    let pages = 0;
    while (this.view.hasOlder()) {
      await within(this.view.loadOlder(step), 20_000, 'an older page');
      pages++;
    }
    return pages;
  };
  faults = async () => this.errors.map(String);
  close = async () => this.session.close();
}

class JsAgent {
  language = 'JS';

  static async join({ clients, name, clientId, at, dialect = 'ui' }) {
    const client = await clients.connected({ clientId, ...(at ? { at } : {}) });
    const made = Object.assign(new JsAgent(), DIALECTS[dialect]);
    Object.assign(made, await agent(client, name, { codec: made.codec }));
    return made;
  }

  #run(run) {
    const pipeInto = (target) => async (chunks, { perSecond = 1_000, at } = {}) => (await target.pipe(paced(chunks, perSecond, at))).reason;
    return {
      runId: () => run.runId,
      pipe: pipeInto(run),
      step: async (stepId) => {
        const step = run.createStep({ stepId });
        await step.start();
        return { pipe: pipeInto(step), end: () => step.end() };
      },
      suspend: () => run.suspend(),
      end: (reason) => run.end({ reason }),
      hasInput: async () => run.hasInput(),
      aborted: async () => run.abortSignal.aborted,
      load: async () => {
        while (run.view.hasOlder()) await run.view.loadOlder(100);
      },
      messages: async () => this.shown(run.view.getMessages().map(({ message }) => message)),
    };
  }

  start = async (invocation, identity) => {
    const run = this.session.createRun(Invocation.fromJSON(invocation), identity);
    while (run.view.hasOlder()) await run.view.loadOlder(100);
    await within(run.start(), 40_000, 'the run to start');
    return this.#run(run);
  };
  adopt = async (invocation, identity) => {
    const run = this.session.adoptRun(Invocation.fromJSON(invocation), identity);
    await run.load({ timeoutMs: 40_000 });
    return this.#run(run);
  };
  faults = async () => this.errors.map(String);
  close = async () => this.session.detach();
}

// --- the Java SDK ---

class JavaParty {
  language = 'Java';

  /** In a process of its own, or in that of somebody who has left. */
  async connect(agent, { useBinaryProtocol, server, name, clientId, at = server, pageSize = 100, peer, dialect = 'ui' }) {
    this.peer = peer ?? (await JavaPeer.start(dialect));
    this.shown = DIALECTS[dialect].shown;
    await this.peer.do('connect', { agent, port: at.port, binary: useBinaryProtocol, clientId, channel: name, pageSize });
    return this;
  }

  faults = () => this.peer.do('errors');
  /** What the SDK says of the connection and of the channel. */
  state = () => this.peer.do('state');
  leave = () => this.peer.do('close');
  close = async () => {
    if (!this.peer.ended) await this.leave();
    await this.peer.close();
  };
}

class JavaPerson extends JavaParty {
  static join = (where) => new JavaPerson().connect(false, where);

  #asked({ name: run, invocation }) {
    return {
      invocation,
      started: () => this.peer.do('started', { run }),
      cancel: () => this.peer.do('cancel', { run }),
      steer: async (text) => {
        const steer = await this.peer.do('steer', { run, text });
        return {
          published: async () => (await this.peer.do('steered', { steer })).published,
          outcome: async () => {
            const { consumed, reason } = await this.peer.do('steered', { steer, outcome: true });
            return { consumed, reason };
          },
        };
      },
    };
  }

  send = async (text) => this.#asked(await this.peer.do('send', { text }));
  edit = async (message, text) => this.#asked(await this.peer.do('edit', { message, text }));
  fork = async (message, parent, text) => this.#asked(await this.peer.do('fork', { message, parent, text }));
  regenerate = async (message) => this.#asked(await this.peer.do('regenerate', { message }));
  approve = async (message, toolCallId, approved, reason) => this.#asked(await this.peer.do('approve', { message, toolCallId, approved, reason }));
  answerTool = async (runId, toolCallId, output) => this.#asked(await this.peer.do('answerTool', { runId, toolCallId, output }));
  messages = async () => this.shown((await this.peer.do('messages')).map(({ message }) => message));
  ids = async () => idsOf(await this.peer.do('messages'));
  runs = () => this.peer.do('runs');
  giveResult = async (message, toolCallId, output, runId) => this.#asked(await this.peer.do('giveResult', { message, toolCallId, output, runId }));
  selection = async (message) => {
    const { index, messages } = await this.peer.do('selection', { message });
    return { index, texts: textsOf(messages) };
  };
  select = (message, index) => this.peer.do('select', { message, index });
  loadOlder = async (limit = 10) => (await this.peer.do('loadOlder', { limit })).pages;
}

class JavaAgent extends JavaParty {
  static join = (where) => new JavaAgent().connect(true, where);

  #run({ name: run, runId }) {
    const pipeInto = (op, target) => async (chunks, { perSecond = 1_000, at } = {}) => {
      const { reason, error, code } = await this.peer.do(op, { ...target, chunks, perSecond }, at);
      if (error) throw Object.assign(new Error(error), { code });
      return reason;
    };
    return {
      runId: () => runId,
      pipe: pipeInto('pipe', { run }),
      step: async (stepId) => {
        const step = await this.peer.do('step', { run, stepId });
        return { pipe: pipeInto('pipeStep', { step }), end: () => this.peer.do('endStep', { step }) };
      },
      suspend: () => this.peer.do('suspend', { run }),
      end: (reason) => this.peer.do('end', { run, reason }),
      hasInput: () => this.peer.do('hasInput', { run }),
      aborted: () => this.peer.do('aborted', { run }),
      load: () => this.peer.do('loadOlder', { run, limit: 100 }),
      messages: async () => this.shown((await this.peer.do('messages', { run })).map(({ message }) => message)),
    };
  }

  start = async (invocation, identity) => this.#run(await this.peer.do('start', { invocation, ...identity }));
  adopt = async (invocation, identity) => this.#run(await this.peer.do('adopt', { invocation, ...identity }));
}

export const PEOPLE = { JS: JsPerson, Java: JavaPerson };
export const AGENTS = { JS: JsAgent, Java: JavaAgent };
