// Objects as messages: what clients without objects of their own are told of them.
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { unique } from '../lib/clients.mjs';
import { configArgs } from '../lib/config.mjs';
import { Events } from '../lib/events.mjs';
import { range } from '../lib/inbox.mjs';
import { jwt } from '../lib/jwt.mjs';
import { joined, LiveCounter, LiveMap } from '../lib/objects.mjs';
import { inEveryWay, once, serverForAll } from '../lib/rig.mjs';
import { Inbox, inState, until } from '../lib/wait.mjs';

const NAME = '[meta]objects';

/** Subscribes to what the channel says of its objects. */
async function watch(client, name) {
  const channel = client.channels.get(name, { params: { objects: 'objects' } });
  const inbox = new Inbox();
  await channel.subscribe(inbox.add);
  await inState(channel, 'attached');
  return { channel, inbox };
}

/** The newest whole sequence, as objects by id. */
function latest({ items }) {
  const told = items.filter(({ name }) => name === NAME).map(({ data }) => data);
  const last = told.findLast(({ nextCursor }) => !nextCursor);
  if (!last) return new Map();
  return new Map(told.filter(({ syncId }) => syncId === last.syncId).map(({ object }) => [object.objectId, object]));
}

const dataIn = (objects, id, key) => objects.get(id)?.map.entries?.[key]?.data;

describe('objects in-band', { concurrency: 4 }, () => {
  const rig = serverForAll({ args: configArgs() });

  inEveryWay(rig, 'are told whole, at once and after every change', async ({ clients }) => {
    const name = unique('inband');
    const ada = await joined(clients, name);
    await ada.root.set('k', 'v');
    await ada.root.set('m', LiveMap.create({ n: LiveCounter.create(3) }));
    const { channel, inbox } = await watch(await clients.connected(), name);
    assert.equal(channel.params.objects, 'objects');
    await until(() => latest(inbox).size === 3, 'the state when it attached');
    const first = latest(inbox);
    const [m, n] = [ada.root.get('m').instance().id, ada.root.at('m.n').instance().id];
    assert.deepEqual([...first.keys()].sort(), ['root', m, n].sort());
    assert.deepEqual(dataIn(first, 'root', 'k'), { string: 'v' });
    assert.deepEqual(dataIn(first, 'root', 'm'), { objectId: m });
    assert.deepEqual(first.get(n).counter.data, { number: 3 });
    await ada.root.at('m.n').increment(4);
    await until(() => latest(inbox).get(n)?.counter.data.number === 7, 'the increment');
    await ada.root.remove('k');
    await until(() => !dataIn(latest(inbox), 'root', 'k'), 'the removal');
    assert.ok(inbox.items.every(({ clientId, connectionId }) => !clientId && !connectionId), 'nobody said it but the server');
    assert.ok(new Set(inbox.items.map(({ data }) => data.syncId)).size >= 3, 'each time in a sequence of its own');
  });

  inEveryWay(rig, 'come a few times only in a burst, and the last is true', async ({ clients, t }) => {
    const name = unique('burst');
    const ada = await joined(clients, name);
    await ada.root.set('n', LiveCounter.create());
    const { inbox } = await watch(await clients.connected(), name);
    await until(() => latest(inbox).size === 2, 'the state');
    await Promise.all(range(300).map(() => ada.root.get('n').increment(1)));
    const { id } = ada.root.get('n').instance();
    await until(() => latest(inbox).get(id).counter.data.number === 300, 'the last');
    const sequences = new Set(inbox.items.map(({ data }) => data.syncId)).size;
    assert.ok(sequences < 150, `${sequences} sequences`);
    t.diagnostic(`300 increments, ${sequences} sequences`);
  });

  inEveryWay(rig, 'are told to who may ask for metadata, kept nowhere and said by nobody', async ({ clients }) => {
    const name = unique('meta');
    const ada = await joined(clients, name, {}, { modes: ['OBJECT_SUBSCRIBE', 'OBJECT_PUBLISH', 'PUBLISH', 'SUBSCRIBE'] });
    await ada.root.set('k', 'v');
    const token = jwt({ capability: { [name]: ['subscribe', 'publish', 'history', 'object-subscribe'] } });
    const denied = await watch(await clients.connected({ token, key: null }), name);
    assert.equal(denied.channel.params?.objects, undefined);
    await ada.root.set('k', 'w');
    await ada.channel.publish('n', 'x');
    await denied.inbox.count(1);
    assert.deepEqual(denied.inbox.items.map((message) => message.name), ['n']);
    const { items } = await ada.channel.history();
    assert.deepEqual(items.map((message) => message.name), ['n']);
  });

  once(rig, 'are told in an event stream too', async ({ clients, server }) => {
    const name = unique('stream');
    const ada = await joined(clients, name);
    await ada.root.set('k', 1);
    const stream = await Events.open(server, { channels: name, objects: 'objects' });
    const told = () => stream.messages.filter((message) => message.name === NAME).map(({ data }) => (typeof data === 'string' ? JSON.parse(data) : data));
    const valueOf = () => told().findLast(({ object }) => object.objectId === 'root')?.object.map.entries.k.data.number;
    await until(() => valueOf() === 1, 'the state');
    await ada.root.set('k', 2);
    await until(() => valueOf() === 2, 'the change');
    await stream.close();
  });
});
