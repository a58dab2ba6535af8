// A TCP proxy on localhost that can misbehave: cut, refuse, stall, delay, throttle; and it counts.
import net from 'node:net';

const BUFFERED = 1024 * 1024;

/** One direction of one connection: bytes wait here while the proxy stalls, delays or throttles. */
class Pipe {
  #queue = [];
  #held = 0;
  #busy = false;
  bytes = 0;

  constructor(proxy, from, to) {
    Object.assign(this, { proxy, from, to });
    from.on('data', (chunk) => this.#take(chunk));
    from.on('end', () => this.#take(null));
  }

  #take(chunk) {
    this.#queue.push({ chunk, due: performance.now() + this.proxy.delayMs });
    this.#held += chunk?.length ?? 0;
    if (this.#held > BUFFERED) this.from.pause();
    void this.#run();
  }

  async #run() {
    if (this.#busy) return;
    this.#busy = true;
    while (this.#queue.length > 0 && !this.to.destroyed) {
      const { chunk, due } = this.#queue[0];
      await this.proxy.flowing();
      const early = due - performance.now();
      if (early > 0) await new Promise((done) => setTimeout(done, early));
      await this.proxy.flowing();
      this.#queue.shift();
      if (chunk === null) this.to.end();
      else await this.#pass(chunk);
    }
    this.#busy = false;
    // A side that closed while the proxy stalled is passed on now.
    if (this.to.destroyed) this.from.destroy();
  }

  async #pass(chunk) {
    if (this.to.destroyed) return;
    this.bytes += chunk.length;
    if (!this.to.write(chunk)) await this.#drained();
    this.#held -= chunk.length;
    if (this.#held <= BUFFERED) this.from.resume();
    if (this.proxy.bytesPerSecond > 0) {
      await new Promise((done) => setTimeout(done, (chunk.length / this.proxy.bytesPerSecond) * 1000));
    }
  }

  #drained() {
    return new Promise((done) => {
      this.to.once('drain', done);
      this.to.once('close', done);
    });
  }
}

export class Proxy {
  /** Connections in order of arrival: { up, down, open }, where down counts bytes towards the client. */
  connections = [];
  delayMs = 0;
  bytesPerSecond = 0;
  #sockets = new Set();
  #stalled = null;

  static async start(target) {
    const proxy = new Proxy();
    proxy.target = target;
    await proxy.#listen(0);
    return proxy;
  }

  async #listen(port) {
    this.listener = net.createServer({ noDelay: true }, (client) => this.#accept(client));
    await new Promise((done, failed) => {
      this.listener.once('error', failed);
      this.listener.listen(port, '127.0.0.1', done);
    });
    this.port = this.listener.address().port;
  }

  #accept(client) {
    const server = net.connect({ host: '127.0.0.1', port: this.target, noDelay: true });
    const up = new Pipe(this, client, server);
    const down = new Pipe(this, server, client);
    const entry = { open: true, get up() { return up.bytes; }, get down() { return down.bytes; } };
    this.connections.push(entry);
    for (const [one, other] of [[client, server], [server, client]]) {
      this.#sockets.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        this.#sockets.delete(one);
        entry.open = false;
        if (!this.#stalled) other.destroySoon();
      });
    }
  }

  /** Drops every connection now: with RST, or politely with FIN. */
  cut({ rst = true } = {}) {
    for (const socket of [...this.#sockets]) {
      if (rst) socket.resetAndDestroy();
      else socket.end(() => socket.destroy());
    }
  }

  /** New connections are refused until `accept`. */
  async refuse() {
    const listener = this.listener;
    await new Promise((done) => {
      listener.close(done);
      this.cut();
    });
  }

  async accept() {
    await this.#listen(this.port);
  }

  /** Cuts everything and refuses for `ms`. */
  async outage(ms) {
    await this.refuse();
    await new Promise((done) => setTimeout(done, ms));
    await this.accept();
  }

  /** Stalls both ways without closing, until `flow`. */
  blackhole() {
    if (this.#stalled) return;
    let release;
    const gate = new Promise((done) => (release = done));
    this.#stalled = { gate, release };
  }

  flow() {
    this.#stalled?.release();
    this.#stalled = null;
  }

  async flowing() {
    while (this.#stalled) await this.#stalled.gate;
  }

  /** Bytes sent towards clients over all connections so far. */
  get down() {
    return this.connections.reduce((sum, { down }) => sum + down, 0);
  }

  get up() {
    return this.connections.reduce((sum, { up }) => sum + up, 0);
  }

  async close() {
    this.flow();
    await new Promise((done) => {
      this.listener.close(done);
      this.cut();
    });
  }
}
