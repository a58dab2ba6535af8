// Keeps the agent process running and hands it what it has to do.
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Kept } from './kept.mjs';

const AGENT = fileURLToPath(new URL('../agent/main.mjs', import.meta.url));
const STOP_MS = 5_000;

export class AgentKeeper {
  #kept;
  #handover;
  #ready = null;
  #waiting = [];

  /** @param key tells the server's key, known once the server has started */
  constructor({ handover, port, key, say }) {
    this.#handover = handover;
    this.#kept = new Kept('agent', () => this.#fork(port, key()), say);
    this.#kept.onEnd = () => {
      this.#ready = null;
    };
    handover.give = (message) => this.#ready?.send(message);
  }

  get status() {
    return this.#ready ? this.#kept.status : null;
  }

  async start() {
    const ready = new Promise((done) => this.#waiting.push(done));
    this.#kept.launch();
    await ready;
  }

  #fork(port, key) {
    // The key travels over the pipe: neither the command line nor the environment shows it.
    const child = fork(AGENT, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    child.on('message', (message) => {
      if (message.type === 'ready') {
        this.#ready = child;
        this.#handover.agentReady();
        for (const done of this.#waiting.splice(0)) done();
      }
      if (message.type === 'taken') this.#handover.taken(message.inputEventId);
      if (message.type === 'dropped') this.#handover.dropped(message.inputEventId);
    });
    child.send({ type: 'hello', port, key });
    return child;
  }

  async stop() {
    await this.#kept.stop(STOP_MS);
  }
}
