// The agent in one session: there for everybody to see, and answering what it is asked.
import { OBJECT_MODES } from '@ably/ai-transport';
import { createAgentSession } from '@ably/ai-transport/vercel';
import { Decisions } from '../shared/decisions.mjs';
import { Answering } from './answering.mjs';
import { Board } from './board.mjs';

const PAGE = 1_000;
const MOST_RUNS = 20;
const CONTINUITY_LOST = 104006;

export class Room {
  #client;
  #channel;
  #session;
  #self;
  #model;
  #decisions = new Decisions();
  #board = undefined;
  #running = new Map();
  #told = '';
  #otherwise = 'idle';
  #lastWanted = Date.now();

  /** @param self what the agent says about itself: its name and which process it is */
  constructor({ client, channelName, model, self }) {
    this.#self = self;
    this.#model = model;
    this.#client = client;
    this.#session = createAgentSession({ client, channelName, historyPageSize: PAGE, channelModes: OBJECT_MODES });
    this.#channel = client.channels.get(channelName);
    this.#listen();
    this.#session.on('error', (error) => {
      if (error.code !== CONTINUITY_LOST) return;
      // It is another tree from here on.
      this.#listen();
      process.stderr.write(`agent: ${channelName}: ${error.message}\n`);
      // The SDK has aborted every run and forgotten the conversation.
      for (const { answering } of this.#running.values()) answering.interrupt('The agent was cut off for too long to go on.');
    });
  }

  #listen() {
    this.#session.tree.on('ably-message', (message) => this.#decisions.note(message));
  }

  async connect() {
    await this.#session.connect();
    await this.#show();
    await this.#openBoard();
    // What could not be said while it was cut off.
    this.#channel.on('attached', () => {
      this.#told = '';
      this.#show().catch(() => {});
    });
  }

  /** An agent that has no board still answers, as usual. */
  async #openBoard() {
    try {
      this.#board = await Board.open(this.#session.object);
      // An agent that was killed is seen for a while; what it left is taken down when it is gone.
      await this.#session.presence.subscribe('leave', () => void this.#sweep());
      await this.#sweep();
    } catch (error) {
      process.stderr.write(`agent: ${this.#channel.name}: no shared objects: ${error.message}\n`);
    }
  }

  async #sweep() {
    const members = await this.#session.presence.get().catch(() => null);
    if (!members) return;
    const claimed = new Set(members.flatMap(({ data }) => data?.runs ?? []));
    const own = new Set([...this.#running.values()].map(({ answering }) => answering.runId));
    await this.#board?.sweep((run) => claimed.has(run) || own.has(run)).catch(() => {});
  }

  /** Resolves with the session's channel once it takes what is published. */
  async #reachable() {
    while (this.#client.connection.state !== 'connected' || this.#channel.state !== 'attached') {
      await this.#client.connection.whenState('connected');
      await this.#channel.whenState('attached');
    }
    return this.#channel;
  }

  /** Somebody looks at this session. */
  wanted() {
    this.#lastWanted = Date.now();
  }

  /** Since when nobody has been here and nothing is going on, as a time; Infinity while that is not so. */
  get idleSince() {
    return this.#running.size > 0 ? Infinity : this.#lastWanted;
  }

  async hasPeople() {
    const members = await this.#session.presence.get({ waitForSync: false });
    return members.some(({ data }) => data?.kind === 'person');
  }

  /** Does one job; `taken` is called once it is under way, or turned out to be another's. */
  async answer(job, taken) {
    if (this.#running.size >= MOST_RUNS) throw new Error(`${MOST_RUNS} answers are being written in this session already`);
    const answering = new Answering({
      session: this.#session,
      job,
      model: this.#model,
      decisions: this.#decisions,
      board: this.#board,
      tell: (doing) => this.#does(job, doing),
      reachable: () => this.#reachable(),
    });
    this.#running.set(job.runId, { answering, doing: 'thinking' });
    try {
      // Shown before it starts: nobody may take it for an answer without an agent.
      await this.#show();
      const mine = await answering.open((runId) => {
        if (this.#others(job, runId)) return false;
        // A run that goes on has had its id before this one had the job.
        this.#show().catch(() => {});
        return true;
      });
      await this.#show();
      taken();
      if (mine) this.#otherwise = (await answering.answer()) === 'suspended' ? 'waiting for approval' : 'idle';
    } finally {
      this.#running.delete(job.runId);
      this.wanted();
      await this.#show().catch(() => {});
    }
  }

  #others(job, runId) {
    return [...this.#running].some(([id, { answering }]) => id !== job.runId && answering.runId === runId);
  }

  #does(job, doing) {
    const entry = this.#running.get(job.runId);
    if (!entry || entry.doing === doing) return;
    entry.doing = doing;
    this.#show().catch(() => {});
  }

  /** Tells everybody what it does: that of its newest answer, if it has one. */
  async #show() {
    const all = [...this.#running.values()];
    const data = {
      kind: 'agent',
      ...this.#self,
      doing: all.at(-1)?.doing ?? this.#otherwise,
      runs: all.map(({ answering }) => answering.runId),
    };
    const said = JSON.stringify(data);
    if (said === this.#told) return;
    this.#told = said;
    await this.#session.presence.enter(data).catch((error) => {
      if (this.#told === said) this.#told = '';
      throw error;
    });
  }

  /** Ends what is being written, saying why, and waits until that is said. */
  async leave(why) {
    const all = [...this.#running.values()];
    for (const { answering } of all) answering.interrupt(why);
    const end = Date.now() + 2_500;
    while (this.#running.size > 0 && Date.now() < end) await new Promise((done) => setTimeout(done, 20));
    await this.#session.detach();
    this.#channel.off();
    this.#client.channels.release(this.#channel.name);
  }
}
