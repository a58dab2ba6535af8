// The frame of a test file: one server for all its tests, each test in both formats.
import { after, before, it } from 'node:test';
import { Clients, FORMATS } from './clients.mjs';
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
async function inFormat(rig, useBinaryProtocol, t, format, body) {
  const clients = new Clients(rig.server, { useBinaryProtocol });
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

/** One test per format. */
export function inBothFormats(rig, title, body, options = {}) {
  for (const { format, useBinaryProtocol } of FORMATS) {
    it(`${format}: ${title}`, { timeout: 60_000, ...options }, (t) => inFormat(rig, useBinaryProtocol, t, format, body));
  }
}

/** One test whose format does not matter. */
export function once(rig, title, body, options = {}) {
  it(title, { timeout: 60_000, ...options }, (t) => inFormat(rig, false, t, 'JSON', body));
}
