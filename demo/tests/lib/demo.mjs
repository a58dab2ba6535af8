// The demo as people start it: `./holdfast demo`, a real process on free ports with new data.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePorts, freeRange } from '../../../cluster/ports.mjs';
import { until, within } from './wait.mjs';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const READY_WITHIN_MS = Number(process.env.HOLDFAST_READY_MS ?? 240_000);
const OUTPUT_KEPT = 64 * 1024;
const alive = new Set();

export const freePort = async () => (await freePorts(1))[0];

export class Demo {
  output = '';

  /** @param agent which agent answers; HOLDFAST_DEMO_AGENT says it for those that name none */
  static async start({ env = {}, agent = process.env.HOLDFAST_DEMO_AGENT ?? 'java' } = {}) {
    const demo = new Demo();
    [demo.port] = await freeRange(2);
    demo.data = mkdtempSync(join(tmpdir(), 'holdfast-demo-'));
    demo.env = env;
    demo.agent = agent;
    await demo.launch();
    return demo;
  }

  get url() {
    return `http://127.0.0.1:${this.port}`;
  }

  get serverUrl() {
    return `http://127.0.0.1:${this.serverPort}`;
  }

  get serverPort() {
    return this.port + 1;
  }

  async launch() {
    const args = ['demo', '--port', String(this.port), '--data', this.data, '--agent', this.agent];
    const child = spawn(join(ROOT, 'holdfast'), args, {
      cwd: ROOT,
      detached: true,
      env: {
        ...process.env,
        HOLDFAST_JAVA_OPTS: '-Xmx384m',
        HOLDFAST_DEMO_TRANSCRIPT: join(this.data, 'transcript'),
        NODE_TEST_CONTEXT: '',
        ...this.env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child = child;
    alive.add(child.pid);
    this.exited = new Promise((done) => child.once('exit', (code, signal) => done({ code, signal })));
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => (this.output = (this.output + chunk).slice(-OUTPUT_KEPT)));
    }
    const ended = this.exited.then((how) => {
      throw new Error(`the demo ended before it was ready: ${JSON.stringify(how)}\n${this.output}`);
    });
    ended.catch(() => {});
    const ready = until(() => /The demo is ready\./.test(this.output), 'the demo to be ready', READY_WITHIN_MS);
    await Promise.race([ready, ended]);
    // A test that failed half way must not hold its process open by its demo.
    for (const handle of [child, child.stdout, child.stderr]) handle.unref();
  }

  /** The API's answer to a request, as { status, body }. */
  async api(path, json) {
    const init = json === undefined ? {} : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(json) };
    const response = await fetch(`${this.url}/api/${path}`, init);
    return { status: response.status, body: await response.json() };
  }

  /** The pid of the `server` or `agent` once there is one that is not `than`. */
  async pidOf(what, than) {
    return until(async () => {
      const { status, body } = await this.api(what);
      return status === 200 && body.pid !== than && body.pid;
    }, `a running ${what}`, 60_000);
  }

  /** kill -9 of the server or agent; resolves with the pid that is no more. */
  async kill(what) {
    const pid = await this.pidOf(what);
    process.kill(pid, 'SIGKILL');
    return pid;
  }

  #transcriptOf(runId) {
    return join(this.data, 'transcript', `${runId}.txt`);
  }

  /** Everything the agent said in a run. */
  transcript(runId) {
    return readFileSync(this.#transcriptOf(runId), 'utf8');
  }

  /** When the agent last said something in a run. */
  lastWordAt(runId) {
    return statSync(this.#transcriptOf(runId)).mtimeMs;
  }

  async stop() {
    this.child.ref();
    const started = performance.now();
    this.child.kill('SIGTERM');
    const how = await within(this.exited, 30_000, 'the demo to stop');
    alive.delete(this.child.pid);
    return { ...how, ms: performance.now() - started };
  }

  async dispose() {
    if (alive.has(this.child?.pid)) await this.stop().catch(() => end(this.child.pid));
    rmSync(this.data, { recursive: true, force: true });
  }
}

function end(pid) {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It is gone.
  }
}

process.once('exit', () => alive.forEach(end));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.once(signal, () => {
    alive.forEach(end);
    process.exit(1);
  });
}
