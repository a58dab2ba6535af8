// A bare WebSocket that speaks frames of our choosing, for input no SDK would send.
import WebSocket from 'ws';
import msgpack from '@ably/msgpack-js';
import { Inbox } from './wait.mjs';

export const ACTION = {
  HEARTBEAT: 0, ACK: 1, NACK: 2, CONNECTED: 4, DISCONNECTED: 6, CLOSE: 7, CLOSED: 8, ERROR: 9,
  ATTACH: 10, ATTACHED: 11, DETACH: 12, DETACHED: 13, PRESENCE: 14, MESSAGE: 15, SYNC: 16, AUTH: 17,
};

/** MessagePack bytes as the SDK itself makes them; absent fields are left out. */
export const pack = (value) => Buffer.from(msgpack.encode(value, true));
export const unpack = (bytes) => msgpack.decode(Buffer.from(bytes));

export class RawSocket {
  inbox = new Inbox();
  serial = 0;

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

  /** The next frame, from `since` on, with this action (and matching `also`). */
  next(action, also = () => true, { since = 0, ms = 10_000 } = {}) {
    const matches = (frame) => (frame.action ?? 0) === action && also(frame);
    const late = (items) => items.slice(since).some(matches);
    const what = () => `a frame with action ${action}; got ${JSON.stringify(this.inbox.items.slice(since)).slice(0, 2000)}`;
    return this.inbox.when(late, what, ms).then((items) => items.slice(since).find(matches));
  }

  /** Sends a frame that is acknowledged and resolves with its ACK or NACK. */
  async request(frame) {
    const msgSerial = this.serial++;
    const since = this.inbox.length;
    this.send({ ...frame, msgSerial });
    const covers = (reply) =>
      (reply.action === ACTION.ACK || reply.action === ACTION.NACK) &&
      reply.msgSerial <= msgSerial && msgSerial < reply.msgSerial + reply.count;
    await this.inbox.when((items) => items.slice(since).some(covers), `the reply to msgSerial ${msgSerial}`, 10_000);
    return this.inbox.items.slice(since).find(covers);
  }

  publish(channel, message) {
    return this.request({ action: ACTION.MESSAGE, channel, messages: [message] });
  }

  async close() {
    this.socket.terminate();
    await this.closed;
  }
}
