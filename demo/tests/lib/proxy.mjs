// A TCP proxy on localhost that cuts: with a reset, and for a while.
import net from 'node:net';

export class Proxy {
  #sockets = new Set();

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
    this.listener.unref();
    this.port = this.listener.address().port;
  }

  #accept(client) {
    const server = net.connect({ host: '127.0.0.1', port: this.target, noDelay: true });
    for (const [one, other] of [[client, server], [server, client]]) {
      this.#sockets.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        this.#sockets.delete(one);
        other.destroySoon();
      });
      one.pipe(other);
    }
  }

  /** How many connections are open through it. */
  get open() {
    return this.#sockets.size / 2;
  }

  /** Resets every connection now. */
  cut() {
    for (const socket of [...this.#sockets]) socket.resetAndDestroy();
  }

  /** Resets everything and refuses what is new, until `accept`. */
  async refuse() {
    const closed = new Promise((done) => this.listener.close(done));
    this.cut();
    await closed;
  }

  async accept() {
    await this.#listen(this.port);
  }

  async close() {
    if (this.listener.listening) await this.refuse();
  }
}
