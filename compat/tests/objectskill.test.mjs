// Two browsers' worth of clients change the same objects while networks are cut and the server is
// killed. Everything acknowledged counts once, and all see what a model of the log says.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Clients, unique } from '../lib/clients.mjs';
import { range } from '../lib/inbox.mjs';
import { ObjectModel } from '../lib/objectmodel.mjs';
import { agree, attachedWith, joined, LiveCounter, LiveMap, op, rootOf, seen, WITH_OBJECTS } from '../lib/objects.mjs';
import { seeded } from '../lib/prose.mjs';
import { Proxy } from '../lib/proxy.mjs';
import { ACTION, FLAG } from '../lib/raw.mjs';
import { RawSocket } from '../lib/rawws.mjs';
import { Server } from '../lib/server.mjs';
import { inState, pause, until, within } from '../lib/wait.mjs';

const FULL = process.env.HOLDFAST_FULL === '1';
const ROUNDS = Number(process.env.HOLDFAST_KILL_ROUNDS ?? (FULL ? 60 : 6));
const SEED = Number(process.env.HOLDFAST_SEED ?? 11);
const BROWSERS = 2;
const TABS = 3;
const COUNTERS = 3;
const KEYS = 8;
const IN_FLIGHT = 24;
/** Rounds on one channel; in every second block the log is shortened all the time. */
const BLOCK = 3;
/** A server starts slowly where many others run. */
const BACK_MS = 90_000;
const STORING = 'limits:\n  resumeHorizon: 1s\n';

/** One tab: it changes objects at random, each change told apart from all others, and remembers what became of it. */
class Tab {
  constructor(index, client, random) {
    Object.assign(this, { index, client, random, flying: 0, failures: [], acked: 0 });
  }

  async open(name, numbers) {
    Object.assign(this, await rootOf(this.client, name), { numbers, name });
    this.done = { increments: [], sets: [], removals: 0, batches: [], made: [] };
    this.own = undefined;
    // The SDK asks for the server's time, over HTTP, before it makes its first object.
    await this.root.get('made').set(`o${this.index % 4}`, LiveMap.create());
  }

  #track(change, keep) {
    this.flying++;
    change.then(() => {
      this.acked++;
      keep();
    }, (error) => {
      // The operation counts; only its local copy has to wait for the sync that follows.
      if (error.code === 92008) keep();
      else this.failures.push(`${error.code} ${error.message}`);
    }).finally(() => this.flying--);
  }

  #pick(n) {
    return Math.floor(this.random() * n);
  }

  /** A number that no other change has: who finds it in the log knows whose it is. */
  #number() {
    return this.numbers.next++;
  }

  #step() {
    const { root, done } = this;
    const counter = `n${this.#pick(COUNTERS)}`;
    const key = `k${this.#pick(KEYS)}`;
    const n = this.#number();
    const kind = this.random();
    if (kind < 0.4) this.#track(root.get(counter).increment(n), () => done.increments.push(n));
    else if (kind < 0.6) this.#track(root.get('shared').set(key, n), () => done.sets.push(n));
    else if (kind < 0.7) this.#track(root.get('shared').remove(key), () => done.removals++);
    else if (kind < 0.8) {
      this.own = n;
      this.#track(root.get('owned').set(`tab ${this.index}`, n), () => done.sets.push(n));
    } else if (kind < 0.9) {
      const m = this.#number();
      this.#track(root.batch((batch) => {
        batch.get(counter).increment(n);
        batch.get('shared').set(key, m);
      }), () => {
        done.increments.push(n);
        done.sets.push(m);
        done.batches.push([n, m]);
      });
    } else this.#track(root.get('made').set(`o${this.#pick(4)}`, LiveMap.create({ n: LiveCounter.create(n) })), () => done.made.push(n));
  }

  async run(signal) {
    while (!signal.aborted) {
      if (this.flying < IN_FLIGHT) this.#step();
      await pause(2 + this.#pick(8));
    }
    await until(() => this.flying === 0, () => `tab ${this.index} to be acknowledged (${this.flying} in flight, ${this.client.connection.state}, ${this.channel.state})`, BACK_MS, 20);
  }
}

/** A socket that hears every operation of the channel, through cuts and kills, and clears one map now and then. */
class Witness {
  frames = new Map();
  clears = { told: 0, unknown: 0 };
  #place;

  constructor(server, name) {
    Object.assign(this, { server, name, ending: false });
  }

  async start() {
    await this.#connect();
    this.running = this.#run();
    return this;
  }

  async #connect(resume) {
    const raw = await RawSocket.connected(this.server, { query: resume ? { resume } : {} });
    const { attached } = await attachedWith(raw, this.name, this.#place ? { channelSerial: this.#place } : {});
    if (resume) assert.ok(attached.flags & FLAG.RESUMED, `the witness missed nothing: ${JSON.stringify(attached)}`);
    this.#place ??= attached.channelSerial;
    this.raw = raw;
  }

  #take() {
    for (const frame of this.raw.frames(ACTION.OBJECT, this.name)) {
      this.frames.set(frame.state[0].serial, frame.state);
      if (frame.channelSerial) this.#place = frame.channelSerial;
    }
    this.raw.inbox.items.length = 0;
  }

  async #run() {
    while (!this.ending) {
      await this.raw.closed;
      this.#take();
      if (this.ending) return;
      const key = this.raw.details.connectionDetails.connectionKey;
      let last;
      await until(() => this.#connect(key).then(() => true, (error) => {
        if (error.code === 'ERR_ASSERTION') throw error;
        last = error;
      }), () => `the witness to be back: ${last}`, BACK_MS, 50);
    }
  }

  /** One MAP_CLEAR on a connection of its own, whose outcome a kill may hide. */
  async clear(objectId) {
    try {
      const raw = await RawSocket.connected(this.server);
      const reply = await raw.operate(this.name, op.clear(objectId));
      assert.equal(reply.action, ACTION.ACK, JSON.stringify(reply.error));
      this.clears.told++;
      await raw.close();
    } catch (error) {
      if (error.code === 'ERR_ASSERTION') throw error;
      this.clears.unknown++;
    }
  }

  /** The operations heard so far, by serial, once that of `serial` is among them. */
  async log(serial) {
    const heard = () => [...this.frames.values(), ...this.raw.frames(ACTION.OBJECT, this.name).map(({ state }) => state)];
    await until(() => heard().some((state) => state.some((item) => item.serial === serial)), 'the witness to hear the last operation', 30_000, 20);
    this.#take();
    return [...this.frames.values()].sort(([a], [b]) => (a.serial < b.serial ? -1 : 1));
  }

  async stop() {
    this.ending = true;
    await this.raw.close();
    await this.running;
  }
}

const sum = (numbers) => numbers.reduce((a, b) => a + b, 0);
const once = (numbers, what) => assert.deepEqual(numbers.filter((n, i) => i > 0 && numbers[i - 1] === n), [], `${what}: none twice`);
const ascending = (numbers) => [...numbers].sort((a, b) => a - b);

/** Every change that was acknowledged stands in the log once, batches as one frame; what the log adds up to is the state. */
function compareWithLog(frames, tabs) {
  const model = new ObjectModel();
  const found = { increments: [], sets: [], made: [] };
  const frameOf = new Map();
  for (const [i, state] of frames.entries()) {
    for (const { operation } of state) {
      model.apply(operation);
      const { counterInc, mapSet, counterCreate } = operation;
      const number = counterInc?.number ?? mapSet?.value.number ?? counterCreate?.count;
      if (number) frameOf.set(number, i);
      if (counterInc) found.increments.push(number);
      else if (mapSet?.value.number) found.sets.push(number);
      else if (counterCreate?.count) found.made.push(number);
    }
  }
  for (const kind of Object.keys(found)) {
    const wanted = ascending(tabs.flatMap(({ done }) => done[kind]));
    once(ascending(found[kind]), kind);
    assert.deepEqual(ascending(found[kind]), wanted, `the log has the acknowledged ${kind}, each once`);
  }
  for (const [n, m] of tabs.flatMap(({ done }) => done.batches)) assert.equal(frameOf.get(n), frameOf.get(m), `batch ${n} is one frame`);
  return model.value();
}

/** What was counted, by everybody who can tell: for when they differ. */
async function whoIsRight(clients, tabs, late, name) {
  const counted = (state) => sum(range(COUNTERS).map((i) => state[`n${i}`]));
  const again = await joined(clients, name);
  const rest = await clients.rest(WITH_OBJECTS).channels.get(name).object.get();
  const all = [['acknowledged', sum(tabs.flatMap(({ done }) => done.increments))], ['late', counted(late)], ['later', counted(seen(again.root))], ['REST', counted(rest)]];
  for (const { index, root, channel } of tabs) all.push([`tab ${index}, ${channel.state}`, counted(seen(root))]);
  return all.map(([who, n]) => `${who} ${n}`).join('; ');
}

async function compareWithTabs(server, clients, tabs, name) {
  const late = await joined(clients, name);
  const state = seen(late.root);
  await agree(tabs.map(({ root }) => root), state, 30_000).catch(async (error) => {
    throw new Error(`${await whoIsRight(clients, tabs, state, name)}: ${error.message}`);
  });
  assert.deepEqual(await clients.rest(WITH_OBJECTS).channels.get(name).object.get(), state, 'REST reads the same');
  const counted = sum(range(COUNTERS).map((i) => state[`n${i}`]));
  assert.equal(counted, sum(tabs.flatMap(({ done }) => done.increments)), 'the counters have what was acknowledged, each increment once');
  for (const { index, own } of tabs) if (own !== undefined) assert.equal(state.owned[`tab ${index}`], own, `what tab ${index} alone sets is what it set last`);
  await clients.closeOne(late.client);
  return state;
}

describe('objects changed by many while everything breaks', () => {
  it('are the same for all, and what a model of the log says', { timeout: 120_000 + ROUNDS * 60_000 }, async (t) => {
    const random = seeded(SEED);
    const server = await Server.start();
    const config = join(server.data, 'storing.yaml');
    writeFileSync(config, STORING);
    const clients = new Clients(server);
    const browsers = await Promise.all(range(BROWSERS).map(() => Proxy.start(server.port)));
    const count = { kills: 0, cuts: 0, operations: 0, clears: 0, unknown: 0, changed: 0, keys: 0, frames: 0, blocks: 0 };
    const ready = [];
    let stop;
    let witness;
    try {
      const tabs = await Promise.all(range(BROWSERS * TABS).map(async (i) =>
        new Tab(i, await clients.connected({ ...WITH_OBJECTS, at: browsers[i % BROWSERS], useBinaryProtocol: i % 3 !== 0 }), seeded(SEED * 100 + i))));
      let name;
      let owner;
      let blind;
      for (const round of range(ROUNDS)) {
        if (round % BLOCK === 0) {
          count.blocks++;
          blind = Math.floor(round / BLOCK) % 2 === 1;
          server.args = blind ? ['--config', config] : [];
          if (blind) await server.restart();
          name = unique(`kill-${round}`);
          witness = blind ? undefined : await new Witness(server, name).start();
          owner = await joined(clients, name);
          await owner.root.batch((root) => {
            for (const i of range(COUNTERS)) root.set(`n${i}`, LiveCounter.create());
            for (const key of ['shared', 'owned', 'made']) root.set(key, LiveMap.create());
          });
          const numbers = { next: 1 };
          await within(Promise.all(tabs.map((tab) => inState(tab.client.connection, 'connected', BACK_MS))), BACK_MS, 'all to be there');
          await Promise.all(tabs.map((tab) => tab.open(name, numbers)));
        }
        stop = new AbortController();
        const load = Promise.all(tabs.map((tab) => tab.run(stop.signal)));
        const shared = owner.root.get('shared').instance().id;
        const clearing = (async () => {
          while (!stop.signal.aborted) {
            await pause(150 + random() * 250);
            if (witness) await witness.clear(shared);
          }
        })();
        // Whatever fails first is what the test says.
        for (const running of [load, clearing]) running.catch(() => {});
        // A network goes while the other stays, then the server under both, sometimes again while clients resend.
        for (const browser of browsers) {
          await pause(200 + random() * 300);
          browser.cut({ rst: random() < 0.5 });
          count.cuts++;
        }
        await Promise.all([browsers[round % BROWSERS].outage(100 + random() * 300), pause(300)]);
        count.cuts++;
        for (const again of range(round % 3 === 2 ? 2 : 1)) {
          await pause(again ? random() * 150 : 200 + random() * 500);
          await server.kill();
          count.kills++;
          ready.push(await server.launch());
        }
        await within(Promise.all(tabs.map((tab) => inState(tab.client.connection, 'connected', BACK_MS))), BACK_MS, 'all to be back');
        const acked = tabs.map((tab) => tab.acked);
        await until(() => tabs.every((tab, i) => tab.acked > acked[i]), 'acknowledgements after the restart', 30_000, 20);
        stop.abort();
        await Promise.all([load, clearing]);
        for (const { index, failures } of tabs) assert.deepEqual(failures, [], `tab ${index}`);
        const state = await compareWithTabs(server, clients, tabs, name);
        if (witness) {
          const raw = await RawSocket.connected(server);
          const { res: [{ serials: [last] }] } = await raw.operate(name, op.set('root', 'round', { string: `${round}` }));
          await raw.close();
          const frames = await witness.log(last);
          assert.deepEqual(compareWithLog(frames, tabs), { ...state, round: `${round}` }, 'what the log adds up to is what all see');
          count.frames = Math.max(count.frames, frames.length);
          Object.assign(count, { clears: count.clears + witness.clears.told, unknown: count.unknown + witness.clears.unknown });
          witness.clears = { told: 0, unknown: 0 };
        }
        count.keys += Object.keys(state.shared).length + Object.keys(state.made).length;
        if (round % BLOCK === BLOCK - 1 || round === ROUNDS - 1) {
          count.changed += sum(tabs.map(({ done }) => done.increments.length));
          await witness?.stop();
          witness = undefined;
          await clients.closeOne(owner.client);
        }
      }
      count.operations = sum(tabs.map(({ acked }) => acked));
      for (const [what, n] of Object.entries(count)) if (what !== 'unknown') assert.ok(n > 0, `no ${what}`);
      t.diagnostic(`${ROUNDS} rounds (60 with --full), seed ${SEED}: ${count.kills} kills, ${count.cuts} cuts, ${count.operations} changes acknowledged by ${tabs.length} clients, ${count.changed} of them increments, ${count.clears} clears acknowledged and ${count.unknown} unknown`);
      t.diagnostic(`${count.blocks} channels, every second one with a horizon of 1 s; the longest log was ${count.frames} frames; ${count.keys} entries compared`);
      t.diagnostic(`start to ready after a kill, in ms: max ${Math.max(...ready)}`);
    } finally {
      stop?.abort();
      await witness?.stop().catch(() => {});
      await clients.close();
      await Promise.all(browsers.map((browser) => browser.close()));
      await server.dispose();
    }
  });
});
