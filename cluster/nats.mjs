// Three nats-servers on this machine, set up as docs/cluster.md says.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Program, started } from './program.mjs';

const READY_MS = 60_000;
const STOP_MS = 10_000;
const ASKED_EVERY_MS = 100;
export const SERVERS = 3;
/** For clients, for the other servers, and for what asks how they are. */
export const PORTS_EACH = 3;

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

class NatsServer extends Program {
  constructor({ binary, folder, name, ports, guard }) {
    const config = join(folder, `${name}.conf`);
    super({ name, command: [binary, '-c', config], log: join(folder, `${name}.log`), guard });
    Object.assign(this, { folder, config, port: ports[0], routes: ports[1], monitor: ports[2] });
    this.url = `nats://127.0.0.1:${this.port}`;
  }

  /** Writes its configuration; `all` are the servers of the cluster. */
  configure(all, advertised) {
    const text = `server_name: ${this.name}
host: 127.0.0.1
port: ${this.port}
http: "127.0.0.1:${this.monitor}"
max_payload: 8MB
logfile_size_limit: 10MB
jetstream {
  store_dir: ${JSON.stringify(join(this.folder, this.name))}
  sync_interval: always
}
cluster {
  name: holdfast
  host: 127.0.0.1
  port: ${this.routes}
  routes: [${all.map((server) => `"nats://127.0.0.1:${server.routes}"`).join(', ')}]
  no_advertise: ${!advertised}
}
`;
    writeFileSync(this.config, text);
  }

  /** Starts it; resolves once it can keep streams, for which most of them must run. */
  async start() {
    this.launch();
    await started(this, this.#healthy(), READY_MS);
  }

  async #healthy() {
    while (this.runs) {
      const answer = await fetch(`http://127.0.0.1:${this.monitor}/healthz`, { signal: AbortSignal.timeout(2_000) }).catch(() => null);
      if (answer?.ok) return;
      await pause(ASKED_EVERY_MS);
    }
  }
}

export class NatsServers {
  /**
   * @param binary the program nats-server
   * @param folder what holds their data, configurations and words
   * @param ports nine of them
   * @param advertised whether clients of one are told of the others
   */
  constructor({ binary, folder, ports, guard, advertised = true }) {
    mkdirSync(folder, { recursive: true });
    this.all = Array.from({ length: SERVERS }, (_, i) =>
      new NatsServer({ binary, folder, guard, name: `nats-${i + 1}`, ports: ports.slice(i * PORTS_EACH, (i + 1) * PORTS_EACH) }));
    for (const server of this.all) server.configure(this.all, advertised);
  }

  /** What a node is given as its journal. */
  get journal() {
    return this.all.map(({ url }) => url).join(',');
  }

  async start() {
    await Promise.all(this.all.map((server) => server.start()));
  }

  async stop() {
    await Promise.all(this.all.map((server) => server.stop(STOP_MS)));
  }

  async kill() {
    await Promise.all(this.all.map((server) => server.kill()));
  }
}
