// A real Holdfast server as a child process: start, kill, stop, restart on the same port and data.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePorts } from '../../cluster/ports.mjs';
import { within } from './wait.mjs';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const KEY = 'app.key:secret';
/** Whether what is tested are three nodes rather than one. */
const inCluster = process.env.HOLDFAST_CLUSTER === '1';
const READY_WITHIN_MS = Number(process.env.HOLDFAST_READY_MS ?? 240_000);
const STDERR_KEPT = 64 * 1024;
const alive = new Set();

/** The value of a metric in what a server says of itself; NaN when it has none of that name. */
export async function metricOf(url, name) {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(text.match(new RegExp(`^${name} (\\S+)$`, 'm'))?.[1] ?? NaN);
}

/** For the options of a test that says something of one process, and of no cluster: it is left out there. */
export const ofOneProcess = (why) => (inCluster ? { skip: why } : {});

export class Server {
  /** Starts a server on a free port and a new data directory, or a cluster, and waits until it is ready. */
  static async start({ args = [], env = {}, key = KEY } = {}) {
    if (inCluster) return (await import('./cluster.mjs')).Cluster.start({ args, env, key });
    const data = mkdtempSync(join(tmpdir(), 'holdfast-compat-'));
    const [port] = await freePorts(1);
    const server = new Server(port, data, args, env, key);
    await server.launch();
    return server;
  }

  constructor(port, data, args, env, key) {
    Object.assign(this, { port, data, args, env, key, stderr: '', stdout: '', readyMs: 0 });
    this.host = '127.0.0.1';
    this.url = `http://127.0.0.1:${port}`;
  }

  /** Starts the process; resolves with the milliseconds until its `ready` line. */
  async launch() {
    const command = process.env.HOLDFAST_SERVE?.trim().split(/\s+/) ?? [join(ROOT, 'holdfast'), 'serve'];
    const flags = ['--host', this.host, '--port', String(this.port), '--data', this.data, '--key', this.key];
    const started = performance.now();
    // Its own process group, so that whatever the launcher forks can be ended with it.
    const child = spawn(command[0], [...command.slice(1), ...flags, ...this.args], {
      cwd: ROOT,
      detached: true,
      env: { HOLDFAST_JAVA_OPTS: '-Xmx512m', ...process.env, NODE_TEST_CONTEXT: '', ...this.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child = child;
    if (child.pid) alive.add(child.pid);
    this.exited = new Promise((done) => {
      child.once('error', (error) => done({ code: null, signal: null, error }));
      child.once('exit', (code, signal) => {
        alive.delete(child.pid);
        done({ code, signal });
      });
    });
    child.stderr.on('data', (chunk) => (this.stderr = (this.stderr + chunk).slice(-STDERR_KEPT)));
    const ready = new Promise((done) => {
      let line = '';
      child.stdout.on('data', (chunk) => {
        this.stdout += chunk;
        line += chunk;
        if (/\bready\b/.test(line)) done();
        line = line.slice(line.lastIndexOf('\n') + 1);
      });
    });
    const ended = this.exited.then((how) => {
      throw new Error(`server ended before it was ready: ${JSON.stringify(how)}\n${this.stderr}`);
    });
    await within(Promise.race([ready, ended]), READY_WITHIN_MS, 'the server to be ready');
    ended.catch(() => {});
    // A test that failed half way must not hold its process open by its server.
    for (const handle of [child, child.stdout, child.stderr]) handle.unref();
    this.readyMs = Math.round(performance.now() - started);
    return this.readyMs;
  }

  /** kill -9, and waits until the process is gone. */
  async kill() {
    return this.#end('SIGKILL', 10_000);
  }

  /** SIGTERM; resolves with { code, signal, ms } once the process has ended. */
  async stop(withinMs = 15_000) {
    return this.#end('SIGTERM', withinMs);
  }

  metric(name) {
    return metricOf(this.url, name);
  }

  async restart() {
    await this.kill();
    return this.launch();
  }

  /** Ends the process, if it runs, and removes its data. */
  async dispose() {
    if (alive.has(this.child?.pid)) await this.kill();
    rmSync(this.data, { recursive: true, force: true });
  }

  async #end(signal, withinMs) {
    const started = performance.now();
    if (!alive.has(this.child?.pid)) return this.exited;
    this.child.ref();
    signalGroup(this.child.pid, signal);
    const how = await within(this.exited, withinMs, `the server to end after ${signal}`);
    return { ...how, ms: Math.round(performance.now() - started) };
  }
}

function signalGroup(pid, signal) {
  // SIGTERM is the process's own business; SIGKILL must not leave a forked child behind.
  try {
    process.kill(signal === 'SIGKILL' ? -pid : pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

function endAll() {
  for (const pid of alive) signalGroup(pid, 'SIGKILL');
}

process.once('exit', endAll);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.once(signal, () => {
    endAll();
    process.exit(1);
  });
}
