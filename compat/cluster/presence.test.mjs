// Who is there, among nodes.
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { unique } from '../lib/clients.mjs';
import { range } from '../lib/inbox.mjs';
import { clusterForAll, inEveryWay, once } from '../lib/rig.mjs';
import { Inbox, inState, nextEvent, until } from '../lib/wait.mjs';

/** What a lost connection has, unless it asks for less. */
const GRACE_MS = 15_000;
/** How long a node that says nothing is waited for. */
const LEASE_MS = 5_000;
/** What a machine with much to do may be late by. */
const SLACK_MS = 10_000;

async function watch(client, name) {
  const channel = client.channels.get(name);
  const inbox = new Inbox();
  await channel.presence.subscribe(inbox.add);
  await inState(channel, 'attached');
  return { channel, inbox, seen: () => inbox.items.filter(({ action }) => action !== 'present').map((m) => `${m.action} ${m.clientId}`) };
}

const members = async (channel) => (await channel.presence.get()).map((m) => m.clientId).sort();
const settledOn = (what, expected, ms = 10_000) => {
  let last;
  const holds = async () => JSON.stringify((last = await what())) === JSON.stringify(expected);
  return until(holds, () => `members ${expected}; there are ${last}`, ms, 50);
};

/** Those that REST tells of at a node. */
const told = (clients, at, name) => async () => {
  const { items } = await clients.rest({ at }).channels.get(name).presence.get({ limit: 1_000 });
  return items.map((m) => m.clientId).sort();
};

describe('presence among nodes', { concurrency: 4 }, () => {
  const rig = clusterForAll();

  inEveryWay(rig, 'a member of one node is seen at all, when it comes, changes and leaves', async ({ clients, server }) => {
    const name = unique('seen');
    const watchers = await Promise.all(server.nodes.map(async (at) => watch(await clients.connected({ at }), name)));
    const client = await clients.connected({ at: server.nodes[0], clientId: 'ada' });
    const { presence } = client.channels.get(name);
    await presence.enter('here');
    for (const { channel } of watchers) await settledOn(() => members(channel), ['ada']);
    for (const at of server.nodes) assert.deepEqual(await told(clients, at, name)(), ['ada']);
    const late = (await clients.connected({ at: server.nodes[2] })).channels.get(name);
    assert.deepEqual((await late.presence.get()).map((m) => [m.clientId, m.data, m.connectionId]), [['ada', 'here', client.connection.id]]);
    await presence.update('busy');
    await presence.leave();
    for (const { channel, seen } of watchers) {
      await settledOn(() => members(channel), []);
      assert.deepEqual(seen(), ['enter ada', 'update ada', 'leave ada']);
    }
  });

  inEveryWay(rig, 'members of all nodes come whole to everybody', async ({ clients, server }) => {
    const name = unique('all');
    const early = await watch(await clients.connected({ at: server.nodes[1] }), name);
    const names = range(60).map((i) => `member-${String(i).padStart(2, '0')}`);
    const channels = await Promise.all(server.nodes.map(async (at) => (await clients.connected({ at })).channels.get(name)));
    await Promise.all(names.map((member, i) => channels[i % 3].presence.enterClient(member, 'x')));
    await settledOn(() => members(early.channel), names);
    for (const at of server.nodes) assert.deepEqual(await members((await clients.connected({ at })).channels.get(name)), names);
  });

  inEveryWay(rig, 'a closed connection leaves everywhere at once', async ({ clients, server }) => {
    const name = unique('closed');
    const watchers = await Promise.all(server.nodes.map(async (at) => watch(await clients.connected({ at }), name)));
    const client = await clients.connected({ at: server.nodes[0], clientId: 'ada' });
    await client.channels.get(name).presence.enter();
    for (const { channel } of watchers) await settledOn(() => members(channel), ['ada']);
    await clients.closeOne(client);
    for (const { channel, seen } of watchers) {
      await settledOn(() => members(channel), [], 5_000);
      assert.deepEqual(seen(), ['enter ada', 'leave ada']);
    }
  });

  inEveryWay(rig, 'a lost connection leaves everywhere after its grace', async ({ clients, server, proxy }) => {
    const name = unique('lost');
    const watchers = await Promise.all(server.nodes.map(async (at) => watch(await clients.connected({ at }), name)));
    const through = await proxy();
    through.target = server.nodes[0].port;
    const client = await clients.connected({ clientId: 'ada', at: through, transportParams: { remainPresentFor: 1_000 } });
    await client.channels.get(name).presence.enter();
    for (const { channel } of watchers) await settledOn(() => members(channel), ['ada']);
    const lost = performance.now();
    await through.refuse();
    for (const { channel, seen } of watchers) {
      await settledOn(() => members(channel), [], SLACK_MS);
      assert.deepEqual(seen(), ['enter ada', 'leave ada']);
    }
    assert.ok(performance.now() - lost > 700, 'not before its grace');
  });

  inEveryWay(rig, 'who comes back at another node stays, and leaves from there', async ({ clients, server, proxy }) => {
    const name = unique('moved');
    const watcher = await watch(await clients.connected({ at: server.nodes[2] }), name);
    const through = await proxy();
    through.target = server.nodes[0].port;
    const client = await clients.connected({ clientId: 'ada', at: through, transportParams: { remainPresentFor: 2_000 } });
    const channel = client.channels.get(name);
    await channel.presence.enter();
    for (const i of range(3, 1)) {
      const lost = nextEvent(client.connection, 'disconnected');
      through.target = server.nodes[i % 3].port;
      through.cut();
      await lost;
      await inState(client.connection, 'connected');
      await inState(channel, 'attached');
    }
    // Somebody is lost later and has a longer grace: when that is over, so would the first one's be.
    const away = await proxy();
    const other = await clients.connected({ clientId: 'bob', at: away, transportParams: { remainPresentFor: 3_000 } });
    await other.channels.get(name).presence.enter();
    await settledOn(() => members(watcher.channel), ['ada', 'bob']);
    await away.refuse();
    assert.equal((await watcher.inbox.first((m) => m.action === 'leave', 'somebody to leave', 3_000 + SLACK_MS)).clientId, 'bob');
    assert.deepEqual(await members(watcher.channel), ['ada']);
    await channel.presence.leave();
    await settledOn(() => members(watcher.channel), []);
    assert.deepEqual(watcher.seen(), ['enter ada', 'enter bob', 'leave bob', 'leave ada']);
  });
});

describe('presence when a node is killed', () => {
  const rig = clusterForAll();

  once(rig, 'its members that come back elsewhere stay, the others leave after grace and lease, and nobody is a ghost', async ({ clients, server, proxy, t }) => {
    const name = unique('killed');
    const [dying, ...living] = server.nodes;
    const through = await proxy();
    through.target = dying.port;
    const [abroad, nowhere] = [await proxy(), await proxy()];
    abroad.target = nowhere.target = dying.port;
    const watchers = await Promise.all(living.map(async (at) => watch(await clients.connected({ at }), name)));
    const stay = await Promise.all(range(4).map((i) => clients.connected({ clientId: `stay${i}`, at: through, useBinaryProtocol: i % 2 === 0 })));
    const late = await clients.connected({ clientId: 'late', at: abroad });
    const elsewhere = await clients.connected({ clientId: 'elsewhere', at: living[0] });
    const gone = await Promise.all(range(3).map((i) => clients.connected({ clientId: `gone${i}`, at: nowhere })));
    const everybody = [...stay, late, elsewhere, ...gone];
    for (const client of everybody) await client.channels.get(name).presence.enter('here');
    const all = everybody.map(({ auth }) => auth.clientId).sort();
    for (const { channel } of watchers) await settledOn(() => members(channel), all);
    const events = watchers.map(({ seen }) => seen().length);

    const killed = performance.now();
    await Promise.all([dying.kill(), abroad.refuse(), nowhere.refuse()]);
    through.target = living[1].port;
    for (const client of stay) await inState(client.connection, 'connected', 20_000);
    for (const client of stay) await inState(client.channels.get(name), 'attached', 20_000);
    // Within its grace, and longer than the lease of its node.
    await until(() => performance.now() - killed > LEASE_MS + 3_000, 'the lease to be over', 60_000, 50);
    for (const { channel } of watchers) assert.deepEqual(await members(channel), all, 'nobody leaves before its grace');
    abroad.target = living[0].port;
    await abroad.accept();
    await inState(late.connection, 'connected', 20_000);
    await inState(late.channels.get(name), 'attached', 20_000);

    const rest = all.filter((id) => !id.startsWith('gone'));
    const within = GRACE_MS + LEASE_MS + SLACK_MS;
    for (const { channel } of watchers) await settledOn(() => members(channel), rest, within);
    t.diagnostic(`gone ${Math.round(performance.now() - killed)} ms after the kill, of ${GRACE_MS} and ${LEASE_MS}`);
    for (const at of living) assert.deepEqual(await told(clients, at, name)(), rest);
    await dying.start();
    await server.balanced();
    for (const at of server.nodes) {
      assert.deepEqual(await told(clients, at, name)(), rest, 'no ghosts');
      assert.deepEqual(await members((await clients.connected({ at })).channels.get(name)), rest, 'no ghosts');
    }
    for (const [i, { seen }] of watchers.entries()) assert.deepEqual(seen().slice(events[i]).sort(), ['leave gone0', 'leave gone1', 'leave gone2'], 'those are the only events');
  }, { timeout: 240_000 });

  once(rig, 'members of a node that is stopped stay when they come back, and leave when they do not', async ({ clients, server, proxy }) => {
    const name = unique('stopped');
    const [, stopping, other] = server.nodes;
    const [through, nowhere] = [await proxy(), await proxy()];
    through.target = nowhere.target = stopping.port;
    const watcher = await watch(await clients.connected({ at: other }), name);
    const stay = await clients.connected({ clientId: 'stay', at: through });
    const gone = await clients.connected({ clientId: 'gone', at: nowhere, transportParams: { remainPresentFor: 1_000 } });
    for (const client of [stay, gone]) await client.channels.get(name).presence.enter();
    await settledOn(() => members(watcher.channel), ['gone', 'stay']);
    through.target = other.port;
    await Promise.all([stopping.stop(15_000), nowhere.refuse()]);
    await settledOn(() => members(watcher.channel), ['stay'], GRACE_MS + LEASE_MS + SLACK_MS);
    await stopping.start();
    await server.balanced();
    assert.deepEqual(watcher.seen(), ['enter stay', 'enter gone', 'leave gone']);
  }, { timeout: 120_000 });
});
