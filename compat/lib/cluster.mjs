// Three nodes on three nats-servers behind a load balancer. The tests of one server can be run on it:
// it has what they ask of `Server`, and what they kill there is the node that most clients are on.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Guard } from '../../cluster/guard.mjs';
import { NatsServers, PORTS_EACH, SERVERS } from '../../cluster/nats.mjs';
import { Node, NODES } from '../../cluster/node.mjs';
import { freePorts } from '../../cluster/ports.mjs';
import { ApartBalancer } from './apart.mjs';
import { Proxy } from './proxy.mjs';
import { metricOf } from './server.mjs';
import { until } from './wait.mjs';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const run = promisify(execFile);
/** One for all of a process's clusters. */
let guard;

/** The program nats-server, found or built as the launcher does it. */
async function natsServer() {
  const named = process.env.HOLDFAST_NATS_SERVER;
  return named || (await run(join(ROOT, 'holdfast'), ['nats-server'], { timeout: 600_000 })).stdout.trim();
}

export class Cluster {
  #down = [];
  #links = new Map();
  stderr = '';

  /** Starts all of it on free ports and a new directory, and waits until every node is ready. */
  static async start({ args = [], env = {}, key = 'app.key:secret', linked = false } = {}) {
    guard ??= new Guard();
    const data = mkdtempSync(join(tmpdir(), 'holdfast-compat-'));
    guard.temporary(data);
    const cluster = new Cluster({ data, args, key, env, linked, binary: await natsServer(), ports: await freePorts(SERVERS * PORTS_EACH + NODES) });
    try {
      if (linked) await cluster.#link();
      await cluster.nats.start();
      await Promise.all(cluster.nodes.map((node) => node.start()));
      await cluster.balancer.listen();
      await cluster.balanced();
    } catch (error) {
      await cluster.dispose();
      throw error;
    }
    return cluster;
  }

  constructor({ data, args, env, key, binary, ports, linked }) {
    Object.assign(this, { data, args, key, host: '127.0.0.1' });
    this.nats = new NatsServers({ binary, folder: join(data, 'nats'), ports: ports.slice(NODES), guard, advertised: !linked });
    const more = { HOLDFAST_JAVA_OPTS: '-Xmx512m', ...env, NODE_TEST_CONTEXT: '' };
    this.nodes = ports.slice(0, NODES).map((port, i) =>
      Object.assign(new Node({ name: `node-${i + 1}`, port, journal: this.nats.journal, folder: data, guard, env: more }), { key, args: this.#flags() }));
    this.balancer = new ApartBalancer(this.nodes);
  }

  /** Puts something that can be cut between every node and every nats-server. */
  async #link() {
    for (const node of this.nodes) {
      const links = await Promise.all(this.nats.all.map(({ port }) => Proxy.start(port)));
      this.#links.set(node, links);
      node.journal = links.map(({ port }) => `nats://127.0.0.1:${port}`).join(',');
    }
  }

  /** What a node reaches the engine by. */
  linksOf(node) {
    return this.#links.get(node) ?? [];
  }

  #flags() {
    return ['--key', this.key, ...this.args];
  }

  get port() {
    return this.balancer.port;
  }

  get url() {
    return `http://127.0.0.1:${this.port}`;
  }

  /** The sum of a metric over all nodes. */
  async metric(name) {
    const values = await Promise.all(this.nodes.map((node) => metricOf(node.url, name)));
    return values.reduce((a, b) => a + b);
  }

  /** Resolves once the balancer gives every node its turn. */
  async balanced() {
    await until(() => this.balancer.ready.length === NODES, 'every node to be ready', 60_000, 20);
  }

  /** The node that is up and has the most connections. */
  #fullest() {
    const up = this.nodes.filter((node) => node.runs);
    return up.reduce((a, b) => (this.balancer.connectionsTo(b) > this.balancer.connectionsTo(a) ? b : a));
  }

  /** kill -9 of the node that has the most clients. */
  async kill() {
    const node = this.#fullest();
    this.#down.push(node);
    return node.kill();
  }

  /** Starts what was killed, and anew whatever runs with other arguments than these. */
  async launch() {
    const since = performance.now();
    const flags = this.#flags();
    const outdated = this.nodes.filter((node) => node.runs && node.args.join('\n') !== flags.join('\n'));
    await Promise.all(outdated.map((node) => node.kill()));
    await Promise.all([...this.#down.splice(0), ...outdated].map((node) => {
      node.args = flags;
      return node.start();
    }));
    const took = Math.round(performance.now() - since);
    await this.balanced();
    return took;
  }

  async restart() {
    await this.kill();
    return this.launch();
  }

  /** Ends all and removes its data. */
  async dispose() {
    const { elsewhere, again, unknown } = this.balancer.came;
    if (elsewhere + again + unknown > 0) console.log(`# resumed on another node: ${elsewhere}, on the same: ${again}, with a key not seen before: ${unknown}`);
    await Promise.all([...this.nodes, ...this.nats.all].map((program) => program.kill()));
    if (this.balancer.port) await this.balancer.close();
    await Promise.all([...this.#links.values()].flat().map((link) => link.close()));
    rmSync(this.data, { recursive: true, force: true });
  }
}
