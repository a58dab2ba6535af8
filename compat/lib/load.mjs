// Publishers and readers over all nodes of a cluster and in every way, and what must be true of what they
// were told: nothing acknowledged is missing, doubled or moved, and all read the same.
import assert from 'node:assert/strict';
import { Clients, unique, WAYS } from './clients.mjs';
import { allPages, range } from './inbox.mjs';
import { difference } from './subscriber.mjs';
import { inState, until } from './wait.mjs';

const PUBLISHERS = 8;
const READERS = 8;
const CHANNELS = 2;
const IN_FLIGHT = 8;
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

  /** @param pace milliseconds between what is answered and what is sent next */
  constructor(index, pace, client, channel) {
    Object.assign(this, { index, pace, client, channel });
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
      if (this.pace) setTimeout(() => this.#more(), this.pace);
      else this.#more();
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
export class Load {
  constructor(cluster, { pace = 0 } = {}) {
    this.cluster = cluster;
    this.pace = pace;
    this.clients = new Clients(cluster);
    this.names = range(CHANNELS).map(() => unique('loaded'));
  }

  async start() {
    const joins = async (i) => {
      const { useBinaryProtocol, options } = WAYS[i % WAYS.length];
      const client = await this.clients.connected({ useBinaryProtocol, ...options });
      return [client, client.channels.get(this.names[Math.floor(i / WAYS.length) % CHANNELS])];
    };
    this.listeners = await Promise.all(range(READERS).map(async (i) => new Listener(...(await joins(i)))));
    await Promise.all(this.listeners.map((listener) => listener.open()));
    this.publishers = await Promise.all(range(PUBLISHERS).map(async (i) => new Publisher(i, this.pace, ...(await joins(i)))));
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
