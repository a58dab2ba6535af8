// A conversation between an agent and a client of either language, cut and counted as it goes.
import assert from 'node:assert/strict';
import { turn } from './chunks.mjs';
import { unique } from './clients.mjs';
import { JavaPeer } from './javapeer.mjs';
import { AGENTS, PEOPLE } from './parties.mjs';
import { until } from './wait.mjs';

/** A conversation in the making, and what was done to it. */
export class Scene {
  tokens = 0;
  /** Connections that were cut while an answer was streamed through them. */
  cuts = 0;
  pages = 0;
  #open = [];

  constructor(way, cell, dialect) {
    Object.assign(this, way, { cell, dialect, name: unique('ai') });
  }

  async #join(kind, clientId, more) {
    const { clients, server, useBinaryProtocol, name, dialect } = this;
    const party = await kind.join({ clients, server, useBinaryProtocol, name, clientId, dialect, ...more });
    this.#open.push(party);
    return party;
  }

  async begin() {
    this.proxies = { me: await this.proxy(), bot: await this.proxy() };
    this.me = await this.#join(PEOPLE[this.cell.client], 'ada', { at: this.proxies.me });
    this.bot = await this.#join(AGENTS[this.cell.agent], 'bot', { at: this.proxies.bot });
    return this;
  }

  person = (language, clientId, more) => this.#join(PEOPLE[language], clientId, more);
  another = (language, clientId, more) => this.#join(AGENTS[language], clientId, more);

  /** Whether there was a connection to cut. */
  cut(who) {
    const open = this.proxies[who].connections.some((connection) => connection.open);
    this.proxies[who].cut();
    return open;
  }

  /**
   * Pipes at a pace at which cuts fall into the middle; `cut` maps an index to who is cut there, or
   * to what happens there.
   */
  async pipe(target, chunks, cut = {}, perSecond = 300) {
    this.tokens += chunks.filter(({ type }) => /[-.]delta$/.test(type)).length;
    const at = Object.fromEntries(Object.entries(cut).map(([index, who]) => [index, typeof who === 'function' ? who : () => (this.cuts += this.cut(who) ? 1 : 0)]));
    return target.pipe(chunks, { perSecond, at });
  }

  async say(asked, ...chunks) {
    const run = await this.bot.start(asked.invocation);
    assert.equal(await this.pipe(run, turn(...chunks), { 3: 'me', 5: 'bot' }), 'complete');
    await run.end('complete');
    return run;
  }

  async settled(status) {
    let runs = [];
    const holds = async () => {
      runs = await this.me.runs();
      return runs.length > 0 && runs.every((run) => run.status === status);
    };
    await until(holds, () => `all runs to be ${status}: ${JSON.stringify(runs)}`, 30_000, 20);
  }

  /**
   * Late readers see what the client sees: the Java SDK with a page ending at every wire message, the
   * published package in one page, since with more it may lose what a page boundary cuts.
   */
  async sameForLateReaders() {
    const expected = await this.me.messages();
    const wire = await this.wire();
    const peer = await this.reader();
    for (const size of [1, 2, 3, 5, 8, wire.length - 1, wire.length]) {
      const late = await this.#join(PEOPLE.Java, 'late', { pageSize: Math.max(1, size), peer });
      this.pages += await late.loadOlder(3);
      assert.deepEqual(await late.messages(), expected, `the Java SDK in pages of ${size}`);
      assert.deepEqual(await late.runs(), await this.me.runs(), `runs in pages of ${size}`);
      await late.leave();
    }
    const late = await this.#join(PEOPLE.JS, 'late', { pageSize: 1_000 });
    this.pages += await late.loadOlder(100);
    assert.deepEqual(await late.messages(), expected, 'the published package');
    return wire;
  }

  /** One process for all late readers in Java. */
  async reader() {
    this.readers ??= await JavaPeer.start(this.dialect);
    return this.readers;
  }

  async wire() {
    const { items } = await (await this.clients.connected({ clientId: 'reader' })).channels.get(this.name).history({ limit: 1_000 });
    return items;
  }

  async end() {
    assert.deepEqual([await this.me.faults(), await this.bot.faults()], [[], []]);
    this.t.diagnostic(said(this));
    assert.ok(this.tokens > 0 && this.cuts > 0 && this.pages > 0, said(this));
  }

  async close() {
    await Promise.allSettled(this.#open.map((party) => party.close()));
    await this.readers?.close();
  }
}

export const said = ({ tokens, cuts, pages }) => `${tokens} tokens, ${cuts} cuts in mid-stream, ${pages} pages`;
export const textsOf = (messages) => messages.map(({ parts }) => parts.filter((part) => part.type === 'text').map((part) => part.text).join(''));
export const toolOf = (messages, id) => messages.flatMap(({ parts }) => parts).filter((part) => part.toolCallId === id);
