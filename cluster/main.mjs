// `./holdfast cluster` becomes this: it starts nats-servers, nodes and a balancer, starts again what
// dies, and ends all of it.
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Balancer } from './balancer.mjs';
import { Guard } from './guard.mjs';
import { NatsServers, PORTS_EACH, SERVERS } from './nats.mjs';
import { Node, NODES, STOP_MS } from './node.mjs';
import { readOptions } from './options.mjs';
import { freePorts, isFree } from './ports.mjs';

const USUAL_PORT = 8080;
/** Long enough to see what it is like without. */
const AGAIN_MS = 10_000;

const say = (line) => process.stderr.write(`cluster: ${line}\n`);
const range = (count, from) => Array.from({ length: count }, (_, i) => from + i);

/** The ports of everything: those asked for, which must be free, and others. */
async function portsFor({ port, natsPort }) {
  const any = await freePorts(1 + NODES + SERVERS * PORTS_EACH);
  const nats = natsPort === null ? any.splice(0, SERVERS * PORTS_EACH) : range(SERVERS * PORTS_EACH, natsPort);
  const nodes = port === null ? any.splice(0, NODES) : range(NODES, port + 1);
  const balancer = port ?? ((await isFree(USUAL_PORT)) ? USUAL_PORT : any.pop());
  for (const one of [balancer, ...nodes, ...nats]) {
    if (!(await isFree(one))) throw new Error(`port ${one} is taken; choose others with --port and --nats-port`);
  }
  return { balancer, nodes, nats };
}

/** The key that is given, that the directory has, or a new one. */
function keyFor(given, data) {
  if (given) return given;
  const file = join(data, 'key');
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    const key = `app.key:${randomBytes(16).toString('base64url')}`;
    writeFileSync(file, `${key}\n`, { mode: 0o600 });
    return key;
  }
}

/** Nothing keeps two sets of nats-servers from writing to one directory but this. */
function claim(data) {
  const file = join(data, 'pid');
  let holder;
  try {
    holder = readFileSync(file, 'utf8').trim();
  } catch {
    // Nobody has it.
  }
  if (holder && commandOf(holder).includes('main.mjs')) {
    throw new Error(`a cluster (process ${holder}) runs on ${data}; end it, or choose another directory with --data`);
  }
  writeFileSync(file, `${process.pid}\n`);
}

/** The command line of a process; '' when there is none. */
function commandOf(pid) {
  try {
    return execFileSync('ps', ['-ww', '-o', 'args=', '-p', pid], { encoding: 'utf8' });
  } catch {
    return '';
  }
}

class Cluster {
  #ending = false;
  #timers = new Set();

  constructor(options) {
    Object.assign(this, { options, guard: new Guard(), kept: options.data !== null });
    this.data = this.kept ? resolve(options.data) : mkdtempSync(join(tmpdir(), 'holdfast-cluster-'));
    if (!this.kept) this.guard.temporary(this.data);
    mkdirSync(this.data, { recursive: true });
    claim(this.data);
  }

  async start() {
    const { guard, data, options } = this;
    const ports = await portsFor(options);
    this.key = keyFor(options.key, data);
    const folder = join(data, 'nats');
    this.nats = new NatsServers({ binary: process.env.HOLDFAST_NATS_SERVER, folder, ports: ports.nats, guard });
    const args = ['--key', this.key, ...(options.config ? ['--config', resolve(options.config)] : [])];
    this.nodes = ports.nodes.map((port, i) => new Node({ name: `node-${i + 1}`, port, journal: this.nats.journal, args, folder: data, guard }));
    this.balancer = new Balancer(this.nodes);
    say('starting the nats-servers ...');
    await this.nats.start();
    say('starting the nodes ...');
    // The first one makes the streams.
    await this.nodes[0].start();
    await Promise.all(this.nodes.slice(1).map((node) => node.start()));
    await this.balancer.listen(ports.balancer);
    for (const program of [...this.nats.all, ...this.nodes]) void this.#keep(program);
  }

  /** Starts it again each time it has ended. */
  async #keep(program) {
    for (;;) {
      const { code, signal } = await program.gone;
      if (this.#ending) return;
      say(`${program.name} ended (${signal ?? `exit code ${code}`}); it is started again in ${AGAIN_MS / 1_000} s`);
      await this.#later(AGAIN_MS);
      if (this.#ending) return;
      await program.start().then(
        () => say(`${program.name} is back, process ${program.pid}`),
        (error) => this.#ending || say(error.message),
      );
    }
  }

  #later(ms) {
    return new Promise((done) => {
      const timer = setTimeout(() => {
        this.#timers.delete(timer);
        done();
      }, ms);
      this.#timers.add(timer);
    });
  }

  announce() {
    const line = (what, where, program) => `  ${what.padEnd(10)}${where}${program ? `   process ${program.pid}` : ''}`;
    const lines = ['', 'The cluster is ready.', line('clients', `http://127.0.0.1:${this.balancer.port}   each connection reaches another node`), line('key', this.key)];
    for (const node of this.nodes) lines.push(line(node.name, node.url, node));
    for (const server of this.nats.all) lines.push(line(server.name, server.url, server));
    lines.push(line('data', `${this.data}${this.kept ? '' : '   removed at the end; --data keeps it'}`));
    lines.push('', `See what happens when one dies:  kill -9 ${this.nodes[0].pid}`, `What dies is started again after ${AGAIN_MS / 1_000} s. Ctrl-C ends all.`, '');
    process.stdout.write(lines.join('\n'));
  }

  /** Ends all: the nodes while there are servers to write to, then those. */
  async end() {
    if (this.#ending) return false;
    this.#ending = true;
    for (const timer of this.#timers) clearTimeout(timer);
    await Promise.all((this.nodes ?? []).map((node) => node.stop(STOP_MS)));
    await this.balancer?.close();
    await this.nats?.stop();
    if (!this.kept) rmSync(this.data, { recursive: true, force: true });
    return true;
  }

  /** Ends all that still runs now. */
  async kill() {
    this.#ending = true;
    await Promise.all([...(this.nodes ?? []), ...(this.nats?.all ?? [])].map((program) => program.kill()));
  }
}

async function main() {
  const cluster = new Cluster(readOptions(process.argv.slice(2)));
  const ended = async (code) => {
    if (await cluster.end()) process.exit(code);
  };
  let asked = 0;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      if (++asked === 1) void ended(0);
      else void cluster.kill();
    });
  }
  try {
    await cluster.start();
  } catch (error) {
    if (asked === 0) say(error.message);
    return ended(1);
  }
  if (asked === 0) cluster.announce();
}

main().catch((error) => {
  say(error.message);
  process.exit(1);
});
