// One answer streamed token by token, read through a network that fails.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Clients, FORMATS, unique, WAYS } from '../lib/clients.mjs';
import { prose, tokens } from '../lib/prose.mjs';
import { Proxy } from '../lib/proxy.mjs';
import { Server } from '../lib/server.mjs';
import { difference, Reader } from '../lib/subscriber.mjs';
import { inState, pause, until, within } from '../lib/wait.mjs';

const TOKENS = 2_000;
const PER_SECOND = 150;
const NAME = 'answer';

const extrasAt = (i) => ({ headers: { status: i === TOKENS - 1 ? 'complete' : 'streaming', step: String(i) } });

/** Publishes a first piece of `base` characters and then appends tokens at a steady rate. */
class Answer {
  constructor(channel, seed, base = 0) {
    this.channel = channel;
    this.head = base > 0 ? prose(base / 5, seed + 100).slice(0, base) : '';
    this.tokens = tokens(prose(1_500, seed), TOKENS, seed);
    this.expected = this.head + this.tokens.join('');
    this.sent = 0;
    this.acks = [];
  }

  async open() {
    const { serials } = await this.channel.publish({ name: NAME, data: '', extras: extrasAt(-1) });
    this.serial = serials[0];
    const step = 30_000;
    for (let at = 0; at < this.head.length; at += step) {
      await this.append(this.head.slice(at, at + step), -1);
    }
  }

  append(data, i) {
    return this.channel.appendMessage({ serial: this.serial, data, extras: extrasAt(i) });
  }

  /** Appends all tokens; `at` maps a token's index to something to do when it has been sent. */
  async run(at = {}) {
    const started = performance.now();
    for (const [i, token] of this.tokens.entries()) {
      const wait = started + (i * 1000) / PER_SECOND - performance.now();
      if (wait > 1) await pause(wait);
      this.acks.push(this.append(token, i));
      this.sent = i + 1;
      at[i + 1]?.();
    }
    await within(Promise.all(this.acks), 60_000, 'all appends to be acknowledged');
  }
}

/** A client with both readers on one channel. */
async function reader(clients, channelName, options, channelOptions) {
  const client = await clients.connected(options);
  const channel = client.channels.get(channelName, channelOptions);
  const strict = new Reader();
  const believing = new Reader({ believing: true });
  await channel.subscribe((message) => {
    strict.take(message);
    believing.take(message);
  });
  await inState(channel, 'attached');
  return { client, channel, strict, believing };
}

async function reads(subscriber, answer, ms = 30_000) {
  const { strict, believing } = subscriber;
  const done = () => strict.text(answer.serial).length >= answer.expected.length;
  await until(done, 'the whole answer', ms).catch(() => {});
  assert.equal(difference(strict.text(answer.serial), answer.expected), null, 'by version');
  assert.equal(difference(believing.text(answer.serial), answer.expected), null, 'believing everything');
}

async function historyHoldsOne(channel, answer) {
  const page = await channel.history({ limit: 100 });
  assert.equal(page.items.length, 1, 'history holds one message');
  const [item] = page.items;
  assert.equal(item.serial, answer.serial);
  assert.equal(item.name, NAME);
  assert.equal(item.action, 'message.update');
  assert.equal(difference(item.data, answer.expected), null);
  assert.deepEqual(item.extras, extrasAt(TOKENS - 1));
  assert.equal(page.hasNext(), false);
}

describe('a streamed answer', { concurrency: true, timeout: 120_000 }, () => {
  let server;
  before(async () => {
    server = await Server.start();
  });
  after(() => server.dispose());

  for (const [n, { format, useBinaryProtocol, options }] of WAYS.entries()) {
    it(`${format}: survives cuts, late readers and ends as one message`, async (t) => {
      const cutProxy = await Proxy.start(server.port);
      const controlProxy = await Proxy.start(server.port);
      const clients = new Clients(server, { useBinaryProtocol, ...options });
      try {
        const name = unique('stream');
        const publisher = await clients.connected();
        const answer = new Answer(publisher.channels.get(name), 11 + n, 300_000);
        const cut = await reader(clients, name, { at: cutProxy });
        const control = await reader(clients, name, { at: controlProxy });
        await answer.open();
        await until(() => cut.strict.text(answer.serial).length === answer.head.length, 'the head');

        const outages = [];
        const outage = async (ms) => {
          const before = { down: controlProxy.down, connections: cutProxy.connections.length };
          await cutProxy.outage(ms);
          await inState(cut.client.connection, 'connected', 20_000);
          await until(() => cut.strict.text(answer.serial) === control.strict.text(answer.serial), 'to catch up', 20_000);
          const since = cutProxy.connections.slice(before.connections).filter(({ down }) => down > 0);
          const resumed = since.reduce((sum, { down }) => sum + down, 0);
          outages.push({ ms, missed: controlProxy.down - before.down, resumed, connections: since.length });
        };
        let late;
        await answer.run({
          600: () => outages.push(outage(3_000)),
          900: () => (late = reader(clients, name)),
          1_247: () => outages.push(outage(8_000)),
        });
        await Promise.all(outages);
        await reads(cut, answer);
        await reads(control, answer);

        const lateReader = await late;
        await reads(lateReader, answer);
        const events = lateReader.strict.events;
        assert.equal(events[0].action, 'message.update', 'first contact is the whole message');
        assert.equal(events[0].name, NAME);
        assert.equal(events[0].extras.headers.status, 'streaming');
        assert.ok(events[0].size >= answer.head.length, 'with all its data');
        const deltas = events.slice(1);
        assert.ok(deltas.length > 10 && deltas.every(({ action }) => action === 'message.append'), 'then deltas');

        const rewound = await reader(clients, name, {}, { params: { rewind: '1' } });
        await reads(rewound, answer);
        assert.equal(rewound.strict.events.length, 1, 'a reader that rewinds at the end gets one message');
        assert.equal(rewound.strict.events[0].action, 'message.update');
        assert.deepEqual(rewound.strict.events[0].extras, extrasAt(TOKENS - 1));
        await historyHoldsOne(publisher.channels.get(name), answer);

        for (const { ms, missed, resumed, connections } of outages.filter(({ ms }) => ms)) {
          t.diagnostic(`${format}: after ${ms} ms away ${resumed} bytes resumed what took ${missed} bytes live`);
          // The second bound is what sending the whole answer again would cost at least. Another node does
          // not know what a client holds of it, and does send it again, once a connection.
          const whole = connections * answer.expected.length + missed + 16_384;
          const bound = server.nodes ? whole : Math.min(missed * 1.5 + 16_384, answer.head.length);
          assert.ok(resumed < bound, `${resumed} bytes after a resume, ${missed} missed, allowed ${bound}`);
        }
        t.diagnostic(`${format}: ${TOKENS} tokens came as ${control.strict.events.length} events; ${cut.strict.ignored} repeats`);
      } finally {
        await clients.close();
        await Promise.all([cutProxy.close(), controlProxy.close()]);
      }
    });

    it(`${format}: survives a stalled network on the publisher's side`, async () => {
      const proxy = await Proxy.start(server.port);
      const clients = new Clients(server, { useBinaryProtocol, ...options });
      try {
        const name = unique('stream-cut-publisher');
        const publisher = await clients.connected({ at: proxy });
        const answer = new Answer(publisher.channels.get(name), 31 + n);
        const subscriber = await reader(clients, name);
        await answer.open();
        await answer.run({
          300: () => proxy.cut(),
          700: () => {
            proxy.blackhole();
            setTimeout(() => {
              proxy.cut();
              proxy.flow();
            }, 500);
          },
          1_200: () => void proxy.outage(1_000),
          1_600: () => proxy.cut({ rst: false }),
        });
        await reads(subscriber, answer);
        await historyHoldsOne(publisher.channels.get(name), answer);
      } finally {
        await clients.close();
        await proxy.close();
      }
    });
  }
});

describe('a streamed answer while the server is killed', { concurrency: true, timeout: 180_000 }, () => {
  it('comes out whole in both formats', async (t) => {
    const server = await Server.start();
    try {
      const runs = FORMATS.map(async ({ format, useBinaryProtocol }, n) => {
        const clients = new Clients(server, { useBinaryProtocol });
        const name = unique('stream-kill');
        const publisher = await clients.connected();
        const answer = new Answer(publisher.channels.get(name), 51 + n);
        const subscriber = await reader(clients, name);
        await answer.open();
        return { format, clients, publisher, answer, subscriber, name };
      });
      const all = await Promise.all(runs);
      const killAt = [500, 1_300];
      const restarts = [];
      const kill = async () => {
        await server.kill();
        await pause(300);
        restarts.push(await server.launch());
      };
      let ending = Promise.resolve();
      const at = Object.fromEntries(killAt.map((k) => [k, () => (ending = ending.then(kill))]));
      await Promise.all(all.map(({ answer }, n) => answer.run(n === 0 ? at : {})));
      await ending;
      for (const { answer, subscriber, publisher, name, clients } of all) {
        await reads(subscriber, answer);
        await historyHoldsOne(publisher.channels.get(name), answer);
        const fresh = await reader(clients, name, {}, { params: { rewind: '1' } });
        await reads(fresh, answer);
        await clients.close();
      }
      t.diagnostic(`milliseconds from start to ready after each kill: ${restarts.join(', ')}`);
    } finally {
      await server.dispose();
    }
  });
});
