// Waiting for things that happen, each with a deadline that says what did not happen.
import { inspect } from 'node:util';

const POLL_MS = 5;

/** The promise's value, or an error naming `what` after `ms`. */
export function within(promise, ms, what) {
  let timer;
  const late = new Promise((_, reject) => {
    const say = () => (typeof what === 'function' ? what() : what);
    timer = setTimeout(() => reject(new Error(`waited ${ms} ms for ${say()}`)), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** Resolves with the first truthy value of `probe` (which may be async). For state nobody announces. */
export async function until(probe, what, ms = 10_000, every = POLL_MS) {
  const end = performance.now() + ms;
  for (;;) {
    const value = await probe();
    if (value) return value;
    if (performance.now() > end) throw new Error(`waited ${ms} ms for ${typeof what === 'function' ? what() : what}`);
    await pause(every);
  }
}

/** Lets everything that is due run first. */
export const turn = () => new Promise((done) => setImmediate(done));

export const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** Resolves with the state change once a connection or channel is in `state`. */
export function inState(emitter, state, ms = 15_000) {
  const subject = emitter.name ?? 'connection';
  return within(emitter.whenState(state), ms, () => `${subject} to be ${state} (it is ${emitter.state}: ${emitter.errorReason})`);
}

/** Resolves with the argument of the next `event` of an ably EventEmitter. */
export function nextEvent(emitter, event, ms = 15_000) {
  return within(new Promise((done) => emitter.once(event, done)), ms, `event ${event}`);
}

/** The error a promise is rejected with; fails when it resolves. */
export async function rejection(promise, ms = 10_000) {
  let value;
  try {
    value = await within(promise, ms, 'a rejection');
  } catch (error) {
    if (String(error.message).startsWith(`waited ${ms} ms`)) throw error;
    return error;
  }
  throw new Error(`expected a rejection, got ${inspect(value, { depth: 1 })}`);
}

/** A list one can await. */
export class Inbox {
  items = [];
  #waiters = new Set();

  add = (item) => {
    this.items.push(item);
    for (const waiter of [...this.#waiters]) waiter();
  };

  get length() {
    return this.items.length;
  }

  /** Resolves with the items once `enough(items)` holds. */
  async when(enough, what, ms = 15_000) {
    if (enough(this.items)) return this.items;
    let check;
    const met = new Promise((done) => {
      check = () => enough(this.items) && done(this.items);
      this.#waiters.add(check);
    });
    try {
      return await within(met, ms, what);
    } catch (error) {
      error.message += `; had ${this.items.length} items`;
      throw error;
    } finally {
      this.#waiters.delete(check);
    }
  }

  count(n, ms) {
    return this.when((items) => items.length >= n, `${n} items`, ms);
  }

  /** Resolves with the first item that matches. */
  async first(matches, what, ms) {
    const items = await this.when((all) => all.some(matches), what, ms);
    return items.find(matches);
  }
}
