// One Holdfast node of a cluster: the server that the launcher starts, on NATS servers.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Program, started } from './program.mjs';

const LAUNCHER = process.env.HOLDFAST_LAUNCHER ?? fileURLToPath(new URL('../holdfast', import.meta.url));
/** The first start may build. */
const READY_MS = 240_000;
/** How many a cluster is tried with. */
export const NODES = 3;
/** Longer than a node takes to drain. */
export const STOP_MS = 15_000;

export class Node extends Program {
  /**
   * @param journal the NATS servers
   * @param args what else it is started with; looked at for each start
   * @param serve the command that serves
   */
  constructor({ name, port, journal, args = [], folder, guard, env, serve = [LAUNCHER, 'serve'] }) {
    super({
      name,
      command: () => [...serve, '--host', '127.0.0.1', '--port', String(port), '--journal', this.journal, ...this.args],
      log: join(folder, `${name}.log`),
      guard,
      env,
    });
    Object.assign(this, { journal, args, port, host: '127.0.0.1', url: `http://127.0.0.1:${port}` });
  }

  /** Starts it; resolves with the milliseconds until it said that it is ready. */
  async start() {
    const since = performance.now();
    const ready = new Promise((done) => this.launch((line) => /\bready\b/.test(line) && done()));
    await started(this, ready, READY_MS);
    return Math.round(performance.now() - since);
  }
}
