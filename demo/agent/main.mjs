// The agent process: one connection, one room per session, jobs from the process that started it.
import { randomUUID } from 'node:crypto';
import Ably from 'ably';
import { LiveObjects } from 'ably/liveobjects';
import { describeModel } from './choice.mjs';
import { chooseModel } from './model.mjs';
import { Room } from './room.mjs';

const MOST_ROOMS = 100;
const IDLE_MS = 5 * 60_000;
const LOOK_EVERY_MS = 60_000;
// How long others see an agent that has died without a word.
const REMAIN_PRESENT_MS = 5_000;

const say = (line) => process.stderr.write(`agent: ${line}\n`);
const self = { name: describeModel(process.env).name, instance: randomUUID().slice(0, 8) };
const model = chooseModel(process.env);
const rooms = new Map();
let client;

function connect({ port, key }) {
  client = new Ably.Realtime({
    key,
    clientId: 'agent',
    endpoint: '127.0.0.1',
    port,
    tls: false,
    fallbackHosts: [],
    disableConnectivityCheck: true,
    disconnectedRetryTimeout: 500,
    suspendedRetryTimeout: 2_000,
    channelRetryTimeout: 1_000,
    transportParams: { remainPresentFor: REMAIN_PRESENT_MS },
    logLevel: 1,
    plugins: { LiveObjects },
  });
  return new Promise((done) => client.connection.once('connected', done));
}

/** The session's room, opened if need be; a promise, so that two who ask open one. */
function roomOf(session) {
  const known = rooms.get(session);
  if (known) return known;
  if (rooms.size >= MOST_ROOMS) return Promise.reject(new Error(`${MOST_ROOMS} sessions are open already`));
  const room = new Room({ client, channelName: `demo:${session}`, model, self });
  const opened = room.connect().then(() => room);
  rooms.set(session, opened);
  opened.catch(() => rooms.delete(session));
  return opened;
}

async function open({ session }) {
  const room = await roomOf(session);
  room.wanted();
}

async function run(job) {
  const { inputEventId } = job.invocation;
  let told = false;
  const tell = (type) => {
    if (told) return;
    told = true;
    if (process.connected) process.send({ type, inputEventId });
  };
  try {
    const room = await roomOf(job.session);
    await room.answer(job, () => tell('taken'));
  } catch (error) {
    say(`${job.session}: ${error.message}`);
  } finally {
    tell('dropped');
  }
}

async function closeIdle() {
  for (const [session, opened] of rooms) {
    const room = await opened.catch(() => null);
    if (!room || Date.now() - room.idleSince < IDLE_MS || (await room.hasPeople())) continue;
    rooms.delete(session);
    await room.leave('');
  }
}

let ending = false;
async function end() {
  if (ending) return;
  ending = true;
  const open = await Promise.all([...rooms.values()].map((room) => room.catch(() => null)));
  await Promise.all(open.map((room) => room?.leave('The agent was stopped before it had finished.').catch(() => {})));
  client?.close();
  process.exit(0);
}

// The SDK looks at what became of a published piece only when the text ends; until then a piece that
// was refused is nobody's. It sends the whole text then, so nothing is lost by going on.
process.on('unhandledRejection', (error) => {
  if (!(error instanceof Ably.ErrorInfo)) throw error;
});
process.on('rejectionHandled', () => {});

const does = {
  async hello(message) {
    await connect(message);
    process.send({ type: 'ready' });
    setInterval(() => closeIdle().catch((error) => say(error.message)), LOOK_EVERY_MS).unref();
  },
  open,
  run,
};

process.on('message', (message) => {
  if (ending) return;
  does[message.type]?.(message).catch((error) => say(error.message));
});
process.on('disconnect', () => void end());
process.on('SIGTERM', () => void end());
// Ctrl-C reaches the whole group of processes; the one that started this says when to end.
process.on('SIGINT', () => {});
