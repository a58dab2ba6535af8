// Shared objects by the SDK: maps and counters that several clients change and all see alike.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { unique } from '../lib/clients.mjs';
import { bytes, range } from '../lib/inbox.mjs';
import { jwt } from '../lib/jwt.mjs';
import { agree, attachedWith, joined, LiveCounter, LiveMap, op, rootOf, seen, WITH_OBJECTS } from '../lib/objects.mjs';
import { ACTION } from '../lib/raw.mjs';
import { inBothFormats, inEveryWay, serverForAll } from '../lib/rig.mjs';
import { Inbox, inState, nextEvent, rejection, until } from '../lib/wait.mjs';

/** What comes to a subscriber of a path, as [action, path]. */
function eventsOf(path) {
  const inbox = new Inbox();
  path.subscribe(({ object, message }) => inbox.add([message?.operation.action, object.path(), message]));
  return inbox;
}

describe('objects', { concurrency: 4 }, () => {
  const rig = serverForAll();

  inEveryWay(rig, 'a map holds values of every kind, for who sets them and everybody else', async ({ clients }) => {
    const name = unique('values');
    const [ada, bob] = [await joined(clients, name, { clientId: 'ada' }), await joined(clients, name)];
    assert.deepEqual(seen(bob.root), {});
    const values = {
      text: 'ünïcode 🫖', empty: '', number: 0.1, zero: 0, large: Number.MAX_SAFE_INTEGER, small: -Number.MAX_SAFE_INTEGER, yes: true, no: false,
      object: { a: [1, { b: null }], c: '' }, list: ['a', 2, false], 'a.b': 'a key with a dot', bytes: bytes(0, 255, 1), none: Buffer.alloc(0),
    };
    for (const [key, value] of Object.entries(values)) await ada.root.set(key, value);
    const expected = { ...values, bytes: bytes(0, 255, 1).toString('base64'), none: '' };
    assert.deepEqual(seen(ada.root), expected);
    await agree([bob.root], expected);
    assert.deepEqual(Buffer.from(bob.root.get('bytes').value()), bytes(0, 255, 1));
    await bob.root.remove('text');
    await bob.root.remove('never there');
    const { text: _, ...rest } = expected;
    await agree([ada.root, bob.root], rest);
    await ada.root.set('text', 'again');
    await agree([ada.root, bob.root], { ...rest, text: 'again' });
  });

  inEveryWay(rig, 'counters add up, whoever counts', async ({ clients, t }) => {
    const name = unique('counters');
    const all = [await joined(clients, name), await joined(clients, name), await joined(clients, name)];
    await all[0].root.set('votes', LiveCounter.create(10));
    await agree(all.map(({ root }) => root), { votes: 10 });
    const counted = range(60).map((i) => (i % 3 === 0 ? -i : i * 0.5));
    await Promise.all(counted.map((n, i) => all[i % 3].root.get('votes').increment(n)));
    const sum = counted.reduce((a, b) => a + b, 10);
    await agree(all.map(({ root }) => root), { votes: sum });
    await all[1].root.get('votes').decrement(sum);
    await agree(all.map(({ root }) => root), { votes: 0 });
    await agree([(await joined(clients, name)).root], { votes: 0 });
    t.diagnostic(`${counted.length + 1} increments, sum ${sum}`);
  });

  inEveryWay(rig, 'objects are made inside each other in one go', async ({ clients }) => {
    const name = unique('nested');
    const [ada, bob] = [await joined(clients, name), await joined(clients, name)];
    await ada.root.set('game', LiveMap.create({
      title: 'chess',
      score: LiveCounter.create(3),
      players: LiveMap.create({ white: LiveMap.create({ name: 'ada', moves: LiveCounter.create() }), black: LiveMap.create() }),
    }));
    const made = { title: 'chess', score: 3, players: { white: { name: 'ada', moves: 0 }, black: {} } };
    assert.deepEqual(seen(ada.root), { game: made });
    await agree([bob.root], { game: made });
    await bob.root.at('game.players.white.moves').increment(2);
    await bob.root.at('game.players.black').set('name', 'bob');
    await bob.root.get('game').remove('title');
    await agree([ada.root, bob.root, (await joined(clients, name)).root], {
      game: { score: 3, players: { white: { name: 'ada', moves: 2 }, black: { name: 'bob' } } },
    });
  });

  inEveryWay(rig, 'one object stands in two places, and a cycle is told as one', async ({ clients, raw }) => {
    const name = unique('graph');
    const [ada, bob] = [await joined(clients, name), await joined(clients, name)];
    await ada.root.set('a', LiveMap.create({ n: LiveCounter.create(1) }));
    const { id } = ada.root.get('a').instance();
    // The SDK makes objects where they stand; references to others come by the frame.
    const one = await raw.connected();
    assert.equal((await one.operate(name, op.refer('root', 'b', id), op.refer(id, 'self', id))).action, ACTION.ACK);
    // Where it stands for the second time it is told by its id.
    const both = (n) => ({ a: { n, self: { objectId: id } }, b: { objectId: id } });
    await agree([ada.root, bob.root], both(1));
    await bob.root.at('b.n').increment(4);
    await agree([ada.root, bob.root, (await joined(clients, name)).root], both(5));
    await ada.root.remove('a');
    await agree([ada.root, bob.root], { b: both(5).a });
  });

  inEveryWay(rig, 'a batch is one frame, and everybody sees all of it', async ({ clients, raw }) => {
    const name = unique('batch');
    const [ada, bob] = [await joined(clients, name), await joined(clients, name)];
    await ada.root.batch((root) => {
      root.set('n', LiveCounter.create(1));
      root.set('gone', 'x');
    });
    const watcher = await raw.connected();
    await attachedWith(watcher, name);
    await ada.root.batch((root) => {
      root.get('n').increment(2);
      root.remove('gone');
      root.set('more', LiveMap.create({ deep: LiveCounter.create(7) }));
    });
    assert.deepEqual(seen(ada.root), { n: 3, more: { deep: 7 } });
    await agree([bob.root], seen(ada.root));
    await watcher.next(ACTION.OBJECT);
    const frames = watcher.frames(ACTION.OBJECT, name);
    assert.deepEqual(frames.map(({ state }) => state.length), [5], 'one frame with the increment, the removal, two creations and the reference');
    assert.equal(new Set(frames[0].state.map(({ serial }) => serial)).size, 5, 'a serial for each');
    await assert.rejects(ada.root.batch((root) => {
      root.set('never', 1);
      throw new Error('changed my mind');
    }), /changed my mind/);
    await ada.root.set('after', true);
    await agree([bob.root], { n: 3, more: { deep: 7 }, after: true });
  });

  inEveryWay(rig, 'what one does is there once it is acknowledged, and not twice when it comes back', async ({ clients, raw }) => {
    const name = unique('ack');
    const { root } = await joined(clients, name);
    const watcher = await raw.connected();
    await attachedWith(watcher, name);
    await root.set('n', LiveCounter.create());
    const heard = eventsOf(root.get('n'));
    for (const i of range(20)) {
      await root.get('n').increment(2);
      assert.equal(root.get('n').value(), 2 * (i + 1), 'at its acknowledgement');
    }
    await until(() => watcher.frames(ACTION.OBJECT, name).length === 21, 'all to be told');
    // The publisher has been told everything when it hears of what another did afterwards.
    const other = await joined(clients, name);
    await other.root.set('last', 1);
    await until(() => root.get('last').value() === 1, 'what came later');
    assert.equal(root.get('n').value(), 40);
    assert.equal(heard.length, 20, 'each is told to a subscriber once');
    const [, , message] = heard.items[0];
    assert.ok(message.serial);
  });

  inEveryWay(rig, 'a change is told with what it was and who made it', async ({ clients }) => {
    const name = unique('events');
    const ada = await joined(clients, name, { clientId: 'ada' });
    const bob = await joined(clients, name);
    const events = eventsOf(bob.root);
    const began = Date.now();
    await ada.root.set('m', LiveMap.create());
    await ada.root.get('m').set('k', 'v');
    await ada.root.get('m').remove('k');
    await ada.root.set('n', LiveCounter.create(4));
    await ada.root.get('n').increment(3);
    await until(() => bob.root.get('n').value() === 7, 'the increment');
    const told = events.items.filter(([, path]) => path !== '').map(([action, path]) => `${action} ${path}`);
    assert.deepEqual(told.filter((line) => !line.includes('create')), ['map.set m', 'map.remove m', 'counter.inc n']);
    const [, , message] = events.items.find(([action]) => action === 'counter.inc');
    assert.equal(message.operation.counterInc.number, 3);
    assert.equal(message.clientId, 'ada');
    assert.equal(message.connectionId, ada.client.connection.id);
    assert.ok(message.serialTimestamp >= began - 5_000 && message.serialTimestamp <= Date.now() + 5_000, `at ${message.serialTimestamp}`);
    assert.match(message.id, /:0$/);
  });

  inEveryWay(rig, 'a map is cleared for everybody, and what comes afterwards stays', async ({ clients, raw }) => {
    const name = unique('clear');
    const [ada, bob] = [await joined(clients, name), await joined(clients, name)];
    await ada.root.set('m', LiveMap.create({ a: 1, b: 2 }));
    await ada.root.get('m').set('c', 3);
    await ada.root.set('stays', true);
    await agree([bob.root], { m: { a: 1, b: 2, c: 3 }, stays: true });
    const events = eventsOf(bob.root.get('m'));
    const one = await raw.connected();
    assert.equal((await one.operate(name, op.clear(ada.root.get('m').instance().id))).action, ACTION.ACK);
    await agree([ada.root, bob.root], { m: {}, stays: true });
    assert.deepEqual(events.items.at(-1).slice(0, 2), ['map.clear', 'm']);
    await bob.root.get('m').set('a', 'new');
    await agree([ada.root, bob.root, (await joined(clients, name)).root], { m: { a: 'new' }, stays: true });
    assert.equal((await one.operate(name, op.clear('root'))).action, ACTION.ACK);
    await agree([ada.root, bob.root], {});
    await agree([(await joined(clients, name)).root], {});
  });

  inEveryWay(rig, 'who comes later has the same state as who was there', async ({ clients, t }) => {
    const name = unique('late');
    const ada = await joined(clients, name);
    await ada.root.set('list', LiveMap.create());
    await ada.root.set('count', LiveCounter.create(100));
    await Promise.all(range(120).map((i) => ada.root.get('list').set(`k${i % 40}`, LiveMap.create({ i, n: LiveCounter.create(i) }))));
    await Promise.all(range(40).filter((i) => i % 5 === 0).map((i) => ada.root.get('list').remove(`k${i}`)));
    await ada.root.get('count').increment(1);
    const late = await joined(clients, name);
    await agree([late.root], seen(ada.root), 0);
    assert.equal(late.root.get('list').size(), 32);
    await late.root.get('list').set('k0', 'back');
    await agree([ada.root], seen(late.root));
    t.diagnostic(`${late.root.get('list').size()} of 40 keys after 120 sets and 8 removals`);
  });

  inEveryWay(rig, 'what is missed during a cut comes, what is done meanwhile goes, each once', async ({ clients, proxy }) => {
    const through = await proxy();
    const name = unique('cut');
    const [ada, bob] = [await joined(clients, name, { at: through }), await joined(clients, name)];
    await ada.root.set('n', LiveCounter.create());
    await agree([bob.root], { n: 0 });
    for (const i of range(4)) {
      const gone = nextEvent(ada.client.connection, 'disconnected');
      await through.refuse();
      await gone;
      const waiting = range(10).map(() => ada.root.get('n').increment(1));
      await Promise.all(range(10).map(() => bob.root.get('n').increment(100)));
      await bob.root.set(`round ${i}`, i);
      await through.accept();
      await Promise.all(waiting);
    }
    await agree([ada.root, bob.root, (await joined(clients, name)).root], { n: 4_040, ...Object.fromEntries(range(4).map((i) => [`round ${i}`, i])) });
  });

  inEveryWay(rig, 'leaving and coming back brings what happened meanwhile', async ({ clients }) => {
    const name = unique('back');
    const [ada, bob] = [await joined(clients, name), await joined(clients, name)];
    await ada.root.set('n', LiveCounter.create(1));
    await ada.root.set('old', 'x');
    await agree([bob.root], { n: 1, old: 'x' });
    await bob.channel.detach();
    await ada.root.get('n').increment(1);
    await ada.root.remove('old');
    await ada.root.set('new', 'y');
    await bob.channel.attach();
    await agree([bob.root], { n: 2, new: 'y' });
  });

  inEveryWay(rig, 'objects do not stand in history, are not rewound, and are not messages', async ({ clients }) => {
    const name = unique('apart');
    const ada = await joined(clients, name, {}, { modes: ['OBJECT_SUBSCRIBE', 'OBJECT_PUBLISH', 'PUBLISH', 'SUBSCRIBE'] });
    await ada.root.set('k', 'v');
    await ada.channel.publish('n', 'message');
    await ada.root.set('k', 'w');
    const { items } = await ada.channel.history();
    assert.deepEqual(items.map(({ data }) => data), ['message']);
    const late = (await clients.connected()).channels.get(name, { params: { rewind: '10' } });
    const inbox = new Inbox();
    await late.subscribe(inbox.add);
    await ada.channel.publish('n', 'second');
    await inbox.count(2);
    assert.deepEqual(inbox.items.map(({ data }) => data), ['message', 'second']);
  });

  inEveryWay(rig, 'who may only hear objects, or only change them, can do no more', async ({ clients }) => {
    const name = unique('rights');
    const owner = await joined(clients, name);
    await owner.root.set('k', 'v');
    const as = (...operations) => clients.connected({ ...WITH_OBJECTS, key: null, token: jwt({ capability: { [name]: operations } }) });
    const reader = await rootOf(await as('object-subscribe'), name);
    assert.deepEqual(seen(reader.root), { k: 'v' });
    assert.deepEqual(reader.channel.modes.map((mode) => mode.toUpperCase()), ['OBJECT_SUBSCRIBE']);
    assert.equal((await rejection((async () => reader.root.set('k', 'w'))())).code, 40024);
    const writer = (await as('object-publish')).channels.get(name, { modes: ['OBJECT_PUBLISH'] });
    await writer.attach();
    assert.equal((await rejection(writer.object.get())).code, 40024);
    const subscriber = await rootOf(await as('subscribe'), name, { modes: ['OBJECT_SUBSCRIBE'] });
    assert.deepEqual(seen(subscriber.root), { k: 'v' }, 'who may subscribe hears objects too');
    const stranger = (await as('publish')).channels.get(name, { modes: ['OBJECT_SUBSCRIBE'] });
    assert.equal((await rejection(stranger.attach())).code, 40160);
    const unasked = (await clients.connected(WITH_OBJECTS)).channels.get(name);
    await unasked.attach();
    assert.equal((await rejection(unasked.object.get())).code, 40024, 'the usual modes have none of objects');
  });

  inEveryWay(rig, 'a channel that was not attached to is attached for its objects', async ({ clients }) => {
    const client = await clients.connected(WITH_OBJECTS);
    const { channel, root } = await rootOf(client, unique('implicit'));
    await inState(channel, 'attached');
    assert.deepEqual(seen(root), {});
  });
});

const run = promisify(execFile);
const LATECOMERS = fileURLToPath(new URL('../lib/latecomers.mjs', import.meta.url));
const ENTRIES = 10_000;
const A_FRAME = 250;
/** How long what somebody says on the channel may take while a large state goes to somebody else. */
const PROMPT_MS = 1_000;

describe('many objects', () => {
  const rig = serverForAll();

  inBothFormats(rig, 'ten thousand entries come in pages, and the channel is prompt for others meanwhile', async ({ clients, raw, server, t, useBinaryProtocol }) => {
    const name = unique('many');
    const writer = await raw.connected();
    const frames = range(ENTRIES / A_FRAME).map((f) => range(A_FRAME, f * A_FRAME).map((i) => op.set('root', `key-${i}`, { string: `value ${i}` })));
    for (const reply of await Promise.all(frames.map((frame) => writer.operate(name, ...frame)))) assert.equal(reply.action, ACTION.ACK, JSON.stringify(reply.error));
    const talk = async () => {
      const channel = (await clients.connected()).channels.get(name);
      const inbox = new Inbox();
      await channel.subscribe(inbox.add);
      const taken = [];
      return {
        taken,
        async until(done) {
          for (let i = 0; !done(); i++) {
            const began = performance.now();
            await channel.publish('tick', `${i}`);
            await inbox.count(i + 1);
            taken.push(performance.now() - began);
          }
        },
      };
    };
    const talker = await talk();
    let late;
    const latecomers = run(process.execPath, [LATECOMERS, JSON.stringify({ port: server.port, binary: useBinaryProtocol, name, clients: 4 })]).then(({ stdout }) => (late = JSON.parse(stdout)));
    await Promise.all([latecomers, talker.until(() => late)]);
    assert.deepEqual(late.sizes, range(4).map(() => ENTRIES));
    const watcher = await raw.connected();
    const { pages, objects } = await attachedWith(watcher, name);
    const entries = Object.keys(objects.get('root').map.entries).length;
    assert.equal(entries, ENTRIES);
    assert.ok(pages.length > 1, `${pages.length} pages`);
    const largest = Math.max(...pages.map((page) => JSON.stringify(page).length));
    assert.ok(largest <= 524_288, `a page of ${largest} bytes`);
    assert.ok(talker.taken.length > 0 && Math.max(...talker.taken) < PROMPT_MS, `others waited up to ${Math.max(...talker.taken)} ms`);
    t.diagnostic(`${useBinaryProtocol ? 'MessagePack' : 'JSON'}: ${entries} entries in ${pages.length} pages, 4 clients had them after ${late.ms} ms; ${talker.taken.length} messages meanwhile, slowest ${Math.round(Math.max(...talker.taken))} ms`);
  });
});
