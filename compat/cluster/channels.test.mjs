// Channels whose publishers and readers are on different nodes.
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { unique } from '../lib/clients.mjs';
import { dataOf, inboxOf, range } from '../lib/inbox.mjs';
import { agree, joined, LiveCounter, WITH_OBJECTS } from '../lib/objects.mjs';
import { clusterForAll, inBothFormats, inEveryWay, once } from '../lib/rig.mjs';
import { inState, until, within } from '../lib/wait.mjs';

/** How long a node that says nothing is waited for, and what a slow machine may be late by. */
const LEASE_MS = 5_000;
const SLACK_MS = 10_000;
const ROUNDS = 20;

/** A channel of this name at each node. */
const everywhere = (clients, server, name, options) =>
  Promise.all(server.nodes.map(async (at) => (await clients.connected({ at })).channels.get(name, options)));

describe('channels among nodes', { concurrency: 4 }, () => {
  const rig = clusterForAll();

  inEveryWay(rig, 'all see one order, whoever publishes where', async ({ clients, server }) => {
    const name = unique('order');
    const readers = await Promise.all((await everywhere(clients, server, name)).map((channel) => inboxOf(channel)));
    const writers = await everywhere(clients, server, name);
    const results = await within(Promise.all(writers.flatMap((channel, w) => range(50).map((i) => channel.publish(`w${w}`, `${w}:${i}`)))), 30_000, 'all acknowledgements');
    for (const inbox of readers) await inbox.count(150, 30_000);
    const serials = readers.map(({ items }) => items.map(({ serial }) => serial));
    assert.deepEqual(serials[0], results.map((r) => r.serials[0]).sort());
    assert.deepEqual([serials[1], serials[2]], [serials[0], serials[0]]);
    for (const { items } of readers) {
      for (const w of range(3)) assert.deepEqual(dataOf(items.filter((m) => m.name === `w${w}`)), range(50).map((i) => `${w}:${i}`));
    }
  });

  inBothFormats(rig, 'what is acknowledged at one node is in the history of another at once', async ({ clients, server }) => {
    const name = unique('at-once');
    const channels = await everywhere(clients, server, name);
    const rest = server.nodes.map((at) => clients.rest({ at }).channels.get(name));
    const { serials: [answer] } = await channels[0].publish('answer', '');
    let text = '';
    for (const i of range(ROUNDS)) {
      const [from, to] = [channels[i % 3], rest[(i + 1 + (i % 2)) % 3]];
      const { serials: [serial] } = await from.publish('n', String(i));
      assert.deepEqual((await to.history({ limit: 1 })).items.map((m) => [m.serial, m.data]), [[serial, String(i)]]);
      text += `${i};`;
      await from.appendMessage({ serial: answer, data: `${i};` });
      assert.equal((await to.getMessage(answer)).data, text);
    }
    const { items } = await rest[2].history({ direction: 'forwards', limit: 100 });
    assert.deepEqual(dataOf(items), [text, ...range(ROUNDS).map(String)]);
  });

  inBothFormats(rig, 'what REST was told at one node is in the history of another at once', async ({ clients, server }) => {
    const name = unique('rest-at-once');
    const rest = server.nodes.map((at) => clients.rest({ at }).channels.get(name));
    for (const i of range(ROUNDS)) {
      await rest[i % 3].publish('n', String(i));
      assert.deepEqual(dataOf((await rest[(i + 1) % 3].history({ limit: 1 })).items), [String(i)]);
      assert.deepEqual(dataOf((await rest[(i + 2) % 3].history({ limit: 1 })).items), [String(i)]);
    }
  });

  inEveryWay(rig, 'who attaches at another node right after an acknowledgement has it rewound', async ({ clients, server }) => {
    const name = unique('rewound');
    const writer = (await clients.connected({ at: server.nodes[0] })).channels.get(name);
    for (const i of range(5)) {
      await writer.publish('n', String(i));
      const reader = await clients.connected({ at: server.nodes[1 + (i % 2)] });
      const inbox = await inboxOf(reader.channels.get(name, { params: { rewind: '1' } }));
      assert.deepEqual(dataOf(await inbox.count(1)), [String(i)]);
      await clients.closeOne(reader);
    }
  });

  inBothFormats(rig, 'a message of one id is one message, whatever nodes it was published to', async ({ clients, server }) => {
    const name = unique('idempotent');
    const inbox = await inboxOf((await clients.connected({ at: server.nodes[2] })).channels.get(name));
    const id = unique('id');
    const all = await Promise.all(range(6).map((i) => clients.rest({ at: server.nodes[i % 3] }).channels.get(name).publish({ id, name: 'n', data: 'same' })));
    assert.equal(new Set(all.map(({ serials }) => serials[0])).size, 1);
    await clients.rest({ at: server.nodes[0] }).channels.get(name).publish('end', 'x');
    await inbox.first((m) => m.name === 'end', 'the end');
    assert.deepEqual(dataOf(inbox.items), ['same', 'x']);
  });

  inEveryWay(rig, 'what is not kept reaches readers at other nodes, behind what its publisher said before', async ({ clients, server }) => {
    const name = unique('ephemeral');
    const inboxes = await Promise.all((await everywhere(clients, server, name)).map((channel) => inboxOf(channel)));
    const writers = await everywhere(clients, server, name);
    const kept = [];
    for (const [w, channel] of writers.entries()) {
      await channel.publish('kept', `${w}:1`);
      await channel.publish({ name: 'gone', data: `${w}:2`, extras: { ephemeral: true } });
      await channel.publish('kept', `${w}:3`);
      kept.push(`${w}:1`, `${w}:3`);
      for (const inbox of inboxes) await inbox.count(3 * (w + 1));
    }
    for (const { items } of inboxes) {
      assert.deepEqual(dataOf(items.filter((m) => m.name === 'kept')), kept);
      const gone = items.filter((m) => m.name === 'gone');
      assert.deepEqual(dataOf(gone), ['0:2', '1:2', '2:2']);
      assert.ok(gone.every((m) => m.extras.ephemeral));
      for (const w of range(3)) assert.ok(dataOf(items).indexOf(`${w}:1`) < dataOf(items).indexOf(`${w}:2`));
    }
    assert.deepEqual(dataOf((await writers[1].history({ direction: 'forwards' })).items), kept);
  });

  inEveryWay(rig, 'annotations of clients at all nodes add up to one summary', async ({ clients, server }) => {
    const name = unique('summary');
    const readers = await Promise.all((await everywhere(clients, server, name)).map((channel) => inboxOf(channel)));
    const { serials: [serial] } = await clients.rest({ at: server.nodes[0] }).channels.get(name).publish('n', 'x');
    for (const i of range(6)) {
      const client = clients.rest({ at: server.nodes[i % 3], clientId: `c${i}` });
      await client.channels.get(name).annotations.publish(serial, { type: 'likes:flag.v1' });
    }
    const counted = (m) => m.action === 'message.summary' && m.annotations.summary['likes:flag.v1']?.total === 6;
    for (const inbox of readers) await inbox.first(counted, 'six likes');
    const message = await clients.rest({ at: server.nodes[2] }).channels.get(name).getMessage(serial);
    assert.equal(message.annotations.summary['likes:flag.v1'].total, 6);
  });

  inBothFormats(rig, 'objects that are changed at all nodes are the same at all', async ({ clients, server }) => {
    const name = unique('objects');
    const tabs = await Promise.all(server.nodes.map((at) => joined(clients, name, { at })));
    await tabs[0].root.set('n', LiveCounter.create());
    await agree(tabs.map(({ root }) => root), { n: 0 });
    await Promise.all(tabs.flatMap(({ root }, t) => range(20).flatMap((i) => [root.get('n').increment(1), root.set(`k${i % 5}`, `${t}:${i}`)])));
    const late = await joined(clients, name, { at: server.nodes[1] });
    await until(() => late.root.get('n').value() === 60, () => `sixty increments; there are ${late.root.get('n').value()}`);
    const state = late.root.compactJson();
    await agree(tabs.map(({ root }) => root), state);
    for (const at of server.nodes) assert.deepEqual(await clients.rest({ at, ...WITH_OBJECTS }).channels.get(name).object.get(), state);
  });

  inEveryWay(rig, 'who is counted is counted over all nodes', async ({ clients, server }) => {
    const name = unique('occupancy');
    const counters = await Promise.all(server.nodes.map(async (at) => {
      const inbox = await inboxOf((await clients.connected({ at })).channels.get(name, { modes: ['SUBSCRIBE'], params: { occupancy: 'metrics' } }));
      return () => inbox.items.filter((m) => m.name === '[meta]occupancy').at(-1)?.data.metrics ?? {};
    }));
    const counts = (what) => counters.map((now) => now()[what]).join();
    await until(() => counts('connections') === '3,3,3' && counts('subscribers') === '3,3,3', () => `three connections everywhere; there are ${counts('connections')}`);
    const more = await Promise.all(server.nodes.map((at, i) => clients.connected({ at, clientId: `c${i}` })));
    for (const client of more) await client.channels.get(name, { modes: ['PUBLISH', 'PRESENCE'] }).presence.enter();
    await until(() => counts('connections') === '6,6,6' && counts('publishers') === '3,3,3' && counts('presenceMembers') === '3,3,3',
      () => `six connections everywhere; there are ${counts('connections')}, publishers ${counts('publishers')}, members ${counts('presenceMembers')}`);
    for (const at of server.nodes) {
      const { status } = await clients.rest({ at }).channels.get(name).status();
      const { connections, publishers, subscribers, presenceMembers } = status.occupancy.metrics;
      assert.deepEqual([connections, publishers, subscribers, presenceMembers], [6, 3, 3, 3]);
    }
    await Promise.all(more.map((client) => clients.closeOne(client)));
    await until(() => counts('connections') === '3,3,3' && counts('presenceMembers') === '0,0,0', () => `three again; there are ${counts('connections')}`);
  });

  once(rig, 'the channels of all nodes are listed at each', async ({ clients, server }) => {
    const prefix = unique('listed');
    const names = range(6).map((i) => `${prefix}:${i}`);
    await Promise.all(names.map(async (name, i) => (await clients.connected({ at: server.nodes[i % 3] })).channels.get(name).attach()));
    for (const at of server.nodes) {
      const listed = await clients.rest({ at }).request('get', '/channels', 6, { prefix }, null, null);
      assert.deepEqual(listed.items, names);
      const page = await clients.rest({ at }).request('get', '/channels', 6, { prefix, by: 'value', limit: 4 }, null, null);
      assert.deepEqual(page.items.map(({ channelId, status }) => [channelId, status.isActive, status.occupancy.metrics.connections]), names.slice(0, 4).map((name) => [name, true, 1]));
      assert.deepEqual((await page.next()).items.map(({ channelId }) => channelId), names.slice(4));
    }
  });
});

describe('channels of a node that is killed', () => {
  const rig = clusterForAll();

  once(rig, 'are counted without it once it is taken for gone, and with it when it is back', async ({ clients, server, proxy }) => {
    const name = unique('uncounted');
    const [dying, living] = server.nodes;
    const inbox = await inboxOf((await clients.connected({ at: living })).channels.get(name, { params: { occupancy: 'metrics' } }));
    const connections = () => inbox.items.filter((m) => m.name === '[meta]occupancy').at(-1)?.data.metrics.connections;
    const through = await proxy();
    through.target = dying.port;
    const away = await Promise.all(range(3).map(() => clients.connected({ at: through })));
    for (const client of away) await client.channels.get(name).attach();
    await until(() => connections() === 4, () => `four connections; there are ${connections()}`);
    await Promise.all([dying.kill(), through.refuse()]);
    await until(() => connections() === 1, () => `one connection; there are ${connections()}`, LEASE_MS + SLACK_MS);
    await dying.start();
    await server.balanced();
    await through.accept();
    for (const client of away) await inState(client.connection, 'connected', 20_000);
    await until(() => connections() === 4, () => `four connections again; there are ${connections()}`, 20_000);
  }, { timeout: 120_000 });
});
