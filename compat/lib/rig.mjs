// The frame of a test file: one server for all its tests, each test in every way it is asked for.
import { after, before, it } from 'node:test';
import { Clients, FORMATS, WAYS } from './clients.mjs';
import { Cluster } from './cluster.mjs';
import { jwt } from './jwt.mjs';
import { Proxy } from './proxy.mjs';
import { ACTION } from './raw.mjs';
import { RawComet } from './rawcomet.mjs';
import { RawSocket } from './rawws.mjs';
import { Server } from './server.mjs';

/** Starts a server before the tests of the enclosing `describe` and removes it after them. */
export function serverForAll(options) {
  const rig = {};
  before(async () => {
    rig.server = await Server.start(options);
  });
  after(async () => rig.server?.dispose());
  return rig;
}

/** Starts three nodes and all they need before the tests of the enclosing `describe`, and ends them after. */
export function clusterForAll(options) {
  const rig = {};
  before(async () => {
    rig.server = await Cluster.start(options);
  });
  after(async () => rig.server?.dispose());
  return rig;
}

/** Makes clients that speak frames of our choosing, in the way of a test. */
function raws({ server }, { useBinaryProtocol, options = {} }) {
  const opened = [];
  const open = async ({ at = server, token, ...more } = {}) => {
    const shown = token === undefined ? {} : { key: null, query: { ...more.query, access_token: typeof token === 'string' ? token : jwt(token) } };
    const asked = { ...more, ...shown };
    const raw = options.transports
      ? await RawComet.open(at, { stream: options.transportParams?.stream !== false, ...asked })
      : await RawSocket.open(at, { binary: useBinaryProtocol, ...asked });
    opened.push(raw);
    return raw;
  };
  const connected = async (more) => {
    const raw = await open(more);
    raw.details = await raw.next(ACTION.CONNECTED);
    return raw;
  };
  return { open, connected, close: () => Promise.allSettled(opened.map((raw) => raw.close())) };
}

/** Runs `body` with clients of one way and whatever proxies it asks for; closes them all. */
async function inWay(rig, way, t, body) {
  const { format, useBinaryProtocol, options = {} } = way;
  const clients = new Clients(rig.server, { useBinaryProtocol, ...options });
  const raw = raws(rig, way);
  const others = [];
  /** Clients of another app than the usual one, that use one of its keys. */
  const clientsOf = (app, key = 0) => {
    const at = { port: rig.server.port, key: app.keys[key].keyStr };
    others.push(new Clients(at, { useBinaryProtocol, ...options }));
    return others.at(-1);
  };
  const proxies = [];
  const proxy = async () => {
    const made = await Proxy.start(rig.server.port);
    proxies.push(made);
    return made;
  };
  try {
    await body({ t, clients, clientsOf, raw, server: rig.server, proxy, format, useBinaryProtocol });
  } finally {
    await raw.close();
    await Promise.all([clients, ...others].map((each) => each.close()));
    await Promise.all(proxies.map((each) => each.close()));
  }
}

const all = (ways, rig, title, body, options) => {
  for (const way of ways) {
    it(`${way.format}: ${title}`, { timeout: 60_000, ...options }, (t) => inWay(rig, way, t, body));
  }
};

/** One test per format. */
export const inBothFormats = (rig, title, body, options = {}) => all(FORMATS, rig, title, body, options);

/** One test per format and one per kind of comet, for what realtime clients of the SDK do. */
export const inEveryWay = (rig, title, body, options = {}) => all(WAYS, rig, title, body, options);

/** One test per kind of comet. */
export const overComet = (rig, title, body, options = {}) => all(WAYS.slice(FORMATS.length), rig, title, body, options);

/** One test whose format does not matter. */
export function once(rig, title, body, options = {}) {
  it(title, { timeout: 60_000, ...options }, (t) => inWay(rig, FORMATS[0], t, body));
}
