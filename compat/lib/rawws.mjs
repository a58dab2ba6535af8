// A bare WebSocket that speaks frames of our choosing, for input no SDK would send.
import WebSocket from 'ws';
import msgpack from '@ably/msgpack-js';
import { ACTION, RawClient } from './raw.mjs';

export { ACTION };

/** MessagePack bytes as the SDK itself makes them; absent fields are left out. */
export const pack = (value) => Buffer.from(msgpack.encode(value, true));
export const unpack = (bytes) => msgpack.decode(Buffer.from(bytes));

export class RawSocket extends RawClient {
  /** Opens a socket; `params` join the query. Does not wait for CONNECTED. */
  static async open(at, { binary = false, key = 'app.key:secret', params = {}, query = {} } = {}) {
    const search = new URLSearchParams({ v: '6', format: binary ? 'msgpack' : 'json', ...query, ...params });
    if (key !== null) search.set('key', key);
    const raw = new RawSocket();
    raw.binary = binary;
    raw.socket = new WebSocket(`ws://127.0.0.1:${at.port}/?${search}`, { maxPayload: 16 * 1024 * 1024 });
    raw.closed = new Promise((done) => raw.socket.once('close', (code, reason) => done({ code, reason: String(reason) })));
    raw.socket.on('message', (data, isBinary) => raw.inbox.add(isBinary ? unpack(data) : JSON.parse(String(data))));
    await new Promise((done, failed) => {
      raw.socket.once('open', done);
      raw.socket.once('error', failed);
    });
    raw.socket.on('error', () => {});
    return raw;
  }

  static async connected(at, options) {
    const raw = await RawSocket.open(at, options);
    raw.details = await raw.next(ACTION.CONNECTED);
    return raw;
  }

  /** Sends one protocol message in this socket's format. */
  send(frame) {
    this.socket.send(this.binary ? pack(frame) : JSON.stringify(frame), { binary: this.binary });
  }

  /** Sends these very bytes (a Buffer as a binary frame, a string as text). */
  sendBytes(bytes) {
    this.socket.send(bytes, { binary: typeof bytes !== 'string' });
  }

  async close() {
    this.socket.terminate();
    await this.closed;
  }
}
