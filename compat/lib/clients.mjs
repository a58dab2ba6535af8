// Ably clients of the published package pointed at a local server or proxy, in both formats.
import Ably from 'ably';
import { randomUUID } from 'node:crypto';
import { inState } from './wait.mjs';

export const FORMATS = [
  { format: 'JSON', useBinaryProtocol: false },
  { format: 'MessagePack', useBinaryProtocol: true },
];

/** Every way a realtime client can come: over comet frames are always JSON. */
export const WAYS = [
  ...FORMATS,
  { format: 'comet', useBinaryProtocol: false, options: { transports: ['comet'] } },
  { format: 'long poll', useBinaryProtocol: false, options: { transports: ['comet'], transportParams: { stream: false } } },
];

const QUICK = {
  endpoint: '127.0.0.1',
  tls: false,
  fallbackHosts: [],
  disconnectedRetryTimeout: 100,
  suspendedRetryTimeout: 500,
  channelRetryTimeout: 500,
  realtimeRequestTimeout: 20_000,
  disableConnectivityCheck: true,
  logLevel: 0,
};

/** A name no other test uses. */
export const unique = (stem) => `${stem}-${randomUUID().slice(0, 8)}`;

/** Makes clients and closes them all at the end. `at` is anything with a port: a server or a proxy. */
export class Clients {
  #open = new Set();

  constructor(at, defaults = {}) {
    this.at = at;
    this.defaults = { key: at.key ?? 'app.key:secret', ...defaults };
  }

  realtime(options = {}) {
    const client = new Ably.Realtime(this.#options(options));
    this.#open.add(client);
    return client;
  }

  async connected(options = {}) {
    const client = this.realtime(options);
    await inState(client.connection, 'connected', 20_000);
    return client;
  }

  rest(options = {}) {
    return new Ably.Rest(this.#options(options));
  }

  #options({ at = this.at, ...options }) {
    const merged = { ...QUICK, ...this.defaults, port: at.port, ...options };
    // What a test asks for does not change the way it goes.
    merged.transportParams = { ...this.defaults.transportParams, ...options.transportParams };
    if (merged.token || merged.authCallback || merged.tokenDetails || options.key === null) delete merged.key;
    return merged;
  }

  async close() {
    await Promise.allSettled([...this.#open].map((client) => this.closeOne(client)));
  }

  async closeOne(client) {
    this.#open.delete(client);
    const { connection } = client;
    if (['closed', 'failed'].includes(connection.state)) return;
    client.close();
    await inState(connection, 'closed', 3_000).catch(() => {});
  }
}
