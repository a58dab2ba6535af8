// The page and its small JSON API.
import { randomBytes } from 'node:crypto';
import http from 'node:http';
import { networkAddresses } from './addresses.mjs';
import { Pages } from './pages.mjs';
import { sessionToken } from './tokens.mjs';

const SESSION = /^[A-Za-z0-9_-]{4,64}$/;
const CLIENT = /^(?!agent)[A-Za-z0-9._-]{1,64}$/i;
const EVENT = /^[\x21-\x7e]{1,200}$/;
const MOST_BODY = 16 * 1024;

class Refusal extends Error {
  constructor(status, code, message) {
    super(message);
    Object.assign(this, { status, code });
  }
}

const bad = (message) => new Refusal(400, 40000, message);
const notFound = () => new Refusal(404, 40400, 'there is nothing at this address');
const later = (message) => new Refusal(503, 50300, message);

const channelOf = (session) => `demo:${session}`;

function sessionOf(text) {
  if (typeof text !== 'string' || !SESSION.test(text)) throw bad('session: 4 to 64 letters, digits, - or _');
  return text;
}

async function body(request) {
  // Another site's page cannot send this type without asking first, and it is never answered.
  if (!/^application\/json\b/.test(request.headers['content-type'] ?? '')) throw bad('the body must be application/json');
  let text = '';
  request.setEncoding('utf8');
  for await (const chunk of request) {
    text += chunk;
    if (text.length > MOST_BODY) throw new Refusal(413, 40009, `the body may have ${MOST_BODY} characters`);
  }
  try {
    const value = JSON.parse(text);
    if (value !== null && typeof value === 'object') return value;
  } catch {
    // Said below.
  }
  throw bad('the body must be a JSON object');
}

/** The API's answers by method and path. */
function routes({ options, model, server, agent, handover }) {
  const running = (keeper, what) => () => {
    if (!keeper.status) throw later(`the ${what} is being started`);
    return [200, keeper.status];
  };
  return {
    'GET /api/agent': running(agent, 'agent'),
    'GET /api/server': running(server, 'server'),
    'GET /api/session/': (_, rest) => {
      const session = sessionOf(rest);
      handover.opened(session);
      const hosts = networkAddresses();
      const links = (hosts.length > 0 ? hosts : ['localhost']).map((host) => `http://${host}:${options.port}/s/${session}`);
      return [200, { session, channel: channelOf(session), realtimePort: options.serverPort, links, model }];
    },
    'POST /api/token': async (request) => {
      const { session, clientId } = await body(request);
      const channel = channelOf(sessionOf(session));
      if (typeof clientId !== 'string' || !CLIENT.test(clientId)) {
        throw bad('clientId: 1 to 64 letters, digits, dots, - or _, and not beginning with agent');
      }
      if (!server.key) throw later('the server is being started');
      handover.opened(session);
      return [200, { token: sessionToken(server.key, channel, clientId) }];
    },
    'POST /api/run': async (request) => {
      const { session, invocation } = await body(request);
      const channel = channelOf(sessionOf(session));
      const { inputEventId, sessionName } = invocation ?? {};
      if (sessionName !== channel) throw bad(`invocation.sessionName must be ${channel}`);
      if (typeof inputEventId !== 'string' || !EVENT.test(inputEventId)) throw bad('invocation.inputEventId is missing');
      if (!handover.accept(session, { inputEventId, sessionName })) throw later('too much is waiting for the agent');
      return [202, { accepted: true }];
    },
  };
}

function find(table, method, path) {
  const exact = table[`${method} ${path}`];
  if (exact) return [exact, ''];
  const cut = path.lastIndexOf('/') + 1;
  const under = table[`${method} ${path.slice(0, cut)}`];
  return under ? [under, path.slice(cut)] : null;
}

async function answerApi(table, request, response, path) {
  const send = (status, value) => {
    response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' });
    response.end(JSON.stringify(value));
  };
  try {
    const route = find(table, request.method, path);
    if (!route) throw notFound();
    const [status, value] = await route[0](request, route[1]);
    send(status, value);
  } catch (error) {
    const { status = 500, code = 50000 } = error;
    if (status === 500) process.stderr.write(`demo: ${error.stack}\n`);
    send(status, { error: { code, message: status === 500 ? 'the demo failed to answer' : error.message } });
  }
}

/** Listens on every interface; resolves with the http.Server once it does. */
export async function serveWeb({ dist, ...parts }) {
  const table = routes(parts);
  const pages = new Pages(dist);
  const server = http.createServer((request, response) => {
    const path = request.url.split('?', 1)[0];
    if (path.startsWith('/api/')) return void answerApi(table, request, response, path);
    if (path === '/') {
      response.writeHead(302, { location: `/s/${randomBytes(9).toString('base64url')}`, 'cache-control': 'no-store' });
      return response.end();
    }
    const session = path.startsWith('/s/') && SESSION.test(path.slice(3));
    return pages.answer(request, response, session ? '/index.html' : path);
  });
  await new Promise((done, failed) => {
    server.once('error', (error) =>
      failed(error.code === 'EADDRINUSE' ? new Error(`port ${parts.options.port} is taken; choose another with --port`) : error));
    server.listen(parts.options.port, '0.0.0.0', done);
  });
  return {
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
