// `./holdfast cluster` as a process: what it starts, what it starts again, and that it leaves nothing.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { freeRange } from '../../cluster/ports.mjs';
import { Clients, unique } from '../lib/clients.mjs';
import { dataOf } from '../lib/inbox.mjs';
import { Inbox, until, within } from '../lib/wait.mjs';

const LAUNCHER = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'holdfast');
const READY_MS = 240_000;
const AGAIN_MS = 120_000;

class Command {
  lines = new Inbox();

  static async ready(...args) {
    const command = new Command(args);
    const { lines } = command;
    const ended = command.exited.then((how) => Promise.reject(new Error(`it ended: ${JSON.stringify(how)}\n${lines.items.join('\n')}`)));
    ended.catch(() => {});
    await Promise.race([lines.first((line) => line.startsWith('What dies is started again'), 'it to be ready', READY_MS), ended]);
    return command;
  }

  constructor(args) {
    // A group of its own, as a shell makes it: that is what Ctrl-C reaches.
    this.child = spawn(LAUNCHER, ['cluster', ...args], { detached: true, env: { ...process.env, HOLDFAST_JAVA_OPTS: '-Xmx256m', NODE_TEST_CONTEXT: '' }, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      let rest = '';
      stream.setEncoding('utf8').on('data', (text) => {
        const lines = (rest + text).split('\n');
        rest = lines.pop();
        lines.forEach(this.lines.add);
      });
    }
    this.exited = new Promise((done) => this.child.once('exit', (code, signal) => done({ code, signal })));
  }

  /** What it said of a part: its address, and its process where it has one. */
  part(name) {
    const line = this.lines.items.find((said) => said.startsWith(`  ${name} `));
    const [, address, pid] = /^ {2}\S+ +(\S+)(?: .*process (\d+))?/.exec(line);
    return { address, pid: Number(pid), port: Number(address.split(':').at(-1)) };
  }

  get pids() {
    return ['node-1', 'node-2', 'node-3', 'nats-1', 'nats-2', 'nats-3'].map((name) => this.part(name).pid);
  }

  async ended(signal, ms = 60_000) {
    process.kill(signal === 'SIGKILL' ? this.child.pid : -this.child.pid, signal);
    return within(this.exited, ms, `it to end by ${signal}`);
  }
}

function runs(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('./holdfast cluster', () => {
  it('starts a cluster, starts again what dies, keeps what it is told to, and leaves nothing running', { timeout: 600_000 }, async () => {
    const data = mkdtempSync(join(tmpdir(), 'holdfast-kept-'));
    const name = unique('kept');
    let first;
    let second;
    try {
      first = await Command.ready('--data', data);
      const key = first.part('key').address;
      const clients = new Clients({ port: first.part('clients').port, key });
      const channel = (await clients.connected()).channels.get(name);
      await channel.publish('n', 'before');
      for (const [what, pid] of [['node-2', first.part('node-2').pid], ['nats-1', first.part('nats-1').pid]]) {
        process.kill(pid, 'SIGKILL');
        await first.lines.first((line) => line.includes(`${what} ended (SIGKILL)`), 'it to say so');
        await first.lines.first((line) => line.includes(`${what} is back`), 'it to be started again', AGAIN_MS);
      }
      await channel.publish('n', 'after');
      await clients.close();
      const { pids } = first;
      assert.deepEqual(await first.ended('SIGINT'), { code: 0, signal: null });
      assert.deepEqual(pids.filter(runs), []);
      // Other ports than before, and the key that it had.
      const [[port], [natsPort]] = [await freeRange(4), await freeRange(9)];
      second = await Command.ready('--data', data, '--port', String(port), '--nats-port', String(natsPort));
      assert.deepEqual([second.part('clients').port, second.part('node-3').port, second.part('nats-1').port, second.part('key').address], [port, port + 3, natsPort, key]);
      const refused = new Command(['--data', data]);
      assert.equal((await within(refused.exited, 60_000, 'the second one to end')).code, 1);
      await refused.lines.first((line) => line.includes('choose another directory with --data'), 'it to say why', 1_000);
      const later = new Clients({ port, key });
      const { items } = await later.rest().channels.get(name).history({ direction: 'forwards' });
      assert.deepEqual(dataOf(items), ['before', 'after']);
      const running = second.pids;
      // Whoever kills the command itself finds nothing left either, after a moment.
      assert.deepEqual(await second.ended('SIGKILL'), { code: null, signal: 'SIGKILL' });
      await until(() => running.filter(runs).length === 0, 'the rest to end');
      assert.ok(readdirSync(data).includes('nats'));
    } finally {
      for (const command of [first, second]) command?.child.kill('SIGTERM');
      rmSync(data, { recursive: true, force: true });
    }
  });

  it('removes what it is not told to keep, and says what it does not understand', { timeout: 300_000 }, async () => {
    const command = await Command.ready('--key', 'app.key:secret');
    const data = command.part('data').address;
    assert.ok(existsSync(join(data, 'nats')));
    const clients = new Clients({ port: command.part('node-2').port });
    await clients.rest().channels.get(unique('given-key')).publish('n', 'x');
    assert.equal((await command.ended('SIGTERM')).code, 0);
    assert.ok(!existsSync(data));
    const wrong = new Command(['--colour', 'blue']);
    assert.equal((await within(wrong.exited, 60_000, 'it to end')).code, 1);
    await wrong.lines.first((line) => line.includes('there is no option --colour'), 'it to say so', 1_000);
  });
});
