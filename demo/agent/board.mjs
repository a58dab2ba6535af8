// The agent at the board it shares with the people: it reads their wishes there and says how far it is.
import { setTimeout as pause } from 'node:timers/promises';
import { LiveCounter, LiveMap } from 'ably/liveobjects';
import { keys, progressIn, wishesIn, wishWords } from '../shared/board.mjs';

/** Between two words about the same answer; what happens meanwhile goes with the next. */
const EVERY_MS = 200;

export class Board {
  #root;

  constructor(root) {
    this.#root = root;
  }

  /** @param object the session's shared objects */
  static async open(object) {
    const board = new Board(await object.get());
    await board.#makeCounts();
    return board;
  }

  async #makeCounts() {
    const missing = [keys.answers, keys.words].filter((key) => typeof this.#now[key] !== 'number');
    if (missing.length === 0) return;
    await this.#root.batch((root) => missing.forEach((key) => root.set(key, LiveCounter.create())));
  }

  get #now() {
    return this.#root.compactJson() ?? {};
  }

  get wishes() {
    return wishesIn(this.#now);
  }

  /** Shows an answer that begins here. */
  progress(run, about) {
    return new Progress(this.#root, run, about);
  }

  /** Takes down what agents have left here that are no more. */
  async sweep(isAlive) {
    const left = progressIn(this.#now).map(({ run }) => run).filter((run) => !isAlive(run));
    for (const run of left) await this.#root.remove(keys.run(run));
  }
}

/** What everybody sees of one answer. One change at a time is under way, whatever the network does. */
export class Progress {
  #root;
  #key;
  #about;
  #now = { doing: 'thinking', words: 0 };
  #told = { doing: '', words: 0 };
  #between = true;
  #telling = null;
  #over = false;

  /** @param about how many words it is to have, if anybody knows, and by which wishes it is written */
  constructor(root, run, { wanted = 0, wishes }) {
    this.#root = root;
    this.#key = keys.run(run);
    this.#about = { wanted, wishes: wishWords(wishes) };
    this.#tell();
  }

  get words() {
    return this.#now.words;
  }

  does(doing) {
    this.#now.doing = doing;
    this.#tell();
  }

  said(text) {
    for (const [piece] of text.matchAll(/\s+|\S+/g)) {
      const blank = piece.trim() === '';
      if (!blank && this.#between) this.#now.words++;
      this.#between = blank;
    }
    this.#tell();
  }

  /** Another length was chosen while it is written. */
  aims(wanted, wishes) {
    this.#about = { wanted, wishes: wishWords(wishes) };
    this.#tell();
  }

  #tell() {
    this.#telling ??= this.#saying().catch(() => {
      // Nobody depends on it: the answer itself goes on, and the next one is shown again.
      this.#over = true;
    }).finally(() => (this.#telling = null));
  }

  async #saying() {
    while (!this.#over && this.#differs()) {
      await this.#say({ ...this.#now, ...this.#about });
      await pause(EVERY_MS);
    }
  }

  #differs() {
    const now = { ...this.#now, ...this.#about };
    return Object.keys(now).some((key) => now[key] !== this.#told[key]);
  }

  async #say(now) {
    const told = this.#told;
    this.#told = now;
    const { words, ...rest } = now;
    if (told.wanted === undefined) {
      await this.#root.set(this.#key, LiveMap.create({ ...rest, words: LiveCounter.create(words) }));
      return;
    }
    await this.#root.get(this.#key).batch((shown) => {
      for (const key of Object.keys(rest)) if (rest[key] !== told[key]) shown.set(key, rest[key]);
      if (words > told.words) shown.get('words').increment(words - told.words);
    });
  }

  /** Takes it down and counts what was said; resolves once everybody can see that. */
  async end() {
    this.#over = true;
    await this.#telling;
    const { words } = this.#now;
    await this.#root.batch((root) => {
      root.remove(this.#key);
      if (words === 0) return;
      root.get(keys.answers).increment(1);
      root.get(keys.words).increment(words);
    });
  }
}
