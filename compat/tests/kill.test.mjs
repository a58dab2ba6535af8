// Kill -9 in the middle of load, restart, and count: nothing acknowledged is missing, doubled or moved.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Clients, unique } from '../lib/clients.mjs';
import { allPages, range } from '../lib/inbox.mjs';
import { seeded } from '../lib/prose.mjs';
import { Server } from '../lib/server.mjs';
import { difference } from '../lib/subscriber.mjs';
import { inState, pause, turn, until, within } from '../lib/wait.mjs';

const FULL = process.env.HOLDFAST_FULL === '1';
const ROUNDS = Number(process.env.HOLDFAST_KILL_ROUNDS ?? (FULL ? 200 : 20));
const SEED = Number(process.env.HOLDFAST_SEED ?? 7);
const PUBLISHERS = 8;
const CHANNELS = 4;
/** Rounds that write to the same channels, so that data is checked again after later kills. */
const BLOCK = 5;
const IN_FLIGHT = 64;
/** In every second block the log is shortened all the time, so that kills hit the store as well. */
const STORING = 'limits:\n  resumeHorizon: 1s\n';
const STORING_PAD = 'x'.repeat(2_000);

/** One publisher: numbered messages and one growing answer per block, resent by the SDK alone. */
class Publisher {
  constructor(index, client) {
    Object.assign(this, { index, client, sent: 0, acked: 0, failures: [] });
    this.flying = 0;
  }

  async open(channel, pad) {
    this.channel = channel;
    this.pad = pad;
    this.published = [];
    this.tokens = [];
    const { serials } = await channel.publish('answer', '');
    this.answer = serials[0];
  }

  #track(promise, record) {
    this.sent++;
    this.flying++;
    promise.then(
      (result) => {
        this.acked++;
        record.serial = result.serials?.[0] ?? result.versionSerial;
      },
      (error) => this.failures.push(`${record.data}: ${error.code} ${error.message}`),
    ).finally(() => this.flying--);
  }

  async run(signal, random) {
    while (!signal.aborted) {
      if (this.flying < IN_FLIGHT) {
        const record = { data: `${this.index}:${this.published.length}:${this.pad}` };
        this.published.push(record);
        this.#track(this.channel.publish('entry', record.data), record);
        await turn();
        const token = { data: `${this.tokens.length};` };
        this.tokens.push(token);
        this.#track(this.channel.appendMessage({ serial: this.answer, data: token.data }), token);
      }
      await pause(5 + Math.floor(random() * 15));
    }
    await until(() => this.flying === 0, () => `publisher ${this.index} to be acknowledged (${this.flying} in flight, ${this.client.connection.state})`, 60_000, 20);
  }
}

/** Reads a block's channels with a fresh client and compares them with what the publishers recorded. */
async function check(server, records, round) {
  const clients = new Clients(server, { useBinaryProtocol: round % 2 === 0 });
  let messages = 0;
  for (const name of new Set(records.map((record) => record.name))) {
    const page = await clients.rest().channels.get(name).history({ direction: 'forwards', limit: 1000 });
    const { items } = await allPages(page);
    messages += items.length;
    const serials = items.map((m) => m.serial);
    assert.deepEqual(serials, [...new Set(serials)].sort(), `${name}: history is in order, each message once`);
    for (const { index, published, tokens, answer } of records.filter((record) => record.name === name)) {
      const found = items.filter((m) => m.name === 'entry' && m.data.startsWith(`${index}:`));
      assert.deepEqual(found.map((m) => m.data), published.map((m) => m.data), `${name}: publisher ${index}`);
      assert.deepEqual(found.map((m) => m.serial), published.map((m) => m.serial), 'the acknowledged serials');
      const text = items.find((m) => m.serial === answer)?.data ?? '';
      assert.equal(difference(text, tokens.map((t) => t.data).join('')), null, `${name}: answer of ${index}`);
    }
  }
  return messages;
}

/** What a process has counted of moving channels to the store; a kill forgets it. Nodes of a cluster do not count it. */
async function stored(server) {
  const [checkpoints, trims] = await Promise.all(['checkpoints', 'trims'].map((name) => server.metric(`holdfast_journal_${name}_total`)));
  return { checkpoints, trims };
}

const middle = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];

describe('a server killed under load', () => {
  it(`loses and doubles nothing over ${ROUNDS} rounds`, { timeout: 120_000 + ROUNDS * 30_000 }, async (t) => {
    const random = seeded(SEED);
    const server = await Server.start();
    const config = join(server.data, 'storing.yaml');
    writeFileSync(config, STORING);
    const moved = { rounds: 0, hit: 0, checkpoints: 0, trims: 0 };
    const clients = new Clients(server);
    const readyAfterKill = [];
    const blocks = [];
    let kills = 0;
    try {
      const publishers = await Promise.all(range(PUBLISHERS).map(async (i) => new Publisher(i, await clients.connected({ useBinaryProtocol: i % 2 === 0 }))));
      for (const round of range(ROUNDS)) {
        const storing = Math.floor(round / BLOCK) % 2 === 1;
        if (round % BLOCK === 0) {
          server.args = storing ? ['--config', config] : [];
          const stem = unique(`kill-${round}`);
          await Promise.all(publishers.map((p) => p.open(p.client.channels.get(`${stem}-${p.index % CHANNELS}`), storing ? STORING_PAD : '')));
          blocks.push(publishers.map(({ index, channel, published, tokens, answer }) => ({ index, name: channel.name, published, tokens, answer })));
        }
        const stop = new AbortController();
        const load = Promise.all(publishers.map((p) => p.run(stop.signal, random)));
        // Every fourth round the server is killed again while clients resend.
        for (const again of range(round % 4 === 3 ? 2 : 1)) {
          await pause(again ? random() * 150 : 300 + random() * 900);
          // The second kill of a round comes too early for anything to have been stored.
          if (storing && !again && !server.nodes) {
            const { checkpoints, trims } = await stored(server);
            moved.rounds++;
            moved.hit += checkpoints > 0 && trims > 0 ? 1 : 0;
            moved.checkpoints += checkpoints;
            moved.trims += trims;
          }
          await server.kill();
          kills++;
          readyAfterKill.push(await server.launch());
        }
        await within(Promise.all(publishers.map((p) => inState(p.client.connection, 'connected', 30_000))), 35_000, 'all to be back');
        const acked = publishers.map((p) => p.acked);
        await until(() => publishers.every((p, i) => p.acked > acked[i]), 'acknowledgements after the restart', 30_000, 20);
        stop.abort();
        await load;
        for (const { index, failures } of publishers) assert.deepEqual(failures, [], `publisher ${index}`);
        await check(server, blocks.at(-1), round);
      }
      let messages = 0;
      for (const [i, block] of blocks.entries()) messages += await check(server, block, i);
      if (ROUNDS >= 2 * BLOCK && !server.nodes) {
        assert.ok(moved.hit >= moved.rounds / 2, `checkpoints and trims went on in ${moved.hit} of ${moved.rounds} processes that were killed`);
      }
      const total = publishers.reduce((sum, p) => sum + p.acked, 0);
      t.diagnostic(`${ROUNDS} rounds (200 with HOLDFAST_FULL=1), seed ${SEED}: ${kills} kills, ${total} frames acknowledged, ${messages} messages read back`);
      t.diagnostic(`killed amid storing: ${moved.hit} of ${moved.rounds} processes with a horizon of 1 s, after ${moved.checkpoints} checkpoints and ${moved.trims} trims`);
      t.diagnostic(`start to ready after a kill, in ms: median ${middle(readyAfterKill)}, max ${Math.max(...readyAfterKill)}; ${readyAfterKill.slice(0, 40).join(' ')}`);
    } finally {
      await clients.close();
      await server.dispose();
    }
  });
});
