// Ports of this machine that nobody listens on.
import net from 'node:net';

// Below those that systems give to outgoing connections: one of these may be taken by any connection
// before the program that it was looked for has come to listen on it.
const LOWEST = 10_000;
const BEYOND = 32_000;
const TRIES = 1_000;
const given = new Set();

const listening = (port) =>
  new Promise((done, failed) => {
    const probe = net.createServer();
    probe.once('error', failed);
    probe.listen(port, '127.0.0.1', () => done(probe));
  });

const closed = (probe) => new Promise((done) => probe.close(done));
const range = (count, from) => Array.from({ length: count }, (_, i) => from + i);

/** So many in a row, free at this moment and given to nobody else in this process. */
export async function freeRange(count) {
  for (let i = 0; i < TRIES; i++) {
    const ports = range(count, LOWEST + Math.floor(Math.random() * (BEYOND - LOWEST - count)));
    if (ports.some((port) => given.has(port))) continue;
    for (const port of ports) given.add(port);
    if ((await Promise.all(ports.map(isFree))).every(Boolean)) return ports;
  }
  throw new Error(`no ${count} free ports in a row were found between ${LOWEST} and ${BEYOND}`);
}

/** So many different ones, free at this moment and given to nobody else in this process. */
export async function freePorts(count) {
  const ports = [];
  while (ports.length < count) ports.push(...(await freeRange(1)));
  return ports;
}

/** Whether somebody could listen on this one now. */
export async function isFree(port) {
  try {
    await closed(await listening(port));
    return true;
  } catch {
    return false;
  }
}
