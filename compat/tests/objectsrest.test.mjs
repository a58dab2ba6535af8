// Objects over REST: read whole or in part, compact or full, and changed by id, by path and in bulk.
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { describe } from 'node:test';
import { unique } from '../lib/clients.mjs';
import { configArgs } from '../lib/config.mjs';
import { allPages, bytes, range } from '../lib/inbox.mjs';
import { jwt } from '../lib/jwt.mjs';
import { joined, LiveCounter, LiveMap, objectIdOf, seen, WITH_OBJECTS } from '../lib/objects.mjs';
import { inBothFormats, once, serverForAll } from '../lib/rig.mjs';
import { rejection, until } from '../lib/wait.mjs';

const LWW = 'lww';
const objectOf = (clients, name, options) => clients.rest({ ...WITH_OBJECTS, ...options }).channels.get(name).object;
const pathOf = (name, last = 'object') => `/channels/${encodeURIComponent(name)}/${last}`;

/** Posts a body as it is, and answers with the first item of a success or with the error. */
async function post(rest, path, body, version = 3) {
  const answer = await rest.request('post', path, version, null, body, null);
  return answer.success ? { status: answer.statusCode, ...answer.items[0] } : { status: answer.statusCode, code: answer.errorCode };
}

async function refused(promise, code, status = 400) {
  const error = await rejection(promise);
  assert.deepEqual([error.code, error.statusCode], [code, status], error.message);
}

/** { title, score: 3, players: { white: { moves: 0 }, 'b.w': {} }, raw: bytes, json } by the SDK, over a connection. */
async function filled(clients, name) {
  const ada = await joined(clients, name);
  await ada.root.batch((root) => {
    root.set('title', 'chess');
    root.set('score', LiveCounter.create(1));
    root.set('players', LiveMap.create({ white: LiveMap.create({ moves: LiveCounter.create() }), 'b.w': LiveMap.create() }));
    root.set('raw', bytes(0, 255));
    root.set('json', { a: [1, null] });
    root.set('no', false);
    root.set('empty', '');
  });
  await ada.root.get('score').increment(2);
  return ada;
}

/** A socket that asks and does not read what is answered. */
const unreadSocket = (port, request) =>
  new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' }, () => socket.write(request, () => resolve(socket)));
    socket.pause().on('error', reject);
  });

describe('objects over REST', { concurrency: 4 }, () => {
  const rig = serverForAll({ args: configArgs() });

  inBothFormats(rig, 'are read compact: maps as objects, counters as numbers', async ({ clients, useBinaryProtocol }) => {
    const name = unique('compact');
    await filled(clients, name);
    const object = objectOf(clients, name);
    const all = await object.get();
    const raw = useBinaryProtocol ? bytes(0, 255) : bytes(0, 255).toString('base64');
    assert.deepEqual({ ...all, raw: useBinaryProtocol ? Buffer.from(all.raw) : all.raw }, {
      title: 'chess', score: 3, players: { white: { moves: 0 }, 'b.w': {} }, raw, json: '{"a":[1,null]}', no: false, empty: '',
    });
    assert.equal(await object.get({ path: 'title' }), 'chess');
    assert.equal(await object.get({ path: 'score' }), 3);
    assert.equal(await object.get({ path: 'no' }), false);
    assert.equal(await object.get({ path: 'json' }), '{"a":[1,null]}');
    assert.equal(await object.get({ path: 'players.white.moves' }), 0);
    assert.deepEqual(await object.get({ path: 'players' }), { white: { moves: 0 }, 'b.w': {} });
    assert.deepEqual(await object.get({ path: 'players.b\\.w' }), {}, 'a dot in a key is escaped');
    assert.deepEqual(await objectOf(clients, unique('nothing')).get(), {}, 'a channel without objects has an empty root');
  });

  inBothFormats(rig, 'are read full: ids, types and kinds of values', async ({ clients }) => {
    const name = unique('full');
    const ada = await filled(clients, name);
    const object = objectOf(clients, name);
    const all = await object.get({ compact: false });
    assert.equal(all.objectId, 'root');
    assert.equal(all.map.semantics, LWW);
    const { entries } = all.map;
    assert.deepEqual(entries.title.data, { string: 'chess' });
    assert.deepEqual(entries.no.data, { boolean: false });
    assert.deepEqual(entries.json.data, { json: { a: [1, null] } });
    assert.deepEqual(Buffer.from(entries.raw.data.bytes), bytes(0, 255));
    const score = ada.root.get('score').instance().id;
    assert.deepEqual(entries.score.data, { objectId: score, counter: { data: { number: 3 } } });
    const players = entries.players.data;
    assert.equal(players.objectId, ada.root.get('players').instance().id);
    assert.deepEqual(players.map.entries.white.data.map.entries.moves.data.counter.data, { number: 0 });
    assert.deepEqual(await object.get({ path: 'title', compact: false }), { string: 'chess' });
    assert.deepEqual(await object.get({ objectId: score, compact: false }), { objectId: score, counter: { data: { number: 3 } } });
    assert.equal((await object.get({ objectId: players.objectId, path: 'white.moves', compact: false })).counter.data.number, 0);
    assert.equal(await object.get({ objectId: players.objectId, path: 'white.moves' }), 0);
    assert.deepEqual((await objectOf(clients, unique('nothing')).get({ compact: false })).map.entries, {});
  });

  inBothFormats(rig, 'in a cycle come to an end', async ({ clients }) => {
    const name = unique('cycle');
    const ada = await joined(clients, name);
    await ada.root.set('m', LiveMap.create({ n: 1 }));
    const { id } = ada.root.get('m').instance();
    const object = objectOf(clients, name);
    await object.publish({ path: 'm', mapSet: { key: 'self', value: { objectId: id } } });
    assert.deepEqual(await object.get(), { m: { n: 1, self: { objectId: id } } });
    const full = await object.get({ compact: false });
    assert.deepEqual(full.map.entries.m.data.map.entries.self.data, { objectId: id });
  });

  inBothFormats(rig, 'that are not there are told as such', async ({ clients }) => {
    const name = unique('missing');
    await filled(clients, name);
    const object = objectOf(clients, name);
    await refused(object.get({ objectId: objectIdOf('map', '{}', 'x') }), 92004, 404);
    assert.equal((await rejection(object.get({ objectId: 'nonsense' }))).statusCode >= 400, true);
    for (const path of ['nowhere', 'title.x', 'score.x', 'players.white.gone']) {
      const error = await rejection(object.get({ path }));
      assert.equal(error.code, 92005, `${path}: ${error.message}`);
      assert.ok([400, 404].includes(error.statusCode));
    }
  });

  inBothFormats(rig, 'are changed by id', async ({ clients }) => {
    const name = unique('by-id');
    const { root } = await joined(clients, name);
    const object = objectOf(clients, name);
    const values = { s: { string: 'x' }, n: { number: 4.5 }, b: { boolean: true }, r: { bytes: bytes(1, 2) }, j: { json: ['a'] } };
    for (const [key, value] of Object.entries(values)) {
      const result = await object.publish({ objectId: 'root', mapSet: { key, value } });
      assert.equal(result.channel, name);
      assert.ok(result.messageId.length > 0);
      assert.deepEqual(result.objectIds, ['root']);
    }
    const made = await object.publish({ counterCreate: { count: 40 } });
    const [counter] = made.objectIds;
    assert.match(counter, /^counter:[\w-]+@\d+$/);
    await object.publish({ objectId: counter, counterInc: { number: 2 } });
    await object.publish({ objectId: 'root', mapSet: { key: 'c', value: { objectId: counter } } });
    await object.publish({ objectId: 'root', mapRemove: { key: 'b' } });
    const expected = { s: 'x', n: 4.5, r: bytes(1, 2).toString('base64'), j: ['a'], c: 42 };
    await until(() => Object.keys(seen(root)).length === 5 && !root.get('b').value(), 'all of it over a connection');
    assert.deepEqual(seen(root), expected);
    assert.equal(await object.get({ path: 'c' }), 42);
  });

  inBothFormats(rig, 'are changed and made by path, with stars for a whole level', async ({ clients }) => {
    const name = unique('by-path');
    const { root } = await joined(clients, name);
    const object = objectOf(clients, name);
    const make = (path, entries = {}) => object.publish({ path, mapCreate: { semantics: LWW, entries } });
    const made = await make('polls');
    assert.equal(made.objectIds.length, 2, 'the object and the map it stands in');
    assert.match(made.objectIds[0], /^map:/);
    assert.equal(made.objectIds[1], 'root');
    await make('polls.first', { question: { data: { string: 'tea?' } } });
    await make('polls.second');
    for (const path of ['polls.first.yes', 'polls.first.no', 'polls.second.yes']) await object.publish({ path, counterCreate: { count: 1 } });
    await object.publish({ path: 'polls.first.yes', counterInc: { number: 10 } });
    const all = await object.publish({ path: 'polls.*.yes', counterInc: { number: 100 } });
    assert.equal(all.objectIds.length, 2);
    await object.publish({ path: 'polls.*', mapSet: { key: 'open', value: { boolean: true } } });
    await object.publish({ path: 'polls.first', mapRemove: { key: 'question' } });
    await make('a\\.b');
    await object.publish({ path: 'a\\.b', mapSet: { key: 'k', value: { string: 'v' } } });
    const expected = { polls: { first: { yes: 111, no: 1, open: true }, second: { yes: 101, open: true } }, 'a.b': { k: 'v' } };
    assert.deepEqual(await object.get(), expected);
    await until(() => root.at('a\\.b.k').value() === 'v', 'the last of it over a connection');
    assert.deepEqual(seen(root), expected);
    await object.publish({ path: 'polls.*', mapRemove: { key: 'open' } });
    await object.publish({ path: '*.first.*', counterInc: { number: 1 } });
    assert.deepEqual(await object.get({ path: 'polls' }), { first: { yes: 112, no: 2 }, second: { yes: 101 } });
  });

  inBothFormats(rig, 'are made under ids that clients have made', async ({ clients }) => {
    const name = unique('own-id');
    const object = objectOf(clients, name);
    const map = await object.generateObjectId({ mapCreate: { semantics: LWW, entries: { k: { data: { string: 'v' } } } } });
    const counter = await object.generateObjectId({ counterCreate: { count: 9 } });
    for (const [one, kind] of [[map, 'mapCreateWithObjectId'], [counter, 'counterCreateWithObjectId']]) {
      const { objectId, initialValue, nonce } = one;
      assert.deepEqual((await object.publish({ objectId, [kind]: { initialValue, nonce } })).objectIds, [objectId]);
      await refused(object.publish({ objectId, [kind]: { initialValue, nonce: `${nonce}x` } }), 92000);
    }
    assert.deepEqual(await object.get({ objectId: map.objectId }), { k: 'v' });
    assert.equal(await object.get({ objectId: counter.objectId }), 9);
  });

  inBothFormats(rig, 'are changed several at once, whole or not at all', async ({ clients }) => {
    const name = unique('array');
    const { root } = await joined(clients, name);
    const object = objectOf(clients, name);
    const set = (key, value) => ({ objectId: 'root', mapSet: { key, value } });
    await object.publish([set('a', { number: 1 }), { path: 'n', counterCreate: { count: 1 } }, set('b', { number: 2 })]);
    assert.deepEqual(await object.get(), { a: 1, n: 1, b: 2 });
    const bad = await rejection(object.publish([set('c', { number: 3 }), { objectId: 'counter:nonsense', counterInc: { number: 1 } }]));
    assert.equal(bad.code, 92000);
    await refused(object.publish([set('c', { number: 3 }), { path: 'nowhere', counterInc: { number: 1 } }]), 92005);
    assert.deepEqual(await object.get(), { a: 1, n: 1, b: 2 });
    await until(() => root.get('b').value() === 2, 'it over a connection');
    assert.deepEqual(seen(root), { a: 1, n: 1, b: 2 });
  });

  inBothFormats(rig, 'with an id that comes again are changed once and answered alike', async ({ clients, t }) => {
    const name = unique('idempotent');
    const object = objectOf(clients, name);
    await object.publish({ path: 'n', counterCreate: { count: 0 } });
    const id = unique('once');
    const answers = await Promise.all(range(5).map(() => object.publish({ id, path: 'n', counterInc: { number: 10 } })));
    assert.deepEqual(new Set(answers.map(({ messageId }) => messageId)).size, 1);
    assert.equal(await object.get({ path: 'n' }), 10);
    const base = unique('many');
    const batch = () => object.publish(range(3).map((i) => ({ id: `${base}:${i}`, path: 'n', counterInc: { number: 100 } })));
    await batch();
    await batch();
    assert.equal(await object.get({ path: 'n' }), 310);
    assert.equal((await rejection(object.publish(range(2).map((i) => ({ id: `${base}:${i + 5}`, path: 'n', counterInc: { number: 1 } }))))).statusCode, 400);
    assert.equal(await object.get({ path: 'n' }), 310);
    t.diagnostic(`${answers.length + 2} requests, 310 counted`);
  });

  inBothFormats(rig, 'are changed by bodies of the older form, by either path', async ({ clients }) => {
    const name = unique('older');
    const rest = clients.rest(WITH_OBJECTS);
    const send = (body) => post(rest, pathOf(name, 'objects'), body);
    const counter = await send({ operation: 'COUNTER_CREATE', data: { number: 5 } });
    assert.match(counter.objectIds[0], /^counter:/, JSON.stringify(counter));
    const map = await send({ operation: 'MAP_CREATE', data: { k: { string: 'v' }, n: { number: 1 } } });
    const [c, m] = [counter.objectIds[0], map.objectIds[0]];
    await send({ operation: 'MAP_SET', objectId: 'root', data: { key: 'c', value: { objectId: c } } });
    await send({ operation: 'MAP_SET', objectId: 'root', data: { key: 'm', value: { objectId: m } } });
    await send({ operation: 'COUNTER_INC', objectId: c, data: { number: 2 } });
    await send({ operation: 'COUNTER_INC', path: 'c', data: { number: 10 } });
    await send({ operation: 'MAP_REMOVE', objectId: m, data: { key: 'k' } });
    const placed = await send({ operation: 'MAP_CREATE', path: 'm.inner', data: { x: { boolean: true } } });
    assert.match(placed.objectIds[0], /^map:/, JSON.stringify(placed));
    await post(rest, pathOf(name), { objectId: 'root', mapSet: { key: 'new', value: { number: 1 } } });
    await post(rest, pathOf(name, 'objects'), { objectId: 'root', mapSet: { key: 'both', value: { number: 2 } } });
    const expected = { c: 17, m: { n: 1, inner: { x: true } }, new: 1, both: 2 };
    assert.deepEqual(await objectOf(clients, name).get(), expected);
    const [all] = (await rest.request('get', pathOf(name), 6, { compact: 'true' }, null, null)).items;
    assert.deepEqual(all, expected);
  });

  inBothFormats(rig, 'are listed one by one, page by page', async ({ clients }) => {
    const name = unique('list');
    const ada = await filled(clients, name);
    const rest = clients.rest(WITH_OBJECTS);
    const ids = ['score', 'players', 'players.white', 'players.b\\.w', 'players.white.moves'].map((path) => ada.root.at(path).instance().id);
    const { items, sizes } = await allPages(await rest.request('get', pathOf(name, 'objects'), 3, { limit: 2 }, null, null));
    assert.deepEqual([...items].sort(), [...ids, 'root'].sort());
    assert.ok(sizes.length >= 3 && sizes.every((size) => size <= 2), `${sizes}`);
    const whole = (await rest.request('get', pathOf(name, 'objects'), 3, { values: 'true' }, null, null)).items;
    const score = whole.find(({ objectId }) => objectId === ids[0]);
    assert.deepEqual(score.counter.data, { number: 3 });
    assert.deepEqual(whole.find(({ objectId }) => objectId === 'root').map.entries.score.data, { objectId: ids[0] });
  });

  inBothFormats(rig, 'that cannot be changed so are refused, each with its code', async ({ clients }) => {
    const name = unique('refused');
    await filled(clients, name);
    const object = objectOf(clients, name);
    const rest = clients.rest(WITH_OBJECTS);
    const inc = { counterInc: { number: 1 } };
    const set = { mapSet: { key: 'k', value: { number: 1 } } };
    await refused(object.publish(inc), 92006);
    await refused(object.publish(set), 92006);
    await refused(object.publish({ path: 'nowhere', ...inc }), 92005);
    await refused(object.publish({ path: 'players.*.nowhere', ...set }), 92005);
    await refused(object.publish({ path: 'players', ...inc }), 92007);
    await refused(object.publish({ path: 'score', ...set }), 92007);
    await refused(object.publish({ path: 'title', ...set }), 92007);
    await refused(object.publish({ path: 'players.*', counterCreate: { count: 1 } }), 92007);
    for (const body of [{}, [], 'text', { objectId: 'root' }, { objectId: 'root', mapSet: { key: 'k' } }, { objectId: 'root', mapSet: { key: 'k', value: {} } },
      { objectId: 'root', ...set, counterInc: { number: 1 } }, { objectId: 'counter:nonsense', ...inc }, { objectId: objectIdOf('counter', '{}', 'x'), counterInc: { number: 'x' } },
      { operation: 'NONSENSE', objectId: 'root', data: {} }, { operation: 'COUNTER_INC', objectId: objectIdOf('counter', '{}', 'x') }]) {
      const answer = await post(rest, pathOf(name), body);
      assert.equal(answer.status, 400, `${JSON.stringify(body)}: ${JSON.stringify(answer)}`);
      assert.ok((answer.code >= 92000 && answer.code <= 92008) || (answer.code >= 40000 && answer.code < 40100), `${JSON.stringify(body)}: ${answer.code}`);
    }
    const large = await rejection(object.publish({ objectId: 'root', mapSet: { key: 'k', value: { string: 'x'.repeat(70_000) } } }));
    assert.ok([40009, 92001].includes(large.code), `${large.code}`);
    assert.deepEqual(Object.keys(await object.get()).sort(), ['empty', 'json', 'no', 'players', 'raw', 'score', 'title']);
  });

  inBothFormats(rig, 'need the rights that objects have', async ({ clients }) => {
    const name = unique('rights');
    const as = (...operations) => objectOf(clients, name, { token: jwt({ capability: { [name]: operations } }) });
    const set = { objectId: 'root', mapSet: { key: 'k', value: { number: 1 } } };
    const [reader, writer, neither] = [as('object-subscribe'), as('object-publish'), as('publish', 'history')];
    await writer.publish(set);
    assert.deepEqual(await reader.get(), { k: 1 });
    await refused(reader.publish(set), 40160, 401);
    await refused(writer.get(), 40160, 401);
    await refused(neither.publish(set), 40160, 401);
    await refused(neither.get(), 40160, 401);
  });

  once(rig, 'are answered in the format that is asked for', async ({ clients, server }) => {
    const name = unique('format');
    await objectOf(clients, name).publish({ objectId: 'root', mapSet: { key: 'k', value: { string: 'v' } } });
    for (const type of ['application/json', 'application/x-msgpack']) {
      const answer = await fetch(`${server.url}${pathOf(name)}?key=app.key:secret`, { headers: { Accept: type } });
      assert.deepEqual([answer.status, answer.headers.get('content-type')], [200, type]);
      const missing = await fetch(`${server.url}${pathOf(name)}?key=app.key:secret&path=x`, { headers: { Accept: type } });
      assert.equal(missing.headers.get('content-type'), type);
    }
  });

  // Each of them is megabytes, and nobody reads it: neither the memory nor the others may pay for that.
  once(rig, 'that are large hold nobody up who asks for something else, though their readers do not read', async ({ clients, server }) => {
    const name = unique('large');
    const rest = clients.rest(WITH_OBJECTS);
    for (const part of range(12)) {
      const body = range(8).map((i) => ({ path: '', mapSet: { key: `k${part}-${i}`, value: { string: 'x'.repeat(7_000) } } }));
      assert.equal((await post(rest, pathOf(name), body)).status, 201);
    }
    const head = `GET ${pathOf(name)} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic ${Buffer.from(server.key).toString('base64')}\r\n\r\n`;
    const sockets = await Promise.all(range(150).map(() => unreadSocket(server.port, head)));
    try {
      const other = rest.channels.get(unique('other'));
      const began = performance.now();
      for (const i of range(5)) await other.publish('n', String(i));
      assert.ok(performance.now() - began < 8_000, `${performance.now() - began} ms`);
      assert.equal((await rest.channels.get(name).object.get({ path: 'k0-0' })).length, 7_000);
    } finally {
      sockets.forEach((socket) => socket.destroy());
    }
  });
});
