// A program that runs beside us in a process group of its own, with what it says in a file.
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';

const TAIL = 4_000;

export class Program {
  #guard;
  #command;
  #log;
  #options;
  #gone = Promise.resolve();
  child = null;

  /**
   * @param name what it is called in what is said about it
   * @param command the program and its arguments, or what gives them at each start
   * @param log the file that its words are added to
   * @param env more for its environment
   */
  constructor({ name, command, log, guard, env = {} }) {
    this.name = name;
    this.#command = command;
    this.#log = log;
    this.#guard = guard;
    this.#options = { detached: true, env: { ...process.env, ...env } };
  }

  get pid() {
    return this.child?.pid ?? null;
  }

  get runs() {
    return this.child !== null;
  }

  /** Resolves with { code, signal } once the process that runs now has ended. */
  get gone() {
    return this.#gone;
  }

  /** Starts it; `onLine` is told what it prints. */
  launch(onLine = () => {}) {
    const [file, ...args] = typeof this.#command === 'function' ? this.#command() : this.#command;
    const log = openSync(this.#log, 'a');
    const child = spawn(file, args, { ...this.#options, stdio: ['ignore', 'pipe', log] });
    closeSync(log);
    this.child = child;
    if (child.pid) this.#guard.runs(child.pid);
    let line = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      const lines = (line + text).split('\n');
      line = lines.pop().slice(-TAIL);
      lines.forEach(onLine);
    });
    this.#gone = new Promise((done) => {
      const ended = (how) => {
        if (this.child !== child) return;
        if (child.pid) this.#guard.ended(child.pid);
        this.child = null;
        done(how);
      };
      child.once('error', (error) => ended({ code: null, signal: null, error }));
      child.once('exit', (code, signal) => ended({ code, signal }));
    });
  }

  /** What it said last. */
  get said() {
    try {
      return readFileSync(this.#log, 'utf8').slice(-TAIL);
    } catch {
      return '';
    }
  }

  /** Sends a signal to the process; SIGKILL also to what it may have forked. */
  signal(signal) {
    if (!this.child?.pid) return;
    try {
      process.kill(signal === 'SIGKILL' ? -this.child.pid : this.child.pid, signal);
    } catch (error) {
      if (error.code !== 'ESRCH') throw error;
    }
  }

  /** Asks it to end, and ends it when it does not within `ms`. */
  async stop(ms) {
    if (!this.runs) return this.#gone;
    this.signal('SIGTERM');
    const hard = setTimeout(() => this.signal('SIGKILL'), ms);
    const how = await this.#gone;
    clearTimeout(hard);
    return how;
  }

  /** As `kill -9`. */
  async kill() {
    this.signal('SIGKILL');
    return this.#gone;
  }
}

/** Fails when the program ends before `ready`, or when that takes too long. */
export async function started(program, ready, ms) {
  let timer;
  const late = new Promise((_, failed) => {
    timer = setTimeout(() => failed(new Error(`${program.name} was not ready within ${ms / 1000} s:\n${program.said.trim()}`)), ms);
  });
  const ended = program.gone.then(({ code, signal, error }) => {
    throw new Error(`${program.name} ended (${error?.message ?? signal ?? `exit code ${code}`}) before it was ready:\n${program.said.trim()}`);
  });
  ended.catch(() => {});
  try {
    return await Promise.race([ready, ended, late]);
  } finally {
    clearTimeout(timer);
  }
}
