// Nodes and nats-servers that go and come back one after the other under load: nothing acknowledged is
// missing, doubled or moved, all read the same, and nobody waits long.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Clients, unique, WAYS } from '../lib/clients.mjs';
import { Cluster } from '../lib/cluster.mjs';
import { allPages, range } from '../lib/inbox.mjs';
import { difference } from '../lib/subscriber.mjs';
import { inState, until, within } from '../lib/wait.mjs';

const FULL = process.env.HOLDFAST_FULL === '1';
const CYCLES = FULL ? 5 : 1;
const PUBLISHERS = 8;
const READERS = 8;
const CHANNELS = 2;
const IN_FLIGHT = 8;
/** The longest that anybody may wait for anything while nodes are restarted one after the other. */
const PATIENCE_MS = 5_000;
/** And while the servers choose another leader. */
const LEADERLESS_MS = 20_000;
const STOP_MS = 15_000;
const STEADY = 200;

const now = () => performance.now();

/** Numbered messages and one growing answer, a few at a time under way for as long as it is let. */
class Publisher {
  published = [];
  tokens = [];
  failures = [];
  slowest = 0;
  #flying = 0;
  #stopped = false;

  constructor(index, client, channel) {
    Object.assign(this, { index, client, channel });
  }

  async open() {
    this.answer = (await this.channel.publish('answer', '')).serials[0];
    this.#more();
  }

  #more() {
    while (!this.#stopped && this.#flying < IN_FLIGHT) {
      const record = { data: `${this.index}:${this.published.length}`, at: now() };
      this.published.push(record);
      this.#follow(this.channel.publish('entry', record.data), record);
      const token = { data: `${this.tokens.length};`, at: now() };
      this.tokens.push(token);
      this.#follow(this.channel.appendMessage({ serial: this.answer, data: token.data }), token);
    }
  }

  #follow(acknowledged, record) {
    this.#flying++;
    acknowledged.then(
      (result) => {
        record.serial = result.serials?.[0] ?? result.versionSerial;
        this.slowest = Math.max(this.slowest, now() - record.at);
      },
      (error) => this.failures.push(`${record.data}: ${error.code} ${error.message}`),
    ).finally(() => {
      this.#flying--;
      this.#more();
    });
  }

  get acked() {
    return this.published.filter(({ serial }) => serial).length;
  }

  async stop() {
    this.#stopped = true;
    await until(() => this.#flying === 0, () => `publisher ${this.index} to be acknowledged (${this.#flying} in flight, ${this.client.connection.state})`, 60_000, 20);
  }
}

/** Believes everything it is told, and when. */
class Listener {
  entries = [];
  answers = new Map();
  gaps = [];

  constructor(client, channel) {
    Object.assign(this, { client, channel });
  }

  async open() {
    this.channel.on('update', ({ resumed, reason }) => resumed || this.gaps.push(String(reason)));
    await this.channel.subscribe((message) => {
      const { serial, name, action, data } = message;
      if (name === 'entry') this.entries.push({ serial, data, at: now() });
      else this.answers.set(serial, action === 'message.append' ? (this.answers.get(serial) ?? '') + data : data);
    });
    await inState(this.channel, 'attached');
  }
}

/** Publishers and readers over all nodes and in every way, under load. */
class Load {
  constructor(cluster) {
    this.cluster = cluster;
    this.clients = new Clients(cluster);
    this.names = range(CHANNELS).map(() => unique('rolling'));
  }

  async start() {
    const joins = async (i) => {
      const { useBinaryProtocol, options } = WAYS[i % WAYS.length];
      const client = await this.clients.connected({ useBinaryProtocol, ...options });
      return [client, client.channels.get(this.names[Math.floor(i / WAYS.length) % CHANNELS])];
    };
    this.listeners = await Promise.all(range(READERS).map(async (i) => new Listener(...(await joins(i)))));
    await Promise.all(this.listeners.map((listener) => listener.open()));
    this.publishers = await Promise.all(range(PUBLISHERS).map(async (i) => new Publisher(i, ...(await joins(i)))));
    await Promise.all(this.publishers.map((publisher) => publisher.open()));
  }

  /** Everybody gets a number of answers from now on. */
  async steady() {
    const before = this.publishers.map(({ acked }) => acked);
    const behind = () => this.publishers.filter(({ acked }, i) => acked < before[i] + STEADY / IN_FLIGHT).map(({ index, client }) => `${index} (${client.connection.state})`);
    await until(() => behind().length === 0, () => `acknowledgements for ${behind()}`, 60_000, 20);
  }

  async stop() {
    await Promise.all(this.publishers.map((publisher) => publisher.stop()));
    for (const { failures, index } of this.publishers) assert.deepEqual(failures, [], `publisher ${index}`);
  }

  #at(channel) {
    return this.publishers.filter((publisher) => publisher.channel.name === channel.name);
  }

  /** What all read is what was published, in one order. */
  async check() {
    for (const [i, { channel, client, entries, answers, gaps }] of this.listeners.entries()) {
      const publishers = this.#at(channel);
      const total = publishers.reduce((sum, { published }) => sum + published.length, 0);
      await until(() => entries.length >= total, () => `reader ${i} to have all; it has ${entries.length} of ${total} (${client.connection.state})`, 30_000, 20);
      assert.deepEqual(gaps, [], `reader ${i} was told that nothing is missing`);
      assert.deepEqual(entries.map(({ serial }) => serial), publishers.flatMap(({ published }) => published.map(({ serial }) => serial)).sort(), `reader ${i} has all in one order`);
      for (const { index, published, tokens, answer } of publishers) {
        assert.deepEqual(entries.filter(({ data }) => data.startsWith(`${index}:`)).map(({ data }) => data), published.map(({ data }) => data));
        const text = tokens.map(({ data }) => data).join('');
        await until(() => (answers.get(answer) ?? '').length >= text.length, `reader ${i} to have the answer of ${index}`, 30_000, 20);
        assert.equal(difference(answers.get(answer), text), null, `reader ${i}, answer of ${index}`);
      }
    }
    for (const name of this.names) await this.#inHistory(name);
  }

  async #inHistory(name) {
    const histories = [];
    for (const at of this.cluster.nodes) {
      const { items } = await allPages(await this.clients.rest({ at }).channels.get(name).history({ direction: 'forwards', limit: 1_000 }));
      histories.push(items.map(({ serial, data }) => ({ serial, data })));
    }
    assert.deepEqual(histories[1], histories[0]);
    assert.deepEqual(histories[2], histories[0]);
    for (const { published, tokens, answer } of this.#at({ name })) {
      const found = new Map(histories[0].map(({ serial, data }) => [serial, data]));
      assert.deepEqual(published.map(({ serial }) => found.get(serial)), published.map(({ data }) => data));
      assert.equal(difference(found.get(answer), tokens.map(({ data }) => data).join('')), null);
    }
    assert.equal(histories[0].length, this.#at({ name }).reduce((sum, { published }) => sum + published.length + 1, 0));
  }

  /** The longest that somebody waited for an acknowledgement, and for what somebody else had published. */
  get waits() {
    const sent = new Map(this.publishers.flatMap(({ published }) => published.map(({ data, at, serial }) => [serial, { data, at }])));
    const delivery = this.listeners.flatMap(({ entries }) => entries.map(({ serial, at }) => at - sent.get(serial).at));
    return { acknowledged: Math.max(...this.publishers.map(({ slowest }) => slowest)), delivered: delivery.reduce((a, b) => Math.max(a, b), 0) };
  }

  get told() {
    const acked = this.publishers.reduce((sum, { acked }) => sum + acked, 0);
    const { acknowledged, delivered } = this.waits;
    return `${acked} messages by ${PUBLISHERS} publishers, read by ${READERS}; the longest wait was ${Math.round(acknowledged)} ms for an acknowledgement and ${Math.round(delivered)} ms for a delivery`;
  }
}

async function underLoad(body) {
  const cluster = await Cluster.start();
  const load = new Load(cluster);
  try {
    await load.start();
    await load.steady();
    await body(cluster, load);
    await load.stop();
    await load.check();
  } finally {
    await load.clients.close();
    await cluster.dispose();
  }
  return load;
}

describe('a cluster under load', () => {
  it('is restarted node by node, and nobody waits longer than five seconds', { timeout: 120_000 + CYCLES * 180_000 }, async (t) => {
    const took = [];
    const { told, waits } = await underLoad(async (cluster, load) => {
      for (const _ of range(CYCLES)) {
        for (const node of cluster.nodes) {
          const since = now();
          const { code } = await node.stop(STOP_MS);
          assert.equal(code, 0, node.said);
          took.push(Math.round(now() - since));
          await node.start();
          await cluster.balanced();
          await load.steady();
        }
      }
    });
    t.diagnostic(`${CYCLES} times all three nodes; SIGTERM to exit in ms: ${took.join(' ')}`);
    t.diagnostic(told);
    assert.ok(waits.acknowledged <= PATIENCE_MS && waits.delivered <= PATIENCE_MS, told);
  });

  it('has its nodes killed one after the other', { timeout: 120_000 + CYCLES * 180_000 }, async (t) => {
    const { told, waits } = await underLoad(async (cluster, load) => {
      for (const _ of range(CYCLES)) {
        for (const node of cluster.nodes) {
          await node.kill();
          await node.start();
          await cluster.balanced();
          await load.steady();
        }
      }
    });
    t.diagnostic(`${CYCLES} times all three nodes: ${told}`);
  });

  it('has its nats-servers stopped and killed one after the other', { timeout: 120_000 + CYCLES * 240_000 }, async (t) => {
    const { told, waits } = await underLoad(async (cluster, load) => {
      for (const _ of range(CYCLES)) {
        for (const [i, server] of cluster.nats.all.entries()) {
          await (i % 2 === 0 ? server.kill() : server.stop(STOP_MS));
          await load.steady();
          await server.start();
          await load.steady();
        }
      }
    });
    t.diagnostic(`${CYCLES} times all three servers: ${told}`);
    assert.ok(waits.acknowledged <= LEADERLESS_MS, told);
  });
});
