// A process that takes part in sessions through the Java SDK, told what to do by lines of JSON.
import { execFile, spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { temporary } from './temporary.mjs';
import { within } from './wait.mjs';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const run = promisify(execFile);
let compiled;

/** Builds the SDK, if need be, and compiles the peer against it; once a process. */
async function program() {
  const { stdout } = await run(join(ROOT, 'holdfast'), ['classpath', 'sessions'], { timeout: 300_000 });
  const [home, libraries] = stdout.trim().split('\n');
  const classes = temporary('peer');
  const classpath = `${classes}:${libraries}`;
  await run(join(home, 'bin', 'javac'), ['-d', classes, '-cp', libraries, join(ROOT, 'compat', 'java', 'Peer.java')], { timeout: 120_000 });
  return [join(home, 'bin', 'java'), ['-Xmx256m', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-cp', classpath, 'Peer']];
}

export class JavaPeer {
  #waiting = new Map();
  #marks = new Map();
  #requests = 0;
  #stderr = '';
  /** How long it may take over one thing, milliseconds. */
  patience = 60_000;

  /** `codec` is `ui` or `responses`. */
  static async start(codec = 'ui') {
    compiled ??= program();
    const [command, args] = await compiled;
    const peer = new JavaPeer(spawn(command, [...args, codec], { stdio: ['pipe', 'pipe', 'pipe'] }));
    await within(peer.ready, 60_000, 'the Java program to be ready');
    return peer;
  }

  constructor(child) {
    this.child = child;
    this.exited = new Promise((done) => child.once('exit', (code, signal) => done({ code, signal })));
    child.stderr.on('data', (chunk) => (this.#stderr = (this.#stderr + chunk).slice(-8_192)));
    this.ready = new Promise((done) => {
      createInterface({ input: child.stdout }).on('line', (line) => {
        const said = JSON.parse(line);
        if (said.ready) done();
        else if (said.mark !== undefined) this.#marks.get(said.of)?.[said.mark]?.();
        else this.#answered(said);
      });
    });
    void this.exited.then((how) => {
      for (const { fail } of this.#waiting.values()) fail(new Error(`the Java program ended: ${JSON.stringify(how)} ${this.#stderr}`));
    });
  }

  #answered({ id, value, error, code }) {
    const { done, fail } = this.#waiting.get(id);
    this.#waiting.delete(id);
    this.#marks.delete(id);
    if (error === undefined) done(value);
    else fail(Object.assign(new Error(`${error}\n${this.#stderr}`), { code }));
  }

  /** Does one thing; `at` maps an index of what is piped to what happens before it. */
  async do(op, request = {}, at) {
    if (this.ended) throw new Error('the Java program has ended');
    const id = ++this.#requests;
    if (at) this.#marks.set(id, at);
    const answer = new Promise((done, fail) => this.#waiting.set(id, { done, fail }));
    const marks = at ? { marks: Object.keys(at).map(Number) } : {};
    this.child.stdin.write(`${JSON.stringify({ id, op, ...request, ...marks })}\n`);
    return within(answer, this.patience, `the Java program to ${op}`);
  }

  get ended() {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  async close() {
    if (this.ended) return;
    this.child.stdin.end();
    await within(this.exited, 10_000, 'the Java program to end').catch(() => this.kill());
  }

  async kill() {
    this.child.kill('SIGKILL');
    await this.exited;
  }
}
