// Ports of this machine that nobody listens on.
import net from 'node:net';

const listening = (port) =>
  new Promise((done, failed) => {
    const probe = net.createServer();
    probe.once('error', failed);
    probe.listen(port, '127.0.0.1', () => done(probe));
  });

const closed = (probe) => new Promise((done) => probe.close(done));

/** So many different ones, free at this moment. */
export async function freePorts(count) {
  const probes = await Promise.all(Array.from({ length: count }, () => listening(0)));
  const ports = probes.map((probe) => probe.address().port);
  await Promise.all(probes.map(closed));
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
