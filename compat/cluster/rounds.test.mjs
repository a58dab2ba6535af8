// Faults of every kind, drawn by chance, one after the other under load: nodes killed, stopped, paused and
// cut off from the engine, the engine's leader killed, stopped and paused, clients sent to other nodes. What
// everybody was told is compared with what was acknowledged.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { unique } from '../lib/clients.mjs';
import { Cluster } from '../lib/cluster.mjs';
import { range } from '../lib/inbox.mjs';
import { Load } from '../lib/load.mjs';
import { seeded } from '../lib/prose.mjs';
import { pause, until, within } from '../lib/wait.mjs';

const FULL = process.env.HOLDFAST_FULL === '1';
const ROUNDS = Number(process.env.HOLDFAST_CLUSTER_ROUNDS ?? (FULL ? 200 : 4));
const SEED = Number(process.env.HOLDFAST_SEED ?? 11);
/** Rounds that write to the same channels before all is compared. */
const BLOCK = 4;
/** What is said a second must be little enough for two cores that also run six servers. */
const PACE_MS = 40;
const STOP_MS = 15_000;
const PAUSED_MS = 10_000;
const CUT_MS = 7_000;
const GUESTS = 4;

/** A process that stands still and does not know it. */
async function paused(program) {
  program.signal('SIGSTOP');
  await pause(PAUSED_MS);
  program.signal('SIGCONT');
}

async function leader(cluster) {
  return until(async () => {
    for (const server of cluster.nats.all) {
      const answer = await fetch(`http://127.0.0.1:${server.monitor}/jsz?streams=1&accounts=1`, { signal: AbortSignal.timeout(1_000) }).catch(() => null);
      const found = (await answer?.json())?.account_details?.[0]?.stream_detail?.find(({ name }) => name === 'hf')?.cluster?.leader;
      if (found) return cluster.nats.all.find(({ name }) => name === found);
    }
    return null;
  }, 'a leader of the stream', 30_000, 200);
}

const FAULTS = {
  'a node is killed': async ({ node }) => {
    await node.kill();
    await node.start();
  },
  'a node is stopped': async ({ node }) => {
    await node.stop(STOP_MS);
    await node.start();
  },
  'a node is paused': ({ node }) => paused(node),
  'a node is cut off from the engine': async ({ node, cluster }) => {
    const links = cluster.linksOf(node);
    for (const link of links) link.blackhole();
    await pause(CUT_MS);
    for (const link of links) {
      link.cut();
      link.flow();
    }
  },
  "the engine's leader is killed": async ({ cluster }) => {
    const server = await leader(cluster);
    await server.kill();
    await pause(1_000);
    await server.start();
  },
  "the engine's leader is stopped": async ({ cluster }) => {
    const server = await leader(cluster);
    await server.stop(STOP_MS);
    await server.start();
  },
  "the engine's leader is paused": async ({ cluster }) => paused(await leader(cluster)),
  'clients go to other nodes': async ({ cluster }) => {
    for (const _ of range(3)) {
      cluster.balancer.cut();
      await pause(500);
    }
  },
};

/** Members over all nodes, and who every node says is there. */
class Guests {
  async start(load) {
    this.name = unique('guests');
    this.all = await Promise.all(range(GUESTS).map(async (i) => {
      const client = await load.clients.connected({ clientId: `guest-${i}` });
      const { presence } = client.channels.get(this.name);
      await presence.enter(String(i));
      return { client, presence };
    }));
    this.load = load;
  }

  async check() {
    const here = this.all.map((_, i) => `guest-${i}`);
    for (const at of this.load.cluster.nodes) {
      const { presence } = this.load.clients.rest({ at }).channels.get(this.name);
      const said = async () => (await presence.get()).items.map(({ clientId }) => clientId).sort();
      let last = [];
      await until(async () => String((last = await said())) === String(here), () => `${at.name} to say that all are there; it says ${last}`, 40_000, 200);
    }
    for (const [i, { presence }] of this.all.entries()) {
      let last = [];
      const seen = async () => (await presence.get({ waitForSync: true })).map(({ clientId }) => clientId).sort();
      await until(async () => String((last = await seen())) === String(here), () => `guest ${i} to see all; it sees ${last}`, 40_000, 200);
    }
  }
}

describe('a cluster with every fault', () => {
  it(`tells nobody anything untrue over ${ROUNDS} rounds`, { timeout: 180_000 + ROUNDS * 60_000 }, async (t) => {
    const random = seeded(SEED);
    const draw = (list) => list[Math.floor(random() * list.length)];
    const cluster = await Cluster.start({ linked: true });
    const counts = new Map(Object.keys(FAULTS).map((name) => [name, 0]));
    const told = [];
    try {
      for (let round = 0; round < ROUNDS; ) {
        const load = new Load(cluster, { pace: PACE_MS });
        const guests = new Guests();
        try {
          await load.start();
          await guests.start(load);
          for (const end = Math.min(ROUNDS, round + BLOCK); round < end; round++) {
            await load.steady();
            const name = draw(Object.keys(FAULTS));
            counts.set(name, counts.get(name) + 1);
            t.diagnostic(`round ${round}: ${name}`);
            await within(FAULTS[name]({ cluster, node: draw(cluster.nodes) }), 120_000, `round ${round}: ${name}`);
            await cluster.balanced();
          }
          await load.steady();
          await load.stop();
          await load.check();
          await guests.check();
          told.push(load.told);
        } finally {
          await load.clients.close();
        }
      }
      for (const node of cluster.nodes) assert.ok(node.runs, node.said);
    } finally {
      await cluster.dispose();
    }
    t.diagnostic(`${ROUNDS} rounds (200 with HOLDFAST_FULL=1), seed ${SEED}: ${[...counts].map(([name, count]) => `${count} times ${name}`).join(', ')}`);
    for (const line of told) t.diagnostic(line);
  });
});
