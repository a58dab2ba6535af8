// The REST interface through the SDK's client and by bare requests.
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { pack, unpack } from '../lib/rawws.mjs';
import { unique } from '../lib/clients.mjs';
import { allPages, bytes, dataOf, inboxOf, range } from '../lib/inbox.mjs';
import { jwt } from '../lib/jwt.mjs';
import { inBothFormats, once, serverForAll } from '../lib/rig.mjs';
import { rejection } from '../lib/wait.mjs';

const BASIC = { Authorization: `Basic ${Buffer.from('app.key:secret').toString('base64')}` };
const MSGPACK = 'application/x-msgpack';

/** A bare request; the body is decoded by its Content-Type. */
async function raw(server, path, { headers = {}, ...init } = {}) {
  const response = await fetch(server.url + path, { ...init, headers: { ...BASIC, ...headers } });
  const body = Buffer.from(await response.arrayBuffer());
  const type = response.headers.get('content-type');
  const decoded = body.length === 0 ? undefined : type === MSGPACK ? unpack(body) : JSON.parse(String(body));
  return { status: response.status, type, headers: response.headers, body: decoded };
}

const messagesOf = (name) => `/channels/${encodeURIComponent(name)}/messages`;

describe('REST', { concurrency: 4 }, () => {
  const rig = serverForAll();

  inBothFormats(rig, 'tells the time', async ({ clients }) => {
    assert.ok(Math.abs((await clients.rest().time()) - Date.now()) < 60_000);
  });

  inBothFormats(rig, 'publishes one message or many, seen live and in history', async ({ clients }) => {
    const name = unique('rest');
    const inbox = await inboxOf((await clients.connected()).channels.get(name));
    const channel = clients.rest({ clientId: 'ada' }).channels.get(name);
    const one = await channel.publish('n', 'text');
    const many = await channel.publish([{ name: 'n', data: { a: 1 }, extras: { headers: { k: 'v' } } }, { name: 'n', data: bytes(1, 2) }]);
    await inbox.count(3);
    assert.deepEqual(inbox.items.map((m) => m.serial), [...one.serials, ...many.serials]);
    assert.ok(inbox.items.every((m) => m.clientId === 'ada' && !m.connectionId));
    assert.deepEqual(inbox.items[1].data, { a: 1 });
    assert.deepEqual(inbox.items[1].extras, { headers: { k: 'v' } });
    assert.ok(bytes(1, 2).equals(Buffer.from(inbox.items[2].data)));
    const { items } = await channel.history({ direction: 'forwards' });
    assert.deepEqual(items.map((m) => m.id), inbox.items.map((m) => m.id));
  });

  inBothFormats(rig, 'publishes on behalf of a connection', async ({ clients }) => {
    const client = await clients.connected({ clientId: 'ada' });
    const name = unique('behalf');
    const inbox = await inboxOf(client.channels.get(name));
    const channel = clients.rest().channels.get(name);
    await channel.publish({ name: 'n', data: 'x', connectionKey: client.connection.key });
    const [message] = await inbox.count(1);
    assert.equal(message.connectionId, client.connection.id);
    assert.equal(message.clientId, 'ada');
    const error = await rejection(channel.publish({ name: 'n', connectionKey: 'nobody' }));
    assert.ok(error.code >= 40000 && error.code < 50000);
  });

  inBothFormats(rig, 'gets, updates, appends to, deletes and lists versions of a message', async ({ clients }) => {
    const name = unique('mutate');
    const channel = clients.rest().channels.get(name);
    const inbox = await inboxOf((await clients.connected()).channels.get(name));
    const { serials } = await channel.publish('n', 'a');
    const appended = await channel.appendMessage({ serial: serials[0], data: 'b' });
    assert.equal((await channel.getMessage(serials[0])).data, 'ab');
    const updated = await channel.updateMessage({ serial: serials[0], data: 'c' }, { description: 'because' });
    assert.ok(updated.versionSerial > appended.versionSerial && appended.versionSerial > serials[0]);
    const latest = await channel.getMessage(serials[0]);
    assert.deepEqual([latest.data, latest.version.description, latest.version.serial], ['c', 'because', updated.versionSerial]);
    await channel.deleteMessage({ serial: serials[0] });
    await inbox.count(4);
    assert.deepEqual(inbox.items.map((m) => m.action), ['message.create', 'message.append', 'message.update', 'message.delete']);
    assert.ok((await channel.getMessageVersions(serials[0])).items.length >= 2);
    assert.equal((await rejection(channel.getMessage('no-such-serial'))).statusCode, 404);
  });

  inBothFormats(rig, 'lists presence and its history', async ({ clients }) => {
    const name = unique('presence');
    const client = await clients.connected();
    const channel = client.channels.get(name);
    const members = ['ada', 'bob', 'cy'];
    for (const member of members) await channel.presence.enterClient(member, { is: member });
    await channel.presence.updateClient('bob', bytes(9));
    const rest = clients.rest().channels.get(name);
    const all = await allPages(await rest.presence.get({ limit: 2 }));
    assert.deepEqual(all.items.map((m) => m.clientId).sort(), members);
    assert.ok(all.items.every((m) => m.action === 'present' && m.connectionId === client.connection.id));
    const [bob] = (await rest.presence.get({ clientId: 'bob' })).items;
    assert.ok(bytes(9).equals(Buffer.from(bob.data)));
    assert.equal((await rest.presence.get({ connectionId: 'other' })).items.length, 0);
    await channel.presence.leaveClient('cy', 'bye');
    const history = await allPages(await rest.presence.history({ direction: 'forwards', limit: 2 }));
    assert.deepEqual(history.items.map((m) => `${m.action} ${m.clientId}`), ['enter ada', 'enter bob', 'enter cy', 'update bob', 'leave cy']);
    assert.equal(history.items[4].data, 'bye');
  });

  inBothFormats(rig, 'issues tokens by request and by signed token request', async ({ clients }) => {
    const rest = clients.rest();
    const plain = await rest.auth.requestToken({ clientId: 'ada', ttl: 60_000 });
    assert.equal(plain.clientId, 'ada');
    assert.equal(plain.expires - plain.issued, 60_000);
    assert.deepEqual(JSON.parse(plain.capability), { '*': ['*'] });
    const signed = await rest.auth.createTokenRequest({ capability: JSON.stringify({ 'x:*': ['subscribe', 'publish'] }) });
    const details = await clients.rest({ authCallback: (_, done) => done(null, signed) }).auth.authorize();
    assert.deepEqual(JSON.parse(details.capability), { 'x:*': ['publish', 'subscribe'] });
    const forged = await rest.auth.createTokenRequest({});
    const refused = await rejection(rest.request('post', '/keys/app.key/requestToken', 3, {}, { ...forged, mac: 'AAAA' }, {}).then((r) => {
      if (!r.success) throw Object.assign(new Error(r.errorMessage), { statusCode: r.statusCode, code: r.errorCode });
    }));
    assert.equal(refused.statusCode, 401);
  });

  inBothFormats(rig, 'refuses wrong keys, unknown apps and unknown paths with codes', async ({ clients }) => {
    const history = (options) => rejection(clients.rest(options).channels.get('x').history());
    const wrong = await history({ key: 'app.key:wrong' });
    assert.deepEqual([wrong.statusCode, wrong.code], [401, 40101]);
    const unknown = await history({ key: 'nobody.key:secret' });
    assert.ok([401, 404].includes(unknown.statusCode));
    assert.ok([40400, 40101, 40005].includes(unknown.code), String(unknown.code));
    const path = await clients.rest().request('get', '/no/such/path', 3);
    assert.equal(path.statusCode, 404);
    assert.equal(path.errorCode, 40400);
  });

  inBothFormats(rig, 'answers custom requests with pages', async ({ clients }) => {
    const name = unique('request');
    const rest = clients.rest();
    const published = await rest.request('post', messagesOf(name), 3, {}, range(3).map((i) => ({ name: 'n', data: `${i}` })), {});
    assert.equal(published.statusCode, 201);
    assert.equal(published.items[0].channel, name);
    assert.ok(published.items[0].messageId.length > 0);
    assert.equal(published.items[0].serials.length, 3);
    const page = await rest.request('get', messagesOf(name), 3, { limit: 2 });
    assert.deepEqual(dataOf(page.items), ['2', '1']);
    const next = await page.next();
    assert.deepEqual(dataOf(next.items), ['0']);
    assert.equal(next.hasNext(), false);
  });

  inBothFormats(rig, 'content types are exact and links are relative', async ({ server, clients, useBinaryProtocol }) => {
    const name = unique('links');
    await clients.rest().channels.get(name).publish(range(3).map((i) => ({ name: 'n', data: `${i}` })));
    const type = useBinaryProtocol ? MSGPACK : 'application/json';
    const page = await raw(server, `${messagesOf(name)}?limit=2`, { headers: { Accept: type } });
    assert.deepEqual([page.status, page.type], [200, type]);
    assert.deepEqual(dataOf(page.body), ['2', '1']);
    const links = page.headers.get('link').split(/,\s*(?=<)/);
    for (const link of links) assert.match(link, /^<\.\/\w+\?[^>]*>;\s*rel="(first|next|current)"$/);
    assert.ok(links.some((link) => link.includes('rel="next"')));
    const error = await raw(server, messagesOf('[bad'), { headers: { Accept: type } });
    assert.deepEqual([error.status, error.type, error.body.error.code], [400, type, 40010]);
    assert.equal(error.headers.get('x-ably-errorcode'), '40010');
    const time = await raw(server, '/time', { headers: { Accept: type } });
    assert.equal(time.type, type);
    assert.equal(typeof time.body[0], 'number');
  });

  inBothFormats(rig, 'an envelope carries status, headers and body', async ({ server, clients, useBinaryProtocol }) => {
    const name = unique('envelope');
    await clients.rest().channels.get(name).publish(range(3).map((i) => ({ name: 'n', data: `${i}` })));
    const [envelope, type] = useBinaryProtocol ? ['msgpack', MSGPACK] : ['json', 'application/json'];
    const headers = { Accept: type };
    const page = await raw(server, `${messagesOf(name)}?limit=2&envelope=${envelope}`, { headers });
    assert.equal(page.status, 200);
    assert.equal(page.body.statusCode, 200);
    assert.deepEqual(dataOf(page.body.response), ['2', '1']);
    const link = Object.entries(page.body.headers).find(([key]) => key.toLowerCase() === 'link')[1];
    assert.match([link].flat().join(', '), /rel="next"/);
    const failed = await raw(server, `${messagesOf('[bad')}?envelope=${envelope}`, { headers });
    assert.equal(failed.status, 200);
    assert.equal(failed.body.statusCode, 400);
    assert.equal(failed.body.response.error.code, 40010);
  });

  once(rig, 'history is the same by either path and either bound name', async ({ server, clients }) => {
    const name = unique('alias');
    await clients.rest().channels.get(name).publish(range(3).map((i) => ({ name: 'n', data: `${i}` })));
    const by = async (path) => dataOf((await raw(server, path, { headers: { Accept: 'application/json' } })).body);
    assert.deepEqual(await by(messagesOf(name)), ['2', '1', '0']);
    assert.deepEqual(await by(`/channels/${name}/history`), ['2', '1', '0']);
    const client = await clients.connected();
    const channel = client.channels.get(name);
    await channel.attach();
    const serial = encodeURIComponent(channel.properties.attachSerial);
    await channel.publish('n', '3');
    assert.deepEqual(await by(`${messagesOf(name)}?from_serial=${serial}`), ['2', '1', '0']);
    assert.deepEqual(await by(`${messagesOf(name)}?fromSerial=${serial}`), ['2', '1', '0']);
  });

  once(rig, 'bodies may come and go in different formats', async ({ server }) => {
    const name = unique('mixed');
    const payload = bytes(1, 2, 255);
    const posted = await raw(server, messagesOf(name), {
      method: 'POST',
      headers: { 'Content-Type': MSGPACK, Accept: 'application/json' },
      body: pack([{ name: 'n', data: payload }]),
    });
    assert.deepEqual([posted.status, posted.type], [201, 'application/json']);
    const json = await raw(server, messagesOf(name), { headers: { Accept: 'application/json' } });
    assert.deepEqual([json.body[0].data, json.body[0].encoding], [payload.toString('base64'), 'base64']);
    const packed = await raw(server, messagesOf(name), { headers: { Accept: MSGPACK } });
    assert.ok(payload.equals(Buffer.from(packed.body[0].data)));
    assert.ok(!packed.body[0].encoding);
  });

  once(rig, 'browsers may call from any origin', async ({ server }) => {
    const origin = 'http://localhost:3000';
    const preflight = await fetch(server.url + messagesOf('x'), {
      method: 'OPTIONS',
      headers: { Origin: origin, 'Access-Control-Request-Method': 'PATCH', 'Access-Control-Request-Headers': 'authorization,x-ably-version' },
    });
    assert.ok(preflight.ok);
    assert.equal(preflight.headers.get('access-control-allow-origin'), origin);
    assert.match(preflight.headers.get('access-control-allow-methods'), /PATCH/);
    const response = await fetch(`${server.url}/time`, { headers: { Origin: origin } });
    assert.equal(response.headers.get('access-control-allow-origin'), origin);
    assert.equal(response.headers.get('access-control-allow-credentials'), 'true');
    const exposed = response.headers.get('access-control-expose-headers') ?? '';
    for (const name of [/link/i, /x-ably-errorcode/i, /x-ably-errormessage/i]) assert.match(exposed, name);
  });

  once(rig, 'health, readiness and metrics answer', async ({ server }) => {
    for (const path of ['/healthz', '/readyz', '/metrics']) {
      const response = await fetch(server.url + path);
      assert.equal(response.status, 200, path);
      await response.text();
    }
  });

  inBothFormats(rig, 'an error says in body and headers what happened, with the name of its request', async ({ server, useBinaryProtocol }) => {
    const type = useBinaryProtocol ? MSGPACK : 'application/json';
    const { status, headers, body } = await raw(server, `${messagesOf('[bad')}?request_id=mine`, { headers: { Accept: type } });
    const { error } = body;
    assert.deepEqual([status, error.code, error.statusCode, error.requestId], [400, 40010, 400, 'mine']);
    assert.deepEqual([headers.get('x-ably-errorcode'), headers.get('x-ably-errormessage')], ['40010', error.message]);
  });

  inBothFormats(rig, 'a refusal of credentials says which are wanted', async ({ server, useBinaryProtocol }) => {
    const wanted = async (auth) => {
      const headers = { Accept: useBinaryProtocol ? MSGPACK : 'application/json', ...(auth ? { Authorization: auth } : {}) };
      const response = await fetch(`${server.url}${messagesOf(unique('wanted'))}`, { headers });
      return [response.status, response.headers.get('www-authenticate')];
    };
    assert.deepEqual(await wanted(`Bearer ${jwt({ ttlMs: -5_000 })}`), [401, 'X-Ably-Token realm="ably", stale']);
    for (const auth of [null, `Bearer ${jwt({ secret: 'wrong' })}`, 'Bearer nonsense', `Basic ${Buffer.from('app.key:wrong').toString('base64')}`]) {
      assert.deepEqual(await wanted(auth), [401, 'X-Ably-Token realm="ably"'], String(auth));
    }
  });

  once(rig, 'the query may say what headers say', async ({ server }) => {
    const packed = await raw(server, '/time?format=msgpack', { headers: { Accept: 'application/json' } });
    assert.equal(packed.type, MSGPACK);
    const flat = await raw(server, '/presence?channels=a&v=2', { headers: { Accept: 'application/json' } });
    assert.deepEqual(flat.body, [{ channel: 'a', presence: [] }]);
    const keyed = await fetch(`${server.url}${messagesOf('x')}?key=app.key:secret&rnd=1`);
    assert.equal(keyed.status, 200);
  });

  once(rig, 'there is a page that shows the network works, for any origin', async ({ server }) => {
    const answer = await fetch(`${server.url}/is-the-internet-up.txt`, { headers: { Origin: 'http://page.example' } });
    assert.deepEqual([answer.status, (await answer.text()).trim()], [200, 'yes']);
    assert.equal(answer.headers.get('access-control-allow-origin'), 'http://page.example');
  });

  inBothFormats(rig, 'a message is changed by PATCH, and its paths refuse what is not there', async ({ clients }) => {
    const name = unique('patch/:🫖');
    const rest = clients.rest();
    const { serials: [serial] } = await rest.channels.get(name).publish('n', 'a');
    const path = `${messagesOf(name)}/${encodeURIComponent(serial)}`;
    const patched = await rest.request('patch', path, 6, null, { action: 1, data: 'b', version: { description: 'd', metadata: { k: 'v' } } }, null);
    assert.equal(patched.statusCode, 200);
    assert.ok(patched.items[0].versionSerial > serial);
    const [message] = (await rest.request('get', path, 6, null, null, null)).items;
    assert.deepEqual([message.data, message.serial, message.version.description, message.version.metadata], ['b', serial, 'd', { k: 'v' }]);
    const versions = await allPages(await rest.request('get', `${path}/versions`, 6, { limit: 1 }, null, null));
    assert.deepEqual([dataOf(versions.items), versions.sizes], [['a', 'b'], [1, 1]]);
    const annotated = await rest.request('post', `${path}/annotations`, 6, null, [{ type: 'n:total.v1' }], null);
    assert.equal(annotated.statusCode, 201);
    assert.equal((await rest.request('get', `${path}/annotations`, 6, { cursor: 'of/another' }, null, null)).errorCode, 40011);
    const missing = `${messagesOf(name)}/no-such`;
    for (const [method, at, body] of [['get', missing], ['patch', missing, { action: 1, data: 'x' }], ['get', `${missing}/versions`], ['post', `${missing}/annotations`, [{ type: 'n:total.v1' }]], ['get', `${missing}/annotations`], ['get', `${missing}/client-summary`]]) {
      const { statusCode, errorCode } = await rest.request(method, at, 6, { forClientId: 'ada' }, body ?? null, null);
      assert.deepEqual([statusCode, errorCode], [404, 40400], `${method} ${at}`);
    }
  });

  inBothFormats(rig, 'publishes that repeat an id or name wrong ones', async ({ clients }) => {
    const channel = clients.rest().channels.get(unique('ids'));
    const batch = ['a', 'b'].map((data, i) => ({ id: `${channel.name}:${i}`, data }));
    const [first, again] = [await channel.publish(batch), await channel.publish(batch)];
    assert.deepEqual(again.serials, first.serials);
    assert.deepEqual(dataOf((await channel.history({ direction: 'forwards' })).items), ['a', 'b']);
    for (const ids of [['x:0', 'y:1'], ['x:1', 'x:0'], ['x:1', 'x:2'], ['x', 'y'], ['x:0', undefined]]) {
      assert.equal((await rejection(channel.publish(ids.map((id) => ({ id, data: 'x' }))))).code, 40031, ids.join());
    }
    assert.equal((await rejection(channel.publish({ data: 'x' }, { _forceNack: 'true' }))).code, 40099);
  });
});
