// A load balancer for trying a cluster: bytes between a client's connection and a node's. Nodes take
// turns by connection, so who comes back reaches another one; one that is not ready gets nobody.
import http from 'node:http';
import net from 'node:net';

const ASKED_EVERY_MS = 500;
const PATIENCE_MS = 1_500;

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

export class Balancer {
  #targets;
  #heldMs;
  #turn = 0;
  #sockets = new Set();
  #timer;
  #closed = false;
  port = 0;

  /**
   * @param targets where nodes listen: { host, port }
   * @param heldMs how long who comes while no node is ready is held, milliseconds
   */
  constructor(targets, { heldMs = 5_000 } = {}) {
    this.#heldMs = heldMs;
    this.#targets = targets.map(({ host, port }) => ({ host, port, ready: false, connections: 0 }));
  }

  /** Those that get connections now. */
  get ready() {
    return this.#targets.filter(({ ready }) => ready);
  }

  /** How many connections a node has through this. */
  connectionsTo({ port }) {
    return this.#targets.find((target) => target.port === port).connections;
  }

  async listen(port = 0, host = '127.0.0.1') {
    await this.#look();
    // Whoever has said all may still be answered, so each side ends by itself.
    this.listener = net.createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true }, (client) => void this.#take(client));
    await new Promise((done, failed) => {
      this.listener.once('error', failed);
      this.listener.listen(port, host, done);
    });
    this.port = this.listener.address().port;
    this.#lookLater();
  }

  #lookLater() {
    this.#timer = setTimeout(async () => {
      await this.#look();
      if (!this.#closed) this.#lookLater();
    }, ASKED_EVERY_MS);
    this.#timer.unref();
  }

  /** Asks all nodes whether they are ready. */
  async #look() {
    await Promise.all(this.#targets.map(async (target) => (target.ready = await isReady(target))));
  }

  /** The node whose turn it is, of those that may be had; undefined when there is none. */
  next(may) {
    const { length } = this.#targets;
    for (let i = 0; i < length; i++) {
      const target = this.#targets[(this.#turn + i) % length];
      if (!may(target)) continue;
      this.#turn = (this.#turn + i + 1) % length;
      return target;
    }
    return undefined;
  }

  /** What decides for a connection: the node whose turn it is, unless told otherwise. */
  async chooser(_client) {
    return (may) => this.next(may);
  }

  /** While no node is ready, whoever comes is held for a while, and then dropped. */
  async #take(client) {
    this.#known(client);
    const choose = await this.chooser(client);
    const until = performance.now() + this.#heldMs;
    while (!client.destroyed) {
      const target = choose((each) => each.ready);
      const server = target && (await connected(target));
      if (server) {
        this.#known(server);
        this.joined(client, server, target);
        return;
      }
      if (target) target.ready = false;
      else if (performance.now() < until) await pause(ASKED_EVERY_MS / 5);
      else client.destroy();
    }
  }

  #known(socket) {
    this.#sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => this.#sockets.delete(socket));
  }

  /** Passes everything on, both ways, and the end of it as it came. */
  joined(client, server, target) {
    target.connections++;
    server.once('close', () => target.connections--);
    for (const [one, other] of [[client, server], [server, client]]) {
      if (one.destroyed) other.destroy();
      one.once('error', () => other.destroy());
      one.once('close', () => other.destroySoon());
      one.pipe(other);
    }
  }

  /** Takes nobody any more and drops all. */
  async close() {
    this.#closed = true;
    clearTimeout(this.#timer);
    await new Promise((done) => {
      this.listener.close(done);
      for (const socket of this.#sockets) socket.destroy();
    });
  }
}

/** Whether a node takes clients and knows what is stored. */
function isReady({ host, port }) {
  return new Promise((done) => {
    const request = http.get({ host, port, path: '/readyz', agent: false, timeout: PATIENCE_MS }, (answer) => {
      answer.resume();
      done(answer.statusCode === 200);
    });
    request.once('timeout', () => request.destroy());
    request.once('error', () => done(false));
    request.once('close', () => done(false));
  });
}

/** A connection to a node; null when there is none to be had. */
function connected({ host, port }) {
  return new Promise((done) => {
    const socket = net.connect({ host, port, allowHalfOpen: true, noDelay: true });
    const settle = (made) => {
      clearTimeout(late);
      if (!made) socket.destroy();
      done(made);
    };
    const late = setTimeout(() => settle(null), PATIENCE_MS);
    socket.once('connect', () => settle(socket));
    socket.once('error', () => settle(null));
  });
}
