// A real Chromium, and a page that is the published browser build and a channel.
import { accessSync, constants, readFileSync } from 'node:fs';
import http from 'node:http';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'chrome'];
const SDK = readFileSync(new URL('../node_modules/ably/build/ably.min.js', import.meta.url));

function chromiumPath() {
  if (process.env.HOLDFAST_CHROMIUM) return process.env.HOLDFAST_CHROMIUM;
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    for (const name of NAMES) {
      try {
        accessSync(join(folder, name), constants.X_OK);
        return join(folder, name);
      } catch {
        // Not here.
      }
    }
  }
  throw new Error(`needs a Chromium: none of ${NAMES.join(', ')} is on the PATH and HOLDFAST_CHROMIUM names none`);
}

export const launch = () =>
  chromium.launch({ executablePath: chromiumPath(), args: ['--no-first-run', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])] });

/** Who uses the page says where the server is and on which channel it is; the rest is the SDK's. */
function page() {
  const query = new URLSearchParams(location.search);
  const port = query.get('port');
  const at = `127.0.0.1:${port}`;
  const client = new window.Ably.Realtime({
    key: 'app.key:secret', clientId: 'ada', endpoint: '127.0.0.1', port, tls: false, disconnectedRetryTimeout: 500,
    connectivityCheckUrl: `http://${at}/is-the-internet-up.txt`, wsConnectivityCheckUrl: `ws://${at}/?key=app.key:secret`,
  });
  const seen = { texts: {}, states: [], presence: [] };
  client.connection.on(({ current, reason }) => seen.states.push(reason ? `${current} ${reason.code}` : current));
  const channel = client.channels.get(query.get('channel'));
  channel.subscribe(({ action, serial, data }) => {
    seen.texts[serial] = action === 'message.append' ? seen.texts[serial] + data : data;
  });
  channel.presence.subscribe(({ action, clientId }) => seen.presence.push(`${action} ${clientId}`));
  const transport = () => client.connection.connectionManager.activeProtocol?.getTransport().shortName;
  Object.assign(window, { client, channel, seen, transport });
}

/** Serves the page on a port of its own, so that the server is of another origin. */
export async function serveThePage() {
  const html = `<!doctype html><meta charset="utf-8"><script src="/ably.js"></script><script>(${page})()</script>`;
  const server = http.createServer((request, response) => {
    const script = request.url.startsWith('/ably.js');
    response.writeHead(200, { 'content-type': script ? 'text/javascript' : 'text/html' });
    response.end(script ? SDK : html);
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address();
  return {
    url: (through, channel) => `http://127.0.0.1:${port}/?port=${through.port}&channel=${channel}`,
    close: () => new Promise((done) => {
      server.close(done);
      server.closeAllConnections();
    }),
  };
}
