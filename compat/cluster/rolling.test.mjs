// Nodes and nats-servers that go and come back one after the other under load: nothing acknowledged is
// missing, doubled or moved, all read the same, and nobody waits long.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Cluster } from '../lib/cluster.mjs';
import { range } from '../lib/inbox.mjs';
import { Load } from '../lib/load.mjs';

const FULL = process.env.HOLDFAST_FULL === '1';
const CYCLES = FULL ? 5 : 1;
/** The longest that anybody may wait for anything while nodes are restarted one after the other. */
const PATIENCE_MS = 5_000;
/** And while the servers choose another leader. */
const LEADERLESS_MS = 20_000;
const STOP_MS = 15_000;

const now = () => performance.now();

async function underLoad(body) {
  const cluster = await Cluster.start();
  const load = new Load(cluster);
  try {
    await load.start();
    await load.steady();
    await body(cluster, load);
    await load.stop();
    await load.check();
  } finally {
    await load.clients.close();
    await cluster.dispose();
  }
  return load;
}

describe('a cluster under load', () => {
  it('is restarted node by node, and nobody waits longer than five seconds', { timeout: 120_000 + CYCLES * 180_000 }, async (t) => {
    const took = [];
    const { told, waits } = await underLoad(async (cluster, load) => {
      for (const _ of range(CYCLES)) {
        for (const node of cluster.nodes) {
          const since = now();
          const { code } = await node.stop(STOP_MS);
          assert.equal(code, 0, node.said);
          took.push(Math.round(now() - since));
          await node.start();
          await cluster.balanced();
          await load.steady();
        }
      }
    });
    t.diagnostic(`${CYCLES} times all three nodes; SIGTERM to exit in ms: ${took.join(' ')}`);
    t.diagnostic(told);
    assert.ok(waits.acknowledged <= PATIENCE_MS && waits.delivered <= PATIENCE_MS, told);
  });

  it('has its nodes killed one after the other', { timeout: 120_000 + CYCLES * 180_000 }, async (t) => {
    const { told, waits } = await underLoad(async (cluster, load) => {
      for (const _ of range(CYCLES)) {
        for (const node of cluster.nodes) {
          await node.kill();
          await node.start();
          await cluster.balanced();
          await load.steady();
        }
      }
    });
    t.diagnostic(`${CYCLES} times all three nodes: ${told}`);
  });

  it('has its nats-servers stopped and killed one after the other', { timeout: 120_000 + CYCLES * 240_000 }, async (t) => {
    const { told, waits } = await underLoad(async (cluster, load) => {
      for (const _ of range(CYCLES)) {
        for (const [i, server] of cluster.nats.all.entries()) {
          await (i % 2 === 0 ? server.kill() : server.stop(STOP_MS));
          await load.steady();
          await server.start();
          await load.steady();
        }
      }
    });
    t.diagnostic(`${CYCLES} times all three servers: ${told}`);
    assert.ok(waits.acknowledged <= LEADERLESS_MS, told);
  });
});
