// Keeps the agent process running and hands it what it has to do.
import { fork, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Kept } from './kept.mjs';
import { LAUNCHER } from './launcher.mjs';

const IN_JAVASCRIPT = fileURLToPath(new URL('../agent/main.mjs', import.meta.url));
const STOP_MS = 5_000;

/** A message on a line; null for a line that is none. */
function read(line) {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

/** How each kind of agent is started: a process that takes messages by `tell` and gives its own to `hear`. */
const KINDS = {
  java(hear) {
    const child = spawn(LAUNCHER, ['agent'], { stdio: ['pipe', 'pipe', 'inherit'] });
    // It is noticed by its end when it reads no more.
    child.stdin.on('error', () => {});
    createInterface({ input: child.stdout }).on('line', (line) => {
      const message = read(line);
      if (message) hear(message);
      else process.stderr.write(`agent: ${line}\n`);
    });
    return { child, tell: (message) => child.stdin.write(`${JSON.stringify(message)}\n`) };
  },
  js(hear) {
    const child = fork(IN_JAVASCRIPT, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    child.on('message', hear);
    return { child, tell: (message) => child.send(message) };
  },
};

export class AgentKeeper {
  #kept;
  #kind;
  #handover;
  #ready = null;
  #waiting = [];

  /**
   * @param kind which agent: java or js
   * @param key tells the server's key, known once the server has started
   */
  constructor({ kind, handover, port, key, say }) {
    this.#kind = kind;
    this.#handover = handover;
    this.#kept = new Kept('agent', () => this.#begin(port, key()), say);
    this.#kept.onEnd = () => {
      this.#ready = null;
    };
    handover.give = (message) => this.#ready?.(message);
  }

  get status() {
    return this.#ready ? this.#kept.status : null;
  }

  async start() {
    const ready = new Promise((done) => this.#waiting.push(done));
    this.#kept.launch();
    await ready;
  }

  #begin(port, key) {
    const { child, tell } = KINDS[this.#kind]((message) => this.#hear(message, tell));
    // The key travels over the pipe: neither the command line nor the environment shows it.
    tell({ type: 'hello', port, key });
    return child;
  }

  #hear(message, tell) {
    if (message.type === 'ready') {
      this.#ready = tell;
      this.#handover.agentReady();
      for (const done of this.#waiting.splice(0)) done();
    }
    if (message.type === 'taken') this.#handover.taken(message.inputEventId);
    if (message.type === 'dropped') this.#handover.dropped(message.inputEventId);
  }

  async stop() {
    await this.#kept.stop(STOP_MS);
  }
}
