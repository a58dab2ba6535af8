// A child process that is started again when it dies, later each time it dies young.
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;
const GROWN_UP_MS = 10_000;

export class Kept {
  #spawn;
  #say;
  #pause = FIRST_PAUSE_MS;
  #timer;
  #stopping = false;
  child = null;
  since = 0;

  /**
   * @param name what it is called in what is said about it
   * @param spawn starts the process and returns it
   */
  constructor(name, spawn, say) {
    this.name = name;
    this.#spawn = spawn;
    this.#say = say;
  }

  launch() {
    const child = this.#spawn();
    this.child = child;
    this.since = Date.now();
    child.once('error', (error) => this.#ended(child, error.message));
    // Not at its exit: what it said last has been read by now.
    child.once('close', (code, signal) => this.#ended(child, signal ?? `exit code ${code}`));
  }

  #ended(child, how) {
    if (this.child !== child) return;
    this.child = null;
    this.onEnd?.(how);
    if (this.#stopping) return;
    if (Date.now() - this.since > GROWN_UP_MS) this.#pause = FIRST_PAUSE_MS;
    this.#say(`the ${this.name} ended (${how}); starting it again`);
    this.#timer = setTimeout(() => this.launch(), this.#pause);
    this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE_MS);
  }

  /** What the process is and since when, or null while there is none. */
  get status() {
    return this.child?.pid ? { pid: this.child.pid, since: this.since } : null;
  }

  /** Asks it to end, and ends it when it does not within `ms`. */
  async stop(ms) {
    this.#stopping = true;
    clearTimeout(this.#timer);
    const { child } = this;
    if (!child?.pid) return;
    const gone = new Promise((done) => child.once('exit', done));
    child.kill('SIGTERM');
    const hard = setTimeout(() => child.kill('SIGKILL'), ms);
    await gone;
    clearTimeout(hard);
  }
}
