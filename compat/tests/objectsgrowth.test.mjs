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
import { Server } from '../lib/server.mjs';
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
const SAMPLES = 200;
/** The engine lets go of its log beyond 128 MiB, once what stands there is in its tables. */
const LOG_BYTES = 192 * 1024 * 1024;
/** Many times what four such channels take. */
const PEAK_BYTES = 128 * 1024 * 1024;
/** How much more than at the third of the way there may be in the last third. */
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
    let turn = 0;
    const one = async () => {
      while (this.done < until) {
        const operations = changes(turn++, this.counter.objectId);
        await this.#send(operations);
        this.counted += 4;
      }
    };
    await Promise.all(range(IN_FLIGHT).map(one));
    this.look();
  }
}

const mb = (bytes) => `${Math.round(bytes / 1024 / 1024)} MB`;
const middle = (samples, of) => samples.map((sample) => sample[of]).sort((a, b) => a - b)[samples.length >> 1];
const most = (samples, of) => Math.max(...samples.map((sample) => sample[of]));

describe('objects that never stop changing', () => {
  it('stay as large as they are, however often they change', { timeout: 120_000 + OPERATIONS }, async (t) => {
    const server = await Server.start({ args: configArgs(SETTINGS), env: MEMORY });
    const samples = [];
    let ending = false;
    try {
      const channels = await Promise.all(range(CHANNELS).map(() => new Channel().open(server)));
      const done = () => channels.reduce((sum, channel) => sum + channel.done, 0);
      const each = OPERATIONS / CHANNELS;
      const sampling = (async () => {
        for (let next = 0; !ending; await pause(50)) {
          if (done() < next) continue;
          next += OPERATIONS / SAMPLES;
          samples.push({ done: done(), ...directorySize(server.data), memory: residentBytes(server.child.pid) });
        }
      })();
      const began = performance.now();
      await Promise.all(channels.map((channel) => channel.change(each / 3)));
      const early = await liveHeapBytes(server.child.pid);
      await Promise.all(channels.map((channel) => channel.change(each)));
      const seconds = (performance.now() - began) / 1000;
      const late = await liveHeapBytes(server.child.pid);
      ending = true;
      await sampling;
      const third = (n) => samples.filter(({ done: at }) => at > (OPERATIONS * n) / 3 && at <= (OPERATIONS * (n + 1)) / 3);
      const [before, after] = [third(1), third(2)];
      assert.ok(before.length >= 5 && after.length >= 5, `${samples.length} samples`);
      // While the engine puts tables together, those from before and after are both there for a moment.
      for (const [what, of, measure] of [['the directory', 'disk', middle], ['the memory', 'memory', most]]) {
        const [was, is] = [measure(before, of), measure(after, of)];
        assert.ok(is <= was * (1 + SLACK.part) + SLACK.bytes, `${what} grew from ${mb(was)} to ${mb(is)}: ${samples.map((sample) => mb(sample[of])).join(', ')}`);
      }
      assert.ok(most(samples, 'disk') <= PEAK_BYTES, `the directory grew: ${samples.map(({ disk }) => mb(disk)).join(', ')}`);
      assert.ok(most(samples, 'log') <= LOG_BYTES, `the engine's log grew: ${samples.map(({ log }) => mb(log)).join(', ')}`);
      assert.ok(late <= early * (1 + SLACK.part) + SLACK.bytes / 4, `what the heap needs grew from ${mb(early)} to ${mb(late)}`);
      for (const channel of channels) {
        // A fast machine is done with a short run before the first object's grace is over.
        await until(() => channel.look() > 0, `${channel.name} to delete what nothing refers to`, 60_000);
        const alive = async () => (await attachedWith(await RawSocket.connected(server), channel.name)).objects;
        // The root, the counter, five maps with a counter each; the rest goes within its grace.
        await until(async () => (await alive()).size === 12, `${channel.name} to hold 12 objects`, 60_000, 250);
        const objects = await alive();
        const { createOp, counter } = objects.get(channel.counter.objectId);
        assert.equal((createOp?.counterCreate.count ?? 0) + counter.count, channel.counted, 'every increment counted once');
        assert.ok(Object.keys(objects.get('root').map.entries).length <= KEYS + 6);
      }
      const deletions = channels.reduce((sum, channel) => sum + channel.look(), 0);
      t.diagnostic(`${done()} operations (1,000,000 with --full) in ${Math.round(seconds)} s on ${CHANNELS} channels; ${deletions} objects deleted; ${samples.length} samples`);
      const shown = (of) => samples.filter((_, i) => i % 5 === 0).map((sample) => mb(sample[of])).join(', ');
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
