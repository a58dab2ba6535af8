// An HTTP proxy on localhost such as stands before many networks: one that ends what is idle, one
// that hands on whole answers only, one that lets no WebSocket through.
import http from 'node:http';

export class HttpProxy {
  /** Answers that were cut off because nothing moved. */
  killed = 0;
  /** Requests by their path without its query, e.g. `/comet/connect`, keys left out. */
  requests = new Map();
  #sockets = new Set();

  /**
   * @param idleMs ends a request on which nothing has moved for so long
   * @param collects hands on an answer only once it has ended
   * @param swallows takes requests for WebSockets and never answers them
   */
  static async start(target, { idleMs = 0, collects = false, swallows = true } = {}) {
    const proxy = new HttpProxy();
    Object.assign(proxy, { target, idleMs, collects });
    proxy.agent = new http.Agent({ keepAlive: true });
    proxy.server = http.createServer((request, response) => proxy.#pass(request, response));
    proxy.server.on('connection', (socket) => {
      proxy.#sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => proxy.#sockets.delete(socket));
    });
    if (swallows) proxy.server.on('upgrade', () => proxy.#count('upgrade'));
    await new Promise((done) => proxy.server.listen(0, '127.0.0.1', done));
    proxy.port = proxy.server.address().port;
    return proxy;
  }

  #count(what) {
    this.requests.set(what, (this.requests.get(what) ?? 0) + 1);
  }

  #pass(request, response) {
    this.#count(new URL(request.url, 'http://x').pathname.replace(/^\/comet\/[^/]{20,}\//, '/comet/KEY/'));
    const onwards = http.request(
      { agent: this.agent, host: '127.0.0.1', port: this.target, method: request.method, path: request.url, headers: request.headers },
      (answer) => this.#answer(answer, response, watched),
    );
    const watched = this.#watch(() => {
      this.killed++;
      onwards.destroy();
      response.destroy();
    });
    request.on('data', watched.moved);
    request.pipe(onwards);
    onwards.on('error', () => response.destroy());
    response.on('close', () => {
      watched.end();
      onwards.destroy();
    });
  }

  #answer(answer, response, watched) {
    const headers = { ...answer.headers };
    if (!this.collects) {
      response.writeHead(answer.statusCode, headers);
      response.flushHeaders();
      answer.on('data', (chunk) => {
        watched.moved();
        response.write(chunk);
      });
      answer.on('end', () => response.end());
      answer.on('error', () => response.destroy());
      return;
    }
    const parts = [];
    answer.on('data', (chunk) => parts.push(chunk));
    answer.on('error', () => response.destroy());
    answer.on('end', () => {
      const body = Buffer.concat(parts);
      delete headers['transfer-encoding'];
      if (answer.statusCode !== 204) headers['content-length'] = body.length;
      response.writeHead(answer.statusCode, headers);
      response.end(body);
    });
  }

  #watch(idle) {
    if (!this.idleMs) return { moved() {}, end() {} };
    let timer;
    const moved = () => {
      clearTimeout(timer);
      timer = setTimeout(idle, this.idleMs);
    };
    moved();
    return { moved, end: () => clearTimeout(timer) };
  }

  /** Drops every connection now. */
  cut() {
    for (const socket of [...this.#sockets]) socket.resetAndDestroy();
  }

  async close() {
    this.agent.destroy();
    await new Promise((done) => {
      this.server.close(done);
      this.cut();
    });
  }
}
