// What waits to be taken by an agent: an invocation is given to one agent process after the other
// until one says it has taken it, and is known for a while after that, so that asking twice is
// asking once.
import { randomUUID } from 'node:crypto';

const MOST_WAITING = 1_000;
const MOST_TAKEN = 5_000;
const WAITS_MS = 2 * 60_000;
const MOST_SESSIONS = 200;
const SESSION_MS = 15 * 60_000;

export class Handover {
  #waiting = new Map();
  #taken = new Set();
  #sessions = new Map();
  #clock;
  /** Sends a message to the agent process, if there is one that listens. */
  give = () => {};

  constructor(clock = Date.now) {
    this.#clock = clock;
  }

  /** Somebody looks at this session: the agent should be there. */
  opened(session) {
    this.#sessions.delete(session);
    this.#sessions.set(session, this.#clock());
    if (this.#sessions.size > MOST_SESSIONS) this.#sessions.delete(this.#sessions.keys().next().value);
    this.give({ type: 'open', session });
  }

  /** False when there is no room for more. */
  accept(session, { inputEventId, sessionName }) {
    if (this.#taken.has(inputEventId) || this.#waiting.has(inputEventId)) return true;
    this.#forgetOld();
    if (this.#waiting.size >= MOST_WAITING) return false;
    // The ids are ours, so that an agent can see that one before it has opened this run already.
    const message = {
      type: 'run', session, invocation: { inputEventId, sessionName }, runId: randomUUID(), invocationId: randomUUID(),
    };
    this.#waiting.set(inputEventId, { message, since: this.#clock() });
    this.give(message);
    return true;
  }

  taken(inputEventId) {
    this.#waiting.delete(inputEventId);
    this.#taken.add(inputEventId);
    if (this.#taken.size > MOST_TAKEN) this.#taken.delete(this.#taken.keys().next().value);
  }

  /** The agent could not open it; whoever asks again may find it can. */
  dropped(inputEventId) {
    this.#waiting.delete(inputEventId);
  }

  agentReady() {
    this.#forgetOld();
    for (const session of this.#sessions.keys()) this.give({ type: 'open', session });
    for (const { message } of this.#waiting.values()) this.give(message);
  }

  #forgetOld() {
    const now = this.#clock();
    for (const [id, { since }] of this.#waiting) if (now - since > WAITS_MS) this.#waiting.delete(id);
    for (const [id, since] of this.#sessions) if (now - since > SESSION_MS) this.#sessions.delete(id);
  }
}
