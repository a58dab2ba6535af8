// Objects frame by frame: what is told, what is refused, and what a resume does to both.
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { unique } from '../lib/clients.mjs';
import { configArgs } from '../lib/config.mjs';
import { bytes, range } from '../lib/inbox.mjs';
import { jwt } from '../lib/jwt.mjs';
import { attachedWith, cursorOf, joined, KIND, MODE_FLAGS, objectIdOf, op, pagesSince, seen } from '../lib/objects.mjs';
import { ACTION, FLAG, modesOf } from '../lib/raw.mjs';
import { RawSocket } from '../lib/rawws.mjs';
import { inBothFormats, inEveryWay, serverForAll } from '../lib/rig.mjs';
import { until } from '../lib/wait.mjs';

const siteOf = (raw) => raw.details.connectionDetails.siteCode;
const keyOf = (raw) => raw.details.connectionDetails.connectionKey;

/** The serials of operations that are acknowledged. */
async function done(raw, channel, ...operations) {
  const reply = await raw.operate(channel, ...operations);
  assert.equal(reply.action, ACTION.ACK, JSON.stringify(reply.error));
  assert.equal(reply.res.length, 1);
  assert.equal(reply.res[0].serials.length, operations.length, 'a serial for every operation');
  return reply.res[0].serials;
}

/** A field of the wrong type is a frame that cannot be read, as anywhere. */
const INVALID = [92000, 40000];

/** Sends a state that must be refused with this code, and sees that the channel goes on. */
async function refused(raw, channel, code, ...state) {
  const reply = await raw.request({ action: ACTION.OBJECT, channel, state });
  const codes = [code].flat();
  assert.equal(reply.action, ACTION.NACK, `${JSON.stringify(state).slice(0, 300)} was taken`);
  assert.ok(codes.includes(reply.error.code), `${JSON.stringify(state).slice(0, 300)}: ${reply.error.code} ${reply.error.message}, not ${codes}`);
  assert.ok(reply.error.statusCode >= 400 && reply.error.statusCode < 500 && reply.error.message.length > 0);
}

const works = (raw, channel) => done(raw, channel, op.set('root', 'works', { boolean: true }));

/** The states that a client attaching now is given. */
async function stateOf(raw, channel) {
  const fresh = await raw.connected();
  return (await attachedWith(fresh, channel)).objects;
}

describe('objects on the wire', { concurrency: 6 }, () => {
  const rig = serverForAll({ args: configArgs() });

  inEveryWay(rig, 'ATTACHED promises objects to who asked to hear them, and pages follow to an end', async ({ raw }) => {
    const channel = unique('attach');
    const [ada, plain] = [await raw.connected(), await raw.connected()];
    const { attached: first } = await attachedWith(ada, channel);
    assert.equal(modesOf(first), MODE_FLAGS);
    await done(ada, channel, op.set('root', 'k', { string: 'v' }));
    const usual = await plain.attach(channel);
    assert.equal(usual.flags & (FLAG.HAS_OBJECTS | MODE_FLAGS), 0, 'the usual modes have none of objects');
    await plain.settled();
    assert.equal(plain.frames(ACTION.OBJECT_SYNC, channel).length, 0);
    const writer = await raw.connected();
    const writing = await writer.attach(channel, { flags: FLAG.OBJECT_PUBLISH });
    assert.equal(writing.flags & FLAG.HAS_OBJECTS, 0);
    const late = await raw.connected();
    const { attached, pages, objects } = await attachedWith(late, channel);
    assert.ok(attached.flags & FLAG.HAS_OBJECTS);
    const parts = pages.map(cursorOf);
    assert.match(parts[0].sequence, /^[\w-]+$/);
    assert.ok(parts.every(({ sequence }) => sequence === parts[0].sequence), 'one sequence');
    assert.deepEqual(parts.map(({ cursor }) => cursor === ''), [...parts.slice(1).map(() => false), true], 'only the last has no cursor');
    const root = objects.get('root');
    assert.equal(root.map.semantics, 0);
    assert.ok(!root.tombstone);
    assert.deepEqual(root.map.entries.k.data, { string: 'v' });
    assert.deepEqual(Object.keys(root.siteTimeserials), [siteOf(late)]);
    assert.ok(root.map.entries.k.timeserial <= root.siteTimeserials[siteOf(late)]);
  });

  inEveryWay(rig, 'OBJECT is answered with a serial for each and told to all, the publisher too', async ({ raw }) => {
    const channel = unique('told');
    const [ada, bob, deaf] = [await raw.connected({ query: { clientId: 'ada' } }), await raw.connected(), await raw.connected()];
    for (const one of [ada, bob]) await attachedWith(one, channel);
    await deaf.attach(channel, { flags: FLAG.OBJECT_PUBLISH | FLAG.SUBSCRIBE });
    const began = Date.now();
    const serials = await done(ada, channel, op.set('root', 'a', { number: 1 }), op.set('root', 'b', { number: 2 }), op.remove('root', 'a'));
    assert.deepEqual(serials, [...new Set(serials)].sort(), 'serials rise');
    for (const one of [ada, bob]) {
      const frame = await one.next(ACTION.OBJECT);
      assert.equal(frame.channel, channel);
      assert.ok(frame.channelSerial && frame.id);
      assert.ok(Math.abs(frame.timestamp - began) < 10_000);
      assert.deepEqual(frame.state.map(({ serial }) => serial), serials);
      assert.ok(frame.state.every(({ siteCode }) => siteCode === siteOf(one)), 'the site clients are told');
      assert.ok(frame.state.every(({ serialTimestamp }) => Math.abs(serialTimestamp - began) < 10_000));
      assert.deepEqual(frame.state.map(({ operation }) => operation.action), [KIND.MAP_SET, KIND.MAP_SET, KIND.MAP_REMOVE]);
      assert.deepEqual(frame.state[0].operation.mapSet, { key: 'a', value: { number: 1 } });
      assert.deepEqual(frame.state[2].operation.mapRemove, { key: 'a' });
      for (const item of frame.state) {
        assert.equal(item.connectionId ?? frame.connectionId, ada.details.connectionId);
        assert.equal(item.clientId, 'ada');
      }
    }
    await deaf.settled();
    assert.equal(deaf.frames(ACTION.OBJECT, channel).length, 0, 'who did not ask hears nothing');
    const [later] = await done(bob, channel, op.set('root', 'a', { number: 3 }));
    assert.ok(later > serials.at(-1));
  });

  inEveryWay(rig, 'values of every kind are told to readers of either format', async ({ raw, server, useBinaryProtocol }) => {
    const channel = unique('kinds');
    const one = await raw.connected();
    const sent = useBinaryProtocol ? bytes(0, 255, 7) : bytes(0, 255, 7).toString('base64');
    const values = {
      string: { string: 'ü' }, empty: { string: '' }, number: { number: -0.5 }, zero: { number: 0 }, no: { boolean: false }, yes: { boolean: true },
      json: { json: '{"a":[1,null]}' }, bytes: { bytes: sent },
    };
    await done(one, channel, ...Object.entries(values).map(([key, value]) => op.set('root', key, value)));
    const plain = (data) => JSON.parse(JSON.stringify(data, (_, v) => (v?.type === 'Buffer' ? Buffer.from(v.data).toString('base64') : v)));
    const expected = plain(values);
    for (const binary of [false, true]) {
      const reader = await RawSocket.connected(server, { binary });
      const { objects } = await attachedWith(reader, channel);
      const { entries } = objects.get('root').map;
      assert.deepEqual(Object.fromEntries(Object.entries(entries).map(([key, { data }]) => [key, plain(data)])), expected);
      assert.equal(Buffer.isBuffer(entries.bytes.data.bytes), binary, 'bytes are bytes in MessagePack and base64 in JSON');
      const since = reader.inbox.length;
      await done(reader, channel, op.map({ bytes: { bytes: bytes(9).toString('base64') }, n: { number: 1 } }));
      const { state: [{ operation }] } = await reader.next(ACTION.OBJECT, undefined, { since });
      assert.deepEqual(operation.mapCreate.entries.n.data, { number: 1 });
      assert.deepEqual(plain(operation.mapCreate.entries.bytes.data), { bytes: bytes(9).toString('base64') });
      assert.equal(Buffer.isBuffer(operation.mapCreate.entries.bytes.data.bytes), binary);
      await reader.close();
    }
  });

  inEveryWay(rig, 'JSON is also taken as a string that says it is', async ({ raw }) => {
    const channel = unique('encoding');
    const one = await raw.connected();
    await done(one, channel, op.set('root', 'j', { string: '["x"]', encoding: 'json' }));
    const objects = await stateOf(raw, channel);
    assert.deepEqual(objects.get('root').map.entries.j.data, { json: '["x"]' });
  });

  inEveryWay(rig, 'an object that is made is told with what it is made of', async ({ raw }) => {
    const channel = unique('create');
    const one = await raw.connected();
    await attachedWith(one, channel);
    const [counter, map] = [op.counter(42), op.map({ k: { string: 'v' } })];
    await done(one, channel, counter, map, op.refer('root', 'c', counter.objectId), op.refer('root', 'm', map.objectId));
    const { state } = await one.next(ACTION.OBJECT);
    assert.deepEqual(state[0].operation, { action: KIND.COUNTER_CREATE, objectId: counter.objectId, counterCreate: { count: 42 } });
    assert.equal(state[1].operation.objectId, map.objectId);
    assert.ok(!('mapCreateWithObjectId' in state[1].operation));
    assert.equal(state[1].operation.mapCreate.semantics, 0);
    assert.deepEqual(state[1].operation.mapCreate.entries.k.data, { string: 'v' });
    await done(one, channel, op.increment(counter.objectId, -2), op.set(map.objectId, 'l', { number: 1 }));
    const objects = await stateOf(raw, channel);
    const [c, m] = [objects.get(counter.objectId), objects.get(map.objectId)];
    assert.equal(c.createOp.counterCreate.count + (c.counter.count ?? 0), 40, 'a client adds what it was made with');
    const entries = { ...m.createOp.mapCreate.entries, ...m.map.entries };
    assert.deepEqual(Object.entries(entries).map(([key, { data }]) => [key, data]), [['k', { string: 'v' }], ['l', { number: 1 }]]);
    assert.deepEqual(objects.get('root').map.entries.c.data, { objectId: counter.objectId });
  });

  inEveryWay(rig, 'making the same object twice makes it once', async ({ raw, clients }) => {
    const channel = unique('once');
    const one = await raw.connected();
    const create = op.counter(5);
    await done(one, channel, create, op.refer('root', 'n', create.objectId));
    await done(one, channel, op.increment(create.objectId, 1));
    await done(one, channel, create);
    const { root } = await joined(clients, channel);
    assert.deepEqual(seen(root), { n: 6 });
  });

  inEveryWay(rig, 'an id has to be that of what it is made from, or 92000', async ({ raw }) => {
    const channel = unique('ids');
    const one = await raw.connected();
    const good = op.counter(1);
    const made = (objectId, more) => ({ operation: { ...good, objectId, ...more } });
    const [hash, at] = good.objectId.slice('counter:'.length).split('@');
    const { initialValue, nonce } = good.counterCreateWithObjectId;
    const sameHash = (type) => objectIdOf(type, initialValue, nonce);
    for (const wrong of [
      made(objectIdOf('counter', '{"count":2}', nonce)),
      made(objectIdOf('counter', initialValue, `${nonce}x`)),
      made(`counter:${hash}`),
      made(`counter:${hash}@`),
      made(`counter:${hash}@soon`),
      made(`counter:@${at}`),
      made(`counter:${hash}=@${at}`),
      made(`gadget:${hash}@${at}`),
      made(sameHash('map')),
      made('root'),
      made(''),
      made(undefined),
      made(good.objectId, { counterCreateWithObjectId: { initialValue } }),
      made(good.objectId, { counterCreateWithObjectId: { nonce } }),
      made(good.objectId, { counterCreateWithObjectId: undefined }),
    ]) await refused(one, channel, 92000, wrong);
    for (const wrong of [
      ...['not json', '[]', '{"count":"1"}'].map((value) => {
        const objectId = objectIdOf('counter', value, nonce);
        return made(objectId, { counterCreateWithObjectId: { initialValue: value, nonce } });
      }),
      ...['not json', '{"semantics":7,"entries":{}}', '{"semantics":0,"entries":{"k":{"data":{}}}}', '{"semantics":0,"entries":[]}'].map((value) => {
        const objectId = objectIdOf('map', value, nonce);
        return { operation: { action: KIND.MAP_CREATE, objectId, mapCreateWithObjectId: { initialValue: value, nonce } } };
      }),
    ]) await refused(one, channel, INVALID, wrong);
    await done(one, channel, good);
    const objects = await stateOf(raw, channel);
    assert.ok([...objects.keys()].every((id) => ['root', good.objectId].includes(id)), 'nothing of it is left');
  });

  inEveryWay(rig, 'what is no operation is refused with 92000 and leaves nothing', async ({ raw }) => {
    const channel = unique('shape');
    const one = await raw.connected();
    const { objectId } = op.counter(1);
    const map = op.map();
    await done(one, channel, map);
    const set = (mapSet) => ({ operation: { action: KIND.MAP_SET, objectId: map.objectId, mapSet } });
    for (const wrong of [
      {},
      { operation: null },
      { operation: { objectId: 'root' } },
      { operation: { action: 99, objectId: 'root' } },
      { operation: { action: KIND.OBJECT_DELETE, objectId: map.objectId, objectDelete: {} } },
      { operation: { action: KIND.MAP_SET, objectId: 'root' } },
      { operation: { action: KIND.MAP_REMOVE, objectId: 'root' } },
      { operation: { action: KIND.COUNTER_INC, objectId } },
      { operation: { action: KIND.COUNTER_INC, objectId, counterInc: {} } },
      { operation: { action: KIND.COUNTER_INC, objectId: 'nonsense', counterInc: { number: 1 } } },
      { operation: { action: KIND.COUNTER_INC, counterInc: { number: 1 } } },
      set({ value: { number: 1 } }),
      set({ key: 'k' }),
      set({ key: 'k', value: {} }),
      set({ key: 'k', value: { number: 1, string: 'x' } }),
      set({ key: 'k', value: { json: 'not json' } }),
      set({ key: 'k', value: { objectId: 'nonsense' } }),
    ]) await refused(one, channel, 92000, wrong);
    for (const wrong of [
      { operation: { action: KIND.COUNTER_INC, objectId, counterInc: { number: 'five' } } },
      set({ key: 'k', value: { number: 'x' } }),
      set({ key: 'k', value: { boolean: 'true' } }),
      set({ key: 'k', value: { string: 1 } }),
      set({ key: 7, value: { number: 1 } }),
    ]) await refused(one, channel, INVALID, wrong);
    await refused(one, channel, [92000, 92007], { operation: op.increment('root', 1) });
    await refused(one, channel, [92000, 92007], { operation: op.set(objectId, 'k', { number: 1 }) });
    await refused(one, channel, [92000, 92007], { operation: op.clear(objectId) });
    assert.equal((await one.request({ action: ACTION.OBJECT, channel, state: [] })).action, ACTION.NACK);
    await works(one, channel);
    const objects = await stateOf(raw, channel);
    assert.deepEqual([...objects.keys()].sort(), [map.objectId, 'root'].sort());
    assert.deepEqual(Object.keys(objects.get('root').map.entries), ['works']);
  });

  inEveryWay(rig, 'a frame of operations is applied whole or not at all', async ({ raw, clients }) => {
    const channel = unique('atomic');
    const one = await raw.connected();
    const create = op.counter(1);
    await refused(one, channel, 92000,
      { operation: op.set('root', 'a', { number: 1 }) }, { operation: create }, { operation: op.set('root', 'b', {}) });
    const { root } = await joined(clients, channel);
    assert.deepEqual(seen(root), {});
    await done(one, channel, op.set('root', 'a', { number: 1 }), create, op.refer('root', 'c', create.objectId), op.increment(create.objectId, 1));
    await until(() => root.get('c').value() === 2, 'all of it');
    assert.deepEqual(seen(root), { a: 1, c: 2 });
  });

  inEveryWay(rig, 'what is done to an object nobody has made yet is there once it is made', async ({ raw, clients }) => {
    const channel = unique('early');
    const one = await raw.connected();
    const [counter, map] = [op.counter(5), op.map({ k: { string: 'initial' }, l: { string: 'initial' } })];
    await done(one, channel, op.increment(counter.objectId, 3), op.set(map.objectId, 'k', { string: 'set' }), op.refer('root', 'c', counter.objectId), op.refer('root', 'm', map.objectId));
    const early = await joined(clients, channel);
    assert.deepEqual(seen(early.root), { c: 3, m: { k: 'set' } });
    const before = await stateOf(raw, channel);
    assert.ok(!before.get(counter.objectId).createOp);
    await done(one, channel, counter, map);
    const late = await joined(clients, channel);
    assert.deepEqual(seen(late.root), { c: 8, m: { k: 'set', l: 'initial' } });
    await until(() => early.root.get('c').value() === 8, 'who was there before');
    assert.deepEqual(seen(early.root), seen(late.root));
  });

  inEveryWay(rig, 'a cleared map tells when, and drops what came before', async ({ raw }) => {
    const channel = unique('cleared');
    const one = await raw.connected();
    await attachedWith(one, channel);
    const map = op.map({ initial: { number: 1 } });
    await done(one, channel, map, op.refer('root', 'm', map.objectId), op.set(map.objectId, 'set', { number: 2 }));
    const [serial] = await done(one, channel, op.clear(map.objectId));
    const frame = await one.next(ACTION.OBJECT, ({ state }) => state[0].operation.action === KIND.MAP_CLEAR);
    assert.equal(frame.state[0].serial, serial);
    await done(one, channel, op.set(map.objectId, 'after', { number: 3 }));
    const state = (await stateOf(raw, channel)).get(map.objectId);
    assert.equal(state.map.clearTimeserial, serial);
    const alive = Object.entries(state.map.entries).filter(([, { tombstone }]) => !tombstone).map(([key]) => key);
    assert.deepEqual(alive, ['after']);
  });

  inEveryWay(rig, 'a removed entry is told as such, with its time', async ({ raw }) => {
    const channel = unique('removed');
    const one = await raw.connected();
    await done(one, channel, op.set('root', 'k', { number: 1 }));
    const [serial] = await done(one, channel, op.remove('root', 'k'));
    const { entries } = (await stateOf(raw, channel)).get('root').map;
    assert.equal(entries.k.tombstone, true);
    assert.equal(entries.k.timeserial, serial);
    assert.ok(Math.abs(entries.k.serialTimestamp - Date.now()) < 10_000);
    assert.ok(!entries.k.data);
  });

  inEveryWay(rig, 'operations without the right or the mode are refused, and only they', async ({ raw }) => {
    const channel = unique('rights');
    const owner = await raw.connected();
    await done(owner, channel, op.set('root', 'k', { number: 1 }));
    const as = (...operations) => raw.connected({ token: { clientId: 'ada', capability: { [channel]: operations } } });
    const reader = await as('object-subscribe', 'subscribe');
    const { attached, objects } = await attachedWith(reader, channel, { flags: MODE_FLAGS | FLAG.SUBSCRIBE });
    assert.equal(modesOf(attached), FLAG.OBJECT_SUBSCRIBE | FLAG.SUBSCRIBE);
    assert.deepEqual(objects.get('root').map.entries.k.data, { number: 1 });
    const denied = await reader.operate(channel, op.set('root', 'k', { number: 2 }));
    assert.deepEqual([denied.action, denied.error?.code, denied.error?.statusCode], [ACTION.NACK, 40160, 401]);
    const writer = await as('object-publish');
    const { attached: writing } = await attachedWith(writer, channel);
    assert.equal(modesOf(writing), FLAG.OBJECT_PUBLISH);
    assert.equal(writing.flags & FLAG.HAS_OBJECTS, 0);
    await done(writer, channel, op.set('root', 'k', { number: 3 }));
    const unasked = await raw.connected();
    await unasked.attach(channel, { flags: FLAG.OBJECT_SUBSCRIBE });
    const noMode = await unasked.operate(channel, op.set('root', 'k', { number: 4 }));
    assert.equal(noMode.action, ACTION.NACK);
    assert.ok([40160, 40165].includes(noMode.error.code), `${noMode.error.code}`);
    const publisher = await as('publish', 'history');
    const none = await publisher.attach(channel, { flags: MODE_FLAGS });
    assert.deepEqual([none.action, none.error.code], [ACTION.ERROR, 40160]);
    assert.deepEqual((await stateOf(raw, channel)).get('root').map.entries.k.data, { number: 3 });
  });

  inEveryWay(rig, 'who loses the right hears no more, and who gets it may change them', async ({ raw }) => {
    const channel = unique('downgrade');
    const renew = async (one, ...operations) => {
      const since = one.inbox.length;
      one.send({ action: ACTION.AUTH, auth: { accessToken: jwt({ clientId: 'ada', capability: { [channel]: operations } }) } });
      await one.next(ACTION.CONNECTED, undefined, { since });
    };
    const one = await raw.connected({ token: { clientId: 'ada', capability: { [channel]: ['object-subscribe', 'publish'] } } });
    await attachedWith(one, channel);
    assert.equal((await one.operate(channel, op.set('root', 'k', { number: 1 }))).error.code, 40160);
    await renew(one, 'object-subscribe', 'object-publish', 'publish');
    await one.attach(channel, { flags: MODE_FLAGS });
    await done(one, channel, op.set('root', 'k', { number: 2 }));
    await renew(one, 'object-subscribe', 'publish');
    assert.ok([40160, 40165].includes((await one.operate(channel, op.set('root', 'k', { number: 3 }))).error.code));
    assert.deepEqual((await stateOf(raw, channel)).get('root').map.entries.k.data, { number: 2 });
  });

  inEveryWay(rig, 'every ATTACHED is followed by the state again, in a sequence of its own', async ({ raw }) => {
    const channel = unique('again');
    const one = await raw.connected();
    await done(one, channel, op.set('root', 'n', { number: 0 }));
    const sequences = [];
    for (const n of range(3)) {
      const { attached, pages, objects } = await attachedWith(one, channel);
      assert.ok(attached.flags & FLAG.HAS_OBJECTS);
      assert.deepEqual(objects.get('root').map.entries.n.data, { number: n });
      sequences.push(cursorOf(pages[0]).sequence);
      await done(one, channel, op.set('root', 'n', { number: n + 1 }));
    }
    assert.equal(new Set(sequences).size, 3);
    await one.detach(channel);
    assert.deepEqual((await attachedWith(one, channel)).objects.get('root').map.entries.n.data, { number: 3 });
  });

  inEveryWay(rig, 'after a resume what was missed follows, and the state again', async ({ raw }) => {
    const channel = unique('resume');
    const [one, other] = [await raw.connected(), await raw.connected()];
    const create = op.counter(0);
    await done(other, channel, create, op.refer('root', 'n', create.objectId));
    await attachedWith(one, channel);
    await done(other, channel, op.increment(create.objectId, 1));
    const { channelSerial } = await one.next(ACTION.OBJECT);
    await one.close();
    const missed = await done(other, channel, op.increment(create.objectId, 10), op.increment(create.objectId, 100));
    const again = await raw.connected({ query: { resume: keyOf(one) } });
    assert.equal(again.details.connectionId, one.details.connectionId);
    const { attached, objects } = await attachedWith(again, channel, { channelSerial });
    assert.ok(attached.flags & FLAG.RESUMED);
    assert.ok(attached.flags & FLAG.HAS_OBJECTS);
    assert.equal(objects.get(create.objectId).counter.count, 111);
    assert.ok(objects.get(create.objectId).siteTimeserials[siteOf(again)] >= missed[1]);
    const live = await done(other, channel, op.increment(create.objectId, 1_000));
    const told = () => again.frames(ACTION.OBJECT, channel).flatMap(({ state }) => state.map(({ serial }) => serial));
    await until(() => told().includes(live[0]), 'what came later');
    assert.deepEqual(told(), [...new Set(told())].sort(), 'in order, each once');
    assert.deepEqual(told(), [...missed, ...live]);
  });

  inEveryWay(rig, 'operations sent again after a resume are answered alike and applied once', async ({ raw, clients }) => {
    const channel = unique('resend');
    const one = await raw.connected();
    const create = op.counter(0);
    await done(one, channel, create, op.refer('root', 'n', create.objectId));
    const first = await done(one, channel, op.increment(create.objectId, 1), op.increment(create.objectId, 10));
    await one.close();
    const again = await raw.connected({ query: { resume: keyOf(one) } });
    again.serial = 1;
    const second = await done(again, channel, op.increment(create.objectId, 1), op.increment(create.objectId, 10));
    assert.deepEqual(second, first);
    const { root } = await joined(clients, channel);
    assert.deepEqual(seen(root), { n: 11 });
    await done(again, channel, op.increment(create.objectId, 100));
    await until(() => root.get('n').value() === 111, 'a new one');
  });

  inEveryWay(rig, 'an operation larger than a message may be is refused with 40009, and nothing at the limit', async ({ raw }) => {
    const channel = unique('size');
    const one = await raw.connected();
    const limit = one.details.connectionDetails.maxMessageSize;
    const set = (size) => ({ operation: op.set('root', 'k', { string: 'x'.repeat(size) }) });
    await refused(one, channel, [40009, 92001], set(limit + 1));
    await refused(one, channel, [40009, 92001], { operation: op.set('root', 'k'.repeat(limit), { string: 'x' }) });
    await refused(one, channel, [40009, 92001], set(limit / 2), set(limit / 2));
    await done(one, channel, set(limit - 1).operation);
  });

  inBothFormats(rig, 'a channel holds 6.5 MB of objects, and what makes it smaller is always taken', async ({ raw, t }) => {
    const channel = unique('full');
    const one = await raw.connected();
    const value = (char) => ({ string: char.repeat(60_000) });
    let taken = 0;
    let full;
    while (!full && taken < 200) {
      const reply = await one.operate(channel, op.set('root', `key-${taken}`, value('x')));
      if (reply.action === ACTION.NACK) full = reply.error;
      else taken++;
    }
    assert.equal(full?.code, 92001, JSON.stringify(full));
    assert.equal(full.statusCode, 400);
    assert.ok(taken * 60_000 > 6_000_000 && taken * 60_000 <= 6.5 * 1024 * 1024, `${taken} values were taken`);
    await done(one, channel, op.set('root', 'key-0', value('y')));
    assert.equal((await one.operate(channel, op.map({ a: value('z') }))).error?.code, 92001, 'made in one go or set, it is the same room');
    await done(one, channel, op.remove('root', 'key-1'));
    await done(one, channel, op.set('root', 'key-2', { number: 1 }));
    await done(one, channel, op.set('root', 'again', value('z')));
    t.diagnostic(`${taken} values of 60,000 bytes until 92001`);
  });

  inEveryWay(rig, 'a client may ask for the state anew', async ({ raw }) => {
    const channel = unique('ask');
    const one = await raw.connected();
    await done(one, channel, op.set('root', 'k', { number: 1 }));
    await attachedWith(one, channel);
    const since = one.inbox.length;
    one.send({ action: ACTION.OBJECT_SYNC, channel });
    const { objects } = await pagesSince(one, channel, since);
    assert.deepEqual(objects.get('root').map.entries.k.data, { number: 1 });
  });
});

describe('the site of objects', () => {
  const rig = serverForAll();

  inEveryWay(rig, 'is that of the log: the same on every connection and after a restart', async ({ raw, server }) => {
    const channel = unique('site');
    const [one, two] = [await raw.connected(), await raw.connected()];
    assert.equal(siteOf(one), siteOf(two));
    const [before] = await done(one, channel, op.set('root', 'k', { number: 1 }));
    await server.restart();
    const later = await raw.connected();
    assert.equal(siteOf(later), siteOf(one));
    const [after] = await done(later, channel, op.set('root', 'k', { number: 2 }));
    assert.ok(after > before, 'serials go on rising');
    const { entries } = (await stateOf(raw, channel)).get('root').map;
    assert.deepEqual([entries.k.data, entries.k.timeserial], [{ number: 2 }, after]);
  });
});
