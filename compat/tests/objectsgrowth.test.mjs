// Endless changes of the same keys: neither the directory nor the memory of a running server grows.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { unique } from '../lib/clients.mjs';
import { configArgs } from '../lib/config.mjs';
import { range } from '../lib/inbox.mjs';
import { attachedWith, KIND, op } from '../lib/objects.mjs';
import { ACTION } from '../lib/raw.mjs';
import { RawSocket } from '../lib/rawws.mjs';
import { ofOneProcess, Server } from '../lib/server.mjs';
import { pause, until } from '../lib/wait.mjs';

const FULL = process.env.HOLDFAST_FULL === '1';
const OPERATIONS = Number(process.env.HOLDFAST_OBJECT_OPERATIONS ?? (FULL ? 1_000_000 : 120_000));
const SETTINGS = 'limits:\n  resumeHorizon: 1s\n  objectsGrace: 1s\n';
// A small heap of fixed size, all of it there from the start: what grows is no heap that was never collected.
const MEMORY = { HOLDFAST_JAVA_OPTS: '-Xms128m -Xmx128m -XX:+AlwaysPreTouch -XX:MaxDirectMemorySize=64m' };
const CHANNELS = 4;
const KEYS = 50;
const VALUE = 'x'.repeat(100);
const IN_FLIGHT = 8;
/** What a third of the run takes at least, however fast the machine: many graces and horizons. */
const THIRD = 8_000;
const SAMPLE_EVERY = 200;
/** The engine lets go of its log beyond 128 MiB, once what stands there is in its tables. */
const LOG_BYTES = 192 * 1024 * 1024;
/** Many times what four such channels take. */
const PEAK_BYTES = 128 * 1024 * 1024;
/** How much more than in the second third there may be in the last. */
const SLACK = { bytes: 16 * 1024 * 1024, part: 0.15 };

const run = promisify(execFile);

/** What a directory takes: the engine's own log, which is a ring, and everything else. */
function directorySize(folder, size = { log: 0, disk: 0 }) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    try {
      if (entry.isDirectory()) directorySize(path, size);
      else size[entry.name.endsWith('.log') ? 'log' : 'disk'] += lstatSync(path).blocks * 512;
    } catch (error) {
      // Files come and go while they are counted.
      if (error.code !== 'ENOENT') throw error;
    }
  }
  return size;
}

const residentBytes = (pid) => Number(readFileSync(`/proc/${pid}/status`, 'utf8').match(/^VmRSS:\s+(\d+) kB/m)[1]) * 1024;

/** What the heap holds once all that is not needed has been collected. */
async function liveHeapBytes(pid) {
  const jcmd = join(dirname(readlinkSync(`/proc/${pid}/exe`)), 'jcmd');
  const { stdout } = await run(jcmd, [String(pid), 'GC.class_histogram'], { maxBuffer: 64 * 1024 * 1024 });
  return Number(stdout.match(/^Total\s+\d+\s+(\d+)/m)[1]);
}

/**
 * One frame of changes to the same keys: sets, removals, increments, and a new map with a new counter
 * in the place of an older one, which nothing refers to from then on.
 */
function changes(turn, counter) {
  const key = (i) => `key-${(turn * 7 + i) % KEYS}`;
  const [map, fresh] = [op.map({ turn: { number: turn }, pad: { string: VALUE } }), op.counter(turn)];
  return [
    ...range(8).map((i) => op.set('root', key(i), { string: `${turn} ${i} ${VALUE}` })),
    ...range(3).map((i) => op.remove('root', key(i + 20))),
    ...range(4).map(() => op.increment(counter, 1)),
    map, op.refer('root', `map-${turn % 5}`, map.objectId), op.set(map.objectId, 'later', { string: VALUE }),
    fresh, op.refer(map.objectId, 'counter', fresh.objectId),
  ];
}

/** One channel under endless change, and what was deleted there. */
class Channel {
  done = 0;
  deletions = 0;
  counted = 0;
  turn = 0;

  async open(server) {
    this.name = unique('growth');
    [this.writer, this.watcher] = [await RawSocket.connected(server), await RawSocket.connected(server, { binary: true })];
    await attachedWith(this.watcher, this.name);
    this.counter = op.counter(0);
    await this.#send([this.counter, op.refer('root', 'count', this.counter.objectId)]);
    return this;
  }

  async #send(operations) {
    const reply = await this.writer.operate(this.name, ...operations);
    assert.equal(reply.action, ACTION.ACK, JSON.stringify(reply.error));
    this.done += operations.length;
    // What has been looked at is thrown away: this process must not grow either.
    this.writer.inbox.items.splice(0, this.writer.inbox.length - 2 * IN_FLIGHT);
    this.look();
  }

  look() {
    for (const { action, state } of this.watcher.inbox.items.splice(0)) {
      if (action === ACTION.OBJECT) this.deletions += state.filter(({ operation }) => operation.action === KIND.OBJECT_DELETE).length;
    }
    return this.deletions;
  }

  async change(until) {
    const end = performance.now() + THIRD;
    const one = async () => {
      while (this.done < until || performance.now() < end) {
        const operations = changes(this.turn++, this.counter.objectId);
        await this.#send(operations);
        this.counted += 4;
      }
    };
    await Promise.all(range(IN_FLIGHT).map(one));
    this.look();
  }

  async objects(server) {
    const reader = await RawSocket.connected(server);
    const { objects } = await attachedWith(reader, this.name);
    await reader.close();
    return objects;
  }

  /** The root, the counter, five maps with a counter each; the rest goes within its grace. */
  async rest(server) {
    await until(() => this.look() > 0, `${this.name} to delete what nothing refers to`, 60_000);
    await until(async () => (await this.objects(server)).size === 12, `${this.name} to hold 12 objects`, 60_000, 250);
  }
}

const mb = (bytes) => `${Math.round(bytes / 1024 / 1024)} MB`;
const middle = (samples, of) => samples.map((sample) => sample[of]).sort((a, b) => a - b)[samples.length >> 1];
const most = (samples, of) => Math.max(...samples.map((sample) => sample[of]));

describe('objects that never stop changing', ofOneProcess('the directory and the memory of one process are measured'), () => {
  it('stay as large as they are, however often they change', { timeout: 120_000 + OPERATIONS }, async (t) => {
    const server = await Server.start({ args: configArgs(SETTINGS), env: MEMORY });
    const samples = [];
    let ending = false;
    try {
      const channels = await Promise.all(range(CHANNELS).map(() => new Channel().open(server)));
      const done = () => channels.reduce((sum, channel) => sum + channel.done, 0);
      const each = OPERATIONS / CHANNELS;
      let phase = 0;
      const sampling = (async () => {
        for (; !ending; await pause(SAMPLE_EVERY)) {
          if (phase !== null) samples.push({ phase, ...directorySize(server.data), memory: residentBytes(server.child.pid) });
        }
      })();
      const began = performance.now();
      const third = async (n) => {
        phase = n;
        await Promise.all(channels.map((channel) => channel.change((each * (n + 1)) / 3)));
        phase = null;
      };
      // The heap is measured at rest: what it holds under way depends on the pace.
      const atRest = async () => {
        await Promise.all(channels.map((channel) => channel.rest(server)));
        return liveHeapBytes(server.child.pid);
      };
      await third(0);
      const early = await atRest();
      await third(1);
      await third(2);
      const late = await atRest();
      const seconds = (performance.now() - began) / 1000;
      ending = true;
      await sampling;
      const of = (n) => samples.filter((sample) => sample.phase === n);
      const [before, after] = [of(1), of(2)];
      assert.ok(before.length >= 5 && after.length >= 5, `${samples.length} samples`);
      // While the engine puts tables together, those from before and after are both there for a moment.
      for (const [what, kind, measure] of [['the directory', 'disk', middle], ['the memory', 'memory', most]]) {
        const [was, is] = [measure(before, kind), measure(after, kind)];
        assert.ok(is <= was * (1 + SLACK.part) + SLACK.bytes, `${what} grew from ${mb(was)} to ${mb(is)}: ${samples.map((sample) => mb(sample[kind])).join(', ')}`);
      }
      assert.ok(most(samples, 'disk') <= PEAK_BYTES, `the directory grew: ${samples.map(({ disk }) => mb(disk)).join(', ')}`);
      assert.ok(most(samples, 'log') <= LOG_BYTES, `the engine's log grew: ${samples.map(({ log }) => mb(log)).join(', ')}`);
      assert.ok(late <= early * (1 + SLACK.part) + SLACK.bytes / 2, `what the heap needs grew from ${mb(early)} to ${mb(late)}`);
      for (const channel of channels) {
        const objects = await channel.objects(server);
        const { createOp, counter } = objects.get(channel.counter.objectId);
        assert.equal((createOp?.counterCreate.count ?? 0) + counter.count, channel.counted, 'every increment counted once');
        assert.ok(Object.keys(objects.get('root').map.entries).length <= KEYS + 6);
      }
      const deletions = channels.reduce((sum, channel) => sum + channel.look(), 0);
      t.diagnostic(`${done()} operations (1,000,000 with --full) in ${Math.round(seconds)} s on ${CHANNELS} channels; ${deletions} objects deleted; ${samples.length} samples`);
      const shown = (kind) => samples.filter((_, i) => i % Math.ceil(samples.length / 40) === 0).map((sample) => mb(sample[kind])).join(', ');
      t.diagnostic(`directory without the engine's log: ${shown('disk')}; at most ${mb(most(samples, 'disk'))}`);
      t.diagnostic(`the engine's log: ${shown('log')}; at most ${mb(most(samples, 'log'))}`);
      t.diagnostic(`resident memory: ${shown('memory')}`);
      t.diagnostic(`heap in use after a collection: ${mb(early)} after a third, ${mb(late)} at the end`);
    } finally {
      ending = true;
      await server.dispose();
    }
  });
});
