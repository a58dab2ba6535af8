// A load balancer that sees to it that whoever comes back to its connection reaches another node than
// the one that has it: by the key that a node gave out and that is shown again.
import { Balancer } from '../../cluster/balancer.mjs';

const NAME = Buffer.from('connectionKey');
const SHOWN = /[?&](?:resume|recover)=([\w-]+)/;
/** A connection on which nothing is said for so long gets a node all the same. */
const SILENT_MS = 200;
const KEYS_MAX = 10_000;

/** The connection key that begins behind its name, in JSON or MessagePack; null when it is not whole. */
function keyAt(chunk, at) {
  const json = chunk.toString('latin1', at, at + 3) === '":"';
  if (json) {
    const end = chunk.indexOf('"', at + 3);
    return end < 0 ? null : chunk.toString('latin1', at + 3, end);
  }
  if (at + 3 > chunk.length) return null;
  const [begin, length] = chunk[at] === 0xd9 ? [at + 2, chunk[at + 1]] : chunk[at] === 0xda ? [at + 3, chunk.readUInt16BE(at + 1)] : [at + 1, chunk[at] & 0x1f];
  return begin + length > chunk.length ? null : chunk.toString('latin1', begin, begin + length);
}

/** The connection keys in what a node says. */
export function* keysIn(chunk) {
  for (let at = chunk.indexOf(NAME); at >= 0; at = chunk.indexOf(NAME, at + 1)) {
    const key = keyAt(chunk, at + NAME.length);
    if (key) yield key;
  }
}

/** What is said first on a connection, which stays to be read; empty when nothing is. */
function firstOf(socket) {
  return new Promise((done) => {
    const settle = () => {
      clearTimeout(late);
      for (const event of ['readable', 'end', 'close']) socket.off(event, settle);
      const chunk = socket.read();
      if (chunk) socket.unshift(chunk);
      done(chunk?.toString('latin1') ?? '');
    };
    const late = setTimeout(settle, SILENT_MS);
    for (const event of ['readable', 'end', 'close']) socket.on(event, settle);
  });
}

export class ApartBalancer extends Balancer {
  #nodes = new Map();
  #clients = new Set();
  /** Connections that were come back to: on another node, on the same, of a key nobody has seen given out. */
  came = { elsewhere: 0, again: 0, unknown: 0 };

  async chooser(client) {
    const key = SHOWN.exec((await firstOf(client)).split('\r\n', 1)[0])?.[1];
    if (!key) return (may) => this.next(may);
    const had = this.#nodes.get(key);
    return (may) => {
      const other = this.next((each) => each !== had && may(each));
      const target = other ?? this.next(may);
      if (target) this.came[had === undefined ? 'unknown' : other ? 'elsewhere' : 'again']++;
      return target;
    };
  }

  /** Drops all that clients have now; they come back, to other nodes. */
  cut() {
    for (const client of this.#clients) client.destroy();
  }

  joined(client, server, target) {
    this.#clients.add(client);
    client.once('close', () => this.#clients.delete(client));
    server.on('data', (chunk) => {
      for (const key of keysIn(chunk)) this.#given(key, target);
    });
    super.joined(client, server, target);
  }

  #given(key, target) {
    this.#nodes.set(key, target);
    if (this.#nodes.size > KEYS_MAX) this.#nodes.delete(this.#nodes.keys().next().value);
  }
}
