// An engine without a leader for a while: what is published waits, nobody is sent away, and what other
// channels have in memory is told as before.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Clients, unique } from '../lib/clients.mjs';
import { Cluster } from '../lib/cluster.mjs';
import { allPages, inboxOf, range } from '../lib/inbox.mjs';
import { Load } from '../lib/load.mjs';
import { pause, within } from '../lib/wait.mjs';

/** As long as a leader's death and an election take. */
const LEADERLESS_MS = 7_000;
/** More than may be unanswered on a channel, and than a node lets wait in memory. */
const FLOOD = { publishers: 6, messages: 120, bytes: 60_000 };

/** Kills two of the three servers, so that what is left has no leader, and starts them again. */
async function leaderless(cluster, meanwhile) {
  const [, ...two] = cluster.nats.all;
  await Promise.all(two.map((server) => server.kill()));
  try {
    await Promise.all([pause(LEADERLESS_MS), meanwhile?.()]);
  } finally {
    await Promise.all(two.map((server) => server.start()));
  }
}

/** Collects every state that the connections and channels of some clients go to. */
function changesOf(clients, channels = []) {
  const changes = [];
  for (const { connection } of clients) connection.on(({ current, reason }) => changes.push(`${current}: ${reason}`));
  for (const channel of channels) channel.on((change) => changes.push(`${channel.name} ${change.current}: ${change.reason}`));
  return changes;
}

describe('while the engine has no leader', () => {
  it('publishes wait and are acknowledged, and no client is sent away', { timeout: 240_000 }, async (t) => {
    const cluster = await Cluster.start();
    const load = new Load(cluster, { pace: 20 });
    try {
      await load.start();
      await load.steady();
      const all = [...load.publishers, ...load.listeners];
      const changes = changesOf(all.map(({ client }) => client), all.map(({ channel }) => channel));
      const idle = await Promise.all(cluster.nodes.map((at) => load.clients.connected({ at })));
      const more = changesOf(idle);
      await leaderless(cluster);
      await load.steady();
      await load.stop();
      await load.check();
      assert.deepEqual([...changes, ...more], [], 'nobody was sent away');
    } finally {
      await load.clients.close();
      await cluster.dispose();
    }
    t.diagnostic(load.told);
  });

  it('more than may wait is held back or refused so that it can be sent again, and no more than that', { timeout: 240_000 }, async (t) => {
    const cluster = await Cluster.start();
    const clients = new Clients(cluster);
    try {
      const name = unique('flooded');
      const publishers = await Promise.all(range(FLOOD.publishers).map((i) => clients.connected({ at: cluster.nodes[i % cluster.nodes.length] })));
      const channels = publishers.map((client) => client.channels.get(name));
      await Promise.all(channels.map((channel) => channel.attach()));
      const others = await Promise.all(cluster.nodes.map((at) => clients.connected({ at, clientId: `at-${at.name}` })));
      // One for each node: what nodes tell one another waits until they have found another server.
      const quiet = others.map((client) => client.channels.get(unique('quiet')));
      const inboxes = await Promise.all(quiet.map((channel) => inboxOf(channel)));
      await Promise.all(quiet.map((channel) => channel.presence.enter('here')));
      const changes = changesOf(others);
      const filling = 'x'.repeat(FLOOD.bytes);
      const results = [];
      await leaderless(cluster, async () => {
        for (const [i, channel] of channels.entries()) {
          for (const j of range(FLOOD.messages)) results.push(channel.publish('n', `${i}:${j}:${filling}`).then(() => ({ key: `${i}:${j}` }), (error) => ({ key: `${i}:${j}`, error })));
        }
        // What is not stored goes its way on other channels meanwhile.
        for (const [i, channel] of quiet.entries()) {
          await within(channel.publish({ name: 'ephemeral', data: 'now', extras: { ephemeral: true } }), 1_000, `what is not stored, at ${cluster.nodes[i].name}`);
          await inboxes[i].first(({ data }) => data === 'now', `what is not stored, at ${cluster.nodes[i].name}`, 1_000);
          const members = await within(channel.presence.get(), 1_000, 'the members');
          assert.deepEqual(members.map(({ clientId }) => clientId), [`at-${cluster.nodes[i].name}`]);
        }
      });
      const told = await within(Promise.all(results), 90_000, 'every publish to be answered');
      const refused = told.filter(({ error }) => error);
      for (const { key, error } of refused) assert.ok(error.statusCode === 503 || error.statusCode === 429, `${key}: ${error.code} ${error.statusCode} ${error.message}`);
      const { items } = await allPages(await clients.rest({ at: cluster.nodes[0] }).channels.get(name).history({ direction: 'forwards', limit: 20 }));
      const stored = items.map(({ data }) => data.split(':').slice(0, 2).join(':'));
      assert.deepEqual([...stored].sort(), told.filter(({ error }) => !error).map(({ key }) => key).sort(), 'what was acknowledged is there once, what was refused is not');
      for (const i of range(FLOOD.publishers)) {
        const own = stored.filter((key) => key.startsWith(`${i}:`)).map((key) => Number(key.split(':')[1]));
        assert.deepEqual(own, [...own].sort((a, b) => a - b), `the order of publisher ${i}`);
      }
      assert.deepEqual(changes, [], 'nobody on other channels was sent away');
      t.diagnostic(`${told.length} publishes of ${FLOOD.bytes} bytes, ${refused.length} refused`);
    } finally {
      await clients.close();
      await cluster.dispose();
    }
  });
});
