// Connections that go from node to node.
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { unique } from '../lib/clients.mjs';
import { dataOf, inboxOf, range } from '../lib/inbox.mjs';
import { prose } from '../lib/prose.mjs';
import { ACTION, FLAG } from '../lib/raw.mjs';
import { clusterForAll, inEveryWay, once } from '../lib/rig.mjs';
import { difference, Reader } from '../lib/subscriber.mjs';
import { inState, nextEvent, turn, until, within } from '../lib/wait.mjs';

const TOKENS = 600;
const LENGTH = 30_000;
/** Where in an answer somebody goes to another node. */
const MOVES = [90, 200, 310, 420, 530];

/** A proxy that leads to one node, and can be turned to another. */
async function toOne(proxy, nodes) {
  const through = await proxy();
  let at = 0;
  through.target = nodes[at].port;
  return {
    through,
    /** The next connections reach the next node; resolves once they are cut off from the last. */
    async on() {
      at = (at + 1) % nodes.length;
      through.target = nodes[at].port;
      through.cut();
    },
  };
}

/** A reader that believes everything, so that whatever comes twice shows. */
async function read(client, name) {
  const reader = new Reader({ believing: true });
  const channel = client.channels.get(name);
  const changes = [];
  channel.on('update', (change) => changes.push(change));
  await channel.subscribe(reader.take);
  await inState(channel, 'attached');
  return { reader, changes };
}

const pieces = (text) => range(TOKENS).map((i) => text.slice(Math.floor((i * LENGTH) / TOKENS), Math.floor(((i + 1) * LENGTH) / TOKENS)));

describe('a connection among nodes', { concurrency: 4 }, () => {
  const rig = clusterForAll();

  inEveryWay(rig, 'an answer is read to its last word by who changes the node in the middle of it', async ({ clients, proxy, server }) => {
    const name = unique('reads-on');
    const moving = await toOne(proxy, server.nodes);
    const client = await clients.connected({ at: moving.through });
    const { id } = client.connection;
    const { reader, changes } = await read(client, name);
    const writer = (await clients.connected({ at: server.nodes[2] })).channels.get(name);
    const answer = prose(LENGTH / 6, 17).slice(0, LENGTH).padEnd(LENGTH, '.');
    const { serials: [serial] } = await writer.publish('answer', '');
    const acks = [];
    for (const [i, data] of pieces(answer).entries()) {
      acks.push(writer.appendMessage({ serial, data }));
      if (i % 20 === 0) await Promise.all(acks.splice(0));
      if (!MOVES.includes(i)) continue;
      // it may still be on its way back from the move before
      await inState(client.connection, 'connected');
      const lost = nextEvent(client.connection, 'disconnected');
      await moving.on();
      await lost;
    }
    await Promise.all(acks);
    await until(() => reader.text(serial).length >= answer.length, () => `the end; ${difference(reader.text(serial), answer)}`, 30_000);
    assert.equal(difference(reader.text(serial), answer), null);
    assert.equal(client.connection.id, id);
    assert.ok(changes.every(({ resumed }) => resumed), 'continuity was kept');
  });

  inEveryWay(rig, 'an answer is written to its last word by who changes the node in the middle of it', async ({ clients, proxy, server }) => {
    const name = unique('writes-on');
    const moving = await toOne(proxy, server.nodes);
    const client = await clients.connected({ at: moving.through });
    const writer = client.channels.get(name);
    const readers = await Promise.all(server.nodes.map(async (at) => read(await clients.connected({ at }), name)));
    const answer = prose(LENGTH / 6, 18).slice(0, LENGTH).padEnd(LENGTH, '.');
    const { serials: [serial] } = await writer.publish('answer', '');
    const acks = [];
    for (const [i, data] of pieces(answer).entries()) {
      acks.push(writer.appendMessage({ serial, data }));
      await turn();
      if (MOVES.includes(i)) await moving.on();
      else if (i % 20 === 0) await Promise.all(acks.splice(0));
    }
    await within(Promise.all(acks), 30_000, 'all acknowledgements');
    for (const { reader } of readers) {
      await until(() => reader.text(serial).length >= answer.length, () => `the end; ${difference(reader.text(serial), answer)}`, 30_000);
      assert.equal(difference(reader.text(serial), answer), null);
    }
    const { items } = await writer.history();
    assert.deepEqual(items.map(({ data }) => difference(data, answer)), [null]);
  });

  inEveryWay(rig, 'publishes without an answer are sent again to another node and applied once', async ({ clients, proxy, server }) => {
    const name = unique('resent');
    const moving = await toOne(proxy, server.nodes);
    const inboxes = await Promise.all(server.nodes.map(async (at) => inboxOf((await clients.connected({ at })).channels.get(name))));
    const client = await clients.connected({ at: moving.through });
    const channel = client.channels.get(name);
    await channel.publish('n', 'first');
    const sent = ['first'];
    for (const round of range(4)) {
      // They arrive, are applied, and their acknowledgements are lost.
      moving.through.delayMs = 300;
      const acks = range(10).map((i) => channel.publish('n', `${round}:${i}`));
      sent.push(...range(10).map((i) => `${round}:${i}`));
      await inboxes[0].count(sent.length);
      await moving.on();
      moving.through.delayMs = 0;
      await within(Promise.all(acks), 20_000, 'the acknowledgements');
    }
    await channel.publish('n', 'last');
    for (const inbox of inboxes) {
      await inbox.count(sent.length + 1);
      assert.deepEqual(dataOf(inbox.items), [...sent, 'last']);
    }
  });

  inEveryWay(rig, 'a connection that is taken up on another node ends where it was', async ({ raw, server }) => {
    const name = unique('superseded');
    const [one, two, three] = server.nodes;
    const first = await raw.connected({ at: one });
    const attached = await first.attach(name);
    await first.publish(name, { data: 'on the first' });
    const second = await raw.connected({ at: two, query: { resume: first.details.connectionDetails.connectionKey } });
    assert.equal(second.details.connectionId, first.details.connectionId);
    assert.equal((await first.next(ACTION.DISCONNECTED)).error.code, 80016);
    second.serial = 1;
    const again = await second.attach(name, { channelSerial: attached.channelSerial });
    assert.ok(again.flags & FLAG.RESUMED);
    assert.equal((await second.next(ACTION.MESSAGE)).messages[0].data, 'on the first');
    await second.publish(name, { data: 'on the second' });
    const third = await raw.connected({ at: three, query: { resume: second.details.connectionDetails.connectionKey } });
    third.serial = 2;
    assert.equal((await second.next(ACTION.DISCONNECTED)).error.code, 80016);
    await third.publish(name, { data: 'on the third' });
    // A key of before is still good for the connection that it was given for.
    const fourth = await raw.connected({ at: one, query: { resume: first.details.connectionDetails.connectionKey } });
    assert.equal(fourth.details.connectionId, first.details.connectionId);
    assert.equal((await third.next(ACTION.DISCONNECTED)).error.code, 80016);
  });

  once(rig, 'of many who come back at once with one key one stays, whatever nodes they reach', async ({ raw, server }) => {
    const name = unique('one-stays');
    const first = await raw.connected({ at: server.nodes[0] });
    const resume = first.details.connectionDetails.connectionKey;
    const all = await Promise.all(range(9).map((i) => raw.connected({ at: server.nodes[i % 3], query: { resume } })));
    assert.deepEqual([...new Set(all.map(({ details }) => details.connectionId))], [first.details.connectionId]);
    await first.next(ACTION.DISCONNECTED);
    const over = (client) => client.frames(ACTION.DISCONNECTED).length > 0;
    await until(() => all.filter((client) => !over(client)).length === 1, () => `one to stay; ${all.filter((client) => !over(client)).length} have`);
    const [last] = all.filter((client) => !over(client));
    assert.equal((await last.publish(name, { data: 'x' })).action, ACTION.ACK);
  });

  inEveryWay(rig, 'a process that is gone is recovered on another node, with what it missed', async ({ clients, server }) => {
    const name = unique('recovered');
    const [one, two, three] = server.nodes;
    const first = await clients.connected({ at: one });
    const inbox = await inboxOf(first.channels.get(name));
    const publisher = (await clients.connected({ at: three })).channels.get(name);
    await publisher.publish('n', '0');
    await inbox.count(1);
    const { id } = first.connection;
    const recover = first.connection.createRecoveryKey();
    for (const i of range(4, 1)) await publisher.publish('n', String(i));
    const second = await clients.connected({ at: two, recover });
    assert.equal(second.connection.id, id);
    const recovered = await inboxOf(second.channels.get(name));
    await recovered.count(4);
    await second.channels.get(name).publish('n', 'from the new process');
    await recovered.count(5);
    assert.deepEqual(dataOf(recovered.items), ['1', '2', '3', '4', 'from the new process']);
  });
});

describe('connections of a node that is killed', () => {
  const rig = clusterForAll();

  inEveryWay(rig, 'go on at the others, and nothing is lost or doubled', async ({ clients, proxy, server }) => {
    const name = unique('goes-on');
    const [one] = server.nodes;
    const moving = await toOne(proxy, server.nodes);
    const client = await clients.connected({ at: moving.through });
    const { id } = client.connection;
    const channel = client.channels.get(name);
    const inbox = await inboxOf(channel);
    const other = (await clients.connected({ at: server.nodes[2] })).channels.get(name);
    const acks = [];
    for (const i of range(200)) {
      acks.push(channel.publish('own', String(i)), other.publish('other', String(i)));
      if (i === 100) {
        await one.kill();
        await moving.on();
      }
      if (i % 10 === 0) await turn();
    }
    await within(Promise.all(acks), 30_000, 'all acknowledgements');
    await inbox.count(400, 30_000);
    assert.equal(client.connection.id, id);
    for (const kind of ['own', 'other']) assert.deepEqual(dataOf(inbox.items.filter((message) => message.name === kind)), range(200).map(String));
    const { items } = await other.history({ limit: 1_000, direction: 'forwards' });
    assert.deepEqual(items.map(({ serial }) => serial), inbox.items.map(({ serial }) => serial));
    await one.start();
    await server.balanced();
  }, { timeout: 120_000 });
});
