// The frame of a test file: one server for all its tests, each test in both formats.
import { after, before, it } from 'node:test';
import { Clients, FORMATS, WAYS } from './clients.mjs';
import { Proxy } from './proxy.mjs';
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

/** Runs `body` with clients of one format and whatever proxies it asks for; closes them all. */
async function inFormat(rig, { format, useBinaryProtocol, options = {} }, t, body) {
  const clients = new Clients(rig.server, { useBinaryProtocol, ...options });
  const proxies = [];
  const proxy = async () => {
    const made = await Proxy.start(rig.server.port);
    proxies.push(made);
    return made;
  };
  try {
    await body({ t, clients, server: rig.server, proxy, format, useBinaryProtocol });
  } finally {
    await clients.close();
    await Promise.all(proxies.map((each) => each.close()));
  }
}

const all = (ways, rig, title, body, options) => {
  for (const way of ways) {
    it(`${way.format}: ${title}`, { timeout: 60_000, ...options }, (t) => inFormat(rig, way, t, body));
  }
};

/** One test per format. */
export const inBothFormats = (rig, title, body, options = {}) => all(FORMATS, rig, title, body, options);

/** One test per format and one per kind of comet, for what realtime clients of the SDK do. */
export const inEveryWay = (rig, title, body, options = {}) => all(WAYS, rig, title, body, options);

/** One test whose format does not matter. */
export function once(rig, title, body, options = {}) {
  it(title, { timeout: 60_000, ...options }, (t) => inFormat(rig, FORMATS[0], t, body));
}
