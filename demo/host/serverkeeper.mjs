// Keeps the Holdfast server running, by the launcher's own way of starting it.
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { dirname, join } from 'node:path';
import { Kept } from './kept.mjs';
import { LAUNCHER } from './launcher.mjs';

const SAID_KEPT = 8 * 1024;
const STOP_MS = 15_000;

export class ServerKeeper {
  #kept;
  #said = '';
  #first;
  #port;
  #data;
  #pidFile;
  key = null;

  constructor({ port, data, say }) {
    this.#port = port;
    this.#data = data;
    this.#pidFile = join(data, 'pid');
    const args = ['serve', '--host', '0.0.0.0', '--port', String(port), '--data', data];
    this.#kept = new Kept('server', () => this.#spawn(args), say);
  }

  get status() {
    return this.#kept.status;
  }

  /** Resolves once it accepts connections; fails when the first start does. */
  async start() {
    mkdirSync(this.#data, { recursive: true });
    this.#endOrphan();
    await this.#probe();
    const ready = new Promise((done, failed) => (this.#first = { done, failed }));
    this.#kept.onEnd = (how) => {
      rmSync(this.#pidFile, { force: true });
      this.#first?.failed(new Error(`the server did not start (${how}):\n${this.#said.trim()}`));
    };
    this.#kept.launch();
    try {
      await ready;
    } finally {
      this.#first = null;
    }
  }

  #spawn(args) {
    const env = { ...process.env };
    for (const name of Object.keys(env)) if (name.startsWith('OPENAI_')) delete env[name];
    const child = spawn(LAUNCHER, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    // Both, since a JVM that cannot start says why on its output.
    const keep = (text) => (this.#said = (this.#said + text).slice(-SAID_KEPT));
    child.stdout.setEncoding('utf8').on('data', (text) => {
      keep(text);
      if (/\bis ready\b/.test(text)) this.#ready();
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      keep(text);
      process.stderr.write(text);
    });
    if (child.pid) writeFileSync(this.#pidFile, `${child.pid} ${process.pid}\n`);
    return child;
  }

  #ready() {
    this.key = readFileSync(join(this.#data, 'key'), 'utf8').trim();
    this.#first?.done();
  }

  // Told before a Java machine is started for it.
  #probe() {
    return new Promise((done, failed) => {
      const probe = net.createServer();
      probe.once('error', (error) =>
        failed(error.code === 'EADDRINUSE' ? new Error(`port ${this.#port} is taken; choose another with --server-port`) : error));
      probe.listen(this.#port, '0.0.0.0', () => probe.close(done));
    });
  }

  // A server whose demo was killed still holds the data directory and the port.
  #endOrphan() {
    let pid;
    let demo;
    try {
      [pid, demo] = readFileSync(this.#pidFile, 'utf8').trim().split(' ').map(Number);
    } catch {
      return;
    }
    if (!commandOf(pid).includes(this.#data)) return;
    if (demo && demo !== process.pid && commandOf(demo).includes('main.mjs')) {
      throw new Error(`a demo (process ${demo}) already runs on ${dirname(this.#data)}; end it, or choose another directory with --data`);
    }
    process.kill(pid, 'SIGTERM');
    const end = Date.now() + STOP_MS;
    while (Date.now() < end) {
      try {
        process.kill(pid, 0);
      } catch {
        return;
      }
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
    }
    process.kill(pid, 'SIGKILL');
  }

  async stop() {
    await this.#kept.stop(STOP_MS);
  }
}

/** The command line of a process; '' when there is none. */
function commandOf(pid) {
  try {
    return execFileSync('ps', ['-ww', '-o', 'args=', '-p', String(pid)], { encoding: 'utf8' });
  } catch {
    return '';
  }
}
