// How long objects are kept: through kills as long as anything refers to them, and what goes when.
// The server's times are short, so that all of it is seen in a running one.
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { unique } from '../lib/clients.mjs';
import { configArgs } from '../lib/config.mjs';
import { range } from '../lib/inbox.mjs';
import { agree, attachedWith, joined, KIND, LiveCounter, LiveMap, op, seen, WITH_OBJECTS } from '../lib/objects.mjs';
import { ACTION } from '../lib/raw.mjs';
import { inEveryWay, once, serverForAll } from '../lib/rig.mjs';
import { rejection, until } from '../lib/wait.mjs';

const BRIEF = 'brief';
const GRACE_MS = 1_000;
const SHORT = `namespaces:
  - id: ${BRIEF}
    objectsRetention: 2s
limits:
  resumeHorizon: 1s
  objectsGrace: ${GRACE_MS / 1_000}s
`;
const SOON_MS = 20_000;
const KILLS = 2;

/** The states that a client attaching now is given. */
async function stateOf(raw, channel) {
  const fresh = await raw.connected();
  const { objects } = await attachedWith(fresh, channel);
  await fresh.close();
  return objects;
}

const deletions = (watcher, channel) => watcher.frames(ACTION.OBJECT, channel).flatMap(({ state }) => state).filter(({ operation }) => operation.action === KIND.OBJECT_DELETE);

/** Resolves with the id of every object that is told to be deleted, once these are among them. */
async function deleted(watcher, channel, ids) {
  const told = () => deletions(watcher, channel).map(({ operation }) => operation.objectId);
  await until(() => ids.every((id) => told().includes(id)), () => `${ids} to be deleted; were: ${told()}`, SOON_MS, 20);
  return told();
}

describe('objects in time', { concurrency: 6 }, () => {
  const rig = serverForAll({ args: configArgs(SHORT) });

  inEveryWay(rig, 'what nothing refers to is deleted, and told to all', async ({ clients, raw, t }) => {
    const name = unique('orphans');
    const [ada, bob] = [await joined(clients, name), await joined(clients, name)];
    const watcher = await raw.connected();
    await attachedWith(watcher, name);
    const never = op.counter(1);
    assert.equal((await watcher.operate(name, never)).action, ACTION.ACK);
    await ada.root.set('m', LiveMap.create({ inner: LiveMap.create({ n: LiveCounter.create(1) }) }));
    await ada.root.set('moved', LiveCounter.create(5));
    const ids = ['m', 'm.inner', 'm.inner.n'].map((path) => ada.root.at(path).instance().id);
    const kept = ada.root.get('moved').instance();
    assert.equal((await watcher.operate(name, op.refer(ids[1], 'back', ids[0]), op.refer('root', 'elsewhere', kept.id))).action, ACTION.ACK);
    await ada.root.remove('moved');
    await ada.root.set('m', 'replaced');
    const gone = await deleted(watcher, name, [...ids, never.objectId]);
    assert.equal(gone.length, new Set(gone).size, 'each is told once');
    assert.ok(!gone.includes(kept.id), 'what is referred to stays');
    for (const { serial, siteCode } of deletions(watcher, name)) assert.ok(serial && siteCode === watcher.details.connectionDetails.siteCode);
    await agree([ada.root, bob.root, (await joined(clients, name)).root], { m: 'replaced', elsewhere: 5 });
    await until(async () => (await stateOf(raw, name)).size === 2, 'the deleted ones to leave the state', SOON_MS, 100);
    const object = clients.rest(WITH_OBJECTS).channels.get(name).object;
    assert.ok([92003, 92004].includes((await rejection(object.get({ objectId: ids[0] }))).code));
    t.diagnostic(`${gone.length} objects deleted`);
  });

  inEveryWay(rig, 'what is deleted can be changed no more', async ({ raw }) => {
    const name = unique('tombstone');
    const watcher = await raw.connected();
    await attachedWith(watcher, name);
    const create = op.counter(1);
    assert.equal((await watcher.operate(name, create, op.refer('root', 'n', create.objectId))).action, ACTION.ACK);
    assert.equal((await watcher.operate(name, op.remove('root', 'n'))).action, ACTION.ACK);
    await deleted(watcher, name, [create.objectId]);
    const reply = await watcher.operate(name, op.increment(create.objectId, 1));
    assert.deepEqual([reply.action, reply.error?.code], [ACTION.NACK, 92002], JSON.stringify(reply));
    assert.equal((await watcher.operate(name, op.set('root', 'k', { number: 1 }))).action, ACTION.ACK);
  });

  inEveryWay(rig, 'marks of what was removed go after their grace', async ({ raw, t }) => {
    const name = unique('marks');
    const one = await raw.connected();
    assert.equal(one.details.connectionDetails.objectsGCGracePeriod, GRACE_MS);
    await one.operate(name, ...range(50).map((i) => op.set('root', `k${i}`, { number: i })));
    const map = op.map({ a: { number: 1 }, b: { number: 2 } });
    await one.operate(name, map, op.refer('root', 'm', map.objectId), op.remove(map.objectId, 'a'));
    await one.operate(name, ...range(50).map((i) => op.remove('root', `k${i}`)));
    assert.ok((await stateOf(raw, name)).get('root').map.entries.k0.tombstone, 'at first there are marks');
    await until(async () => Object.keys((await stateOf(raw, name)).get('root').map.entries).length === 1, 'the marks to go', SOON_MS, 100);
    await until(async () => !('a' in ((await stateOf(raw, name)).get(map.objectId).map.entries ?? {})), 'those in another map', SOON_MS, 100);
    const again = await one.operate(name, op.set('root', 'k0', { number: 7 }));
    assert.equal(again.action, ACTION.ACK);
    const state = await stateOf(raw, name);
    assert.deepEqual(state.get('root').map.entries.k0.data, { number: 7 });
    assert.equal(Object.keys(state.get('root').map.entries).length, 2);
    t.diagnostic('51 marks gone');
  });

  inEveryWay(rig, 'objects that nobody has changed for their time are gone', async ({ clients }) => {
    const [short, long] = [`${BRIEF}:${unique('expire')}`, unique('stay')];
    const all = [];
    for (const name of [short, long]) {
      const ada = await joined(clients, name);
      await ada.root.set('k', 'v');
      await ada.root.set('n', LiveCounter.create(3));
      all.push(ada);
    }
    const { object } = clients.rest(WITH_OBJECTS).channels.get(short);
    await until(async () => Object.keys(await object.get()).length === 0, 'them to be gone', SOON_MS, 100);
    await agree([all[0].root, (await joined(clients, short)).root], {}, SOON_MS);
    assert.deepEqual(seen((await joined(clients, long)).root), { k: 'v', n: 3 }, 'elsewhere they stay');
    await all[0].root.set('k', 'again');
    assert.deepEqual(seen((await joined(clients, short)).root), { k: 'again' }, 'and there can be new ones');
  });
});

describe('objects of a killed server', () => {
  const rig = serverForAll({ args: configArgs(SHORT) });

  inEveryWay(rig, 'a killed server comes back with the objects it had', async ({ clients, raw, server, t }) => {
    const name = unique('survive');
    const ada = await joined(clients, name);
    await ada.root.set('list', LiveMap.create());
    await ada.root.set('n', LiveCounter.create(1));
    const compare = async () => {
      const late = await joined(clients, name);
      await agree([late.root, ada.root], seen(ada.root));
      assert.deepEqual(await clients.rest(WITH_OBJECTS).channels.get(name).object.get(), seen(late.root));
      await clients.closeOne(late.client);
    };
    let changes = 2;
    for (const i of range(KILLS)) {
      await Promise.all(range(100).map((k) => ada.root.get('list').set(`k${(i * 50 + k) % 230}`, LiveMap.create({ i, n: LiveCounter.create(k) }))));
      await Promise.all(range(20).map((k) => ada.root.get('list').remove(`k${i * 50 + k}`)));
      await Promise.all(range(20).map(() => ada.root.get('n').increment(i + 0.5)));
      changes += 140;
      // At once, from the log alone, and when part of it has gone to the store.
      // Nodes of a cluster do not count how often they shorten it.
      if (i % 2 === 1 && !server.nodes) await until(async () => (await server.metric('holdfast_journal_trims_total')) > 0, 'the log to be shortened', SOON_MS, 50);
      await server.restart();
      await until(() => ada.client.connection.state === 'connected' && ada.channel.state === 'attached', 'the client to be back', SOON_MS);
      await compare();
      assert.equal(ada.root.get('n').value(), 1 + 20 * range(i + 1).reduce((sum, j) => sum + j + 0.5, 0));
    }
    const fresh = await raw.connected();
    const { objects } = await attachedWith(fresh, name);
    assert.ok(objects.size > 150, `${objects.size} objects`);
    t.diagnostic(`${KILLS} kills, ${changes} changes, ${objects.size} objects at the end`);
  }, { timeout: 240_000 });
});

describe('objects of a channel that has left memory', () => {
  const rig = serverForAll({ args: configArgs(SHORT) });

  once(rig, 'come back whole, and those of its counters count on', async ({ clients, server, t }) => {
    const name = unique('evicted');
    const inMemory = () => server.metric('holdfast_channels');
    const before = await inMemory();
    const ada = await joined(clients, name);
    await ada.root.set('list', LiveMap.create());
    await ada.root.set('n', LiveCounter.create(5));
    await Promise.all(range(200).map((i) => ada.root.get('list').set(`k${i}`, LiveMap.create({ i, n: LiveCounter.create(i) }))));
    await Promise.all(range(50).map((i) => ada.root.get('list').remove(`k${i}`)));
    await ada.root.get('n').increment(2);
    const state = seen(ada.root);
    assert.ok((await inMemory()) > before);
    await clients.closeOne(ada.client);
    await until(async () => (await inMemory()) <= before, 'the channel to leave memory', 120_000, 500);
    const { object } = clients.rest(WITH_OBJECTS).channels.get(name);
    assert.deepEqual(await object.get(), state);
    const late = await joined(clients, name);
    assert.deepEqual(seen(late.root), state);
    await late.root.get('n').increment(1);
    await agree([(await joined(clients, name)).root], { ...state, n: 8 });
    t.diagnostic(`${Object.keys(state.list).length} of 200 maps, with a counter each`);
  }, { timeout: 180_000 });
});
