// Tokens asked for over REST, the rights they give one by one, and the places where credentials may stand.
import assert from 'node:assert/strict';
import { createHmac, randomUUID } from 'node:crypto';
import { describe } from 'node:test';
import { unique } from '../lib/clients.mjs';
import { ALL, configArgs } from '../lib/config.mjs';
import { jwt } from '../lib/jwt.mjs';
import { inBothFormats, inEveryWay, serverForAll } from '../lib/rig.mjs';
import { makeApp } from '../lib/sandbox.mjs';
import { Inbox, rejection } from '../lib/wait.mjs';

const HOUR = 3_600_000;
const base64 = (text) => Buffer.from(text).toString('base64');

/** A token request as an application server would sign it; `secret` need not be the key's. */
function signed({ secret = 'secret', ...fields } = {}) {
  const request = { keyName: 'app.key', timestamp: Date.now(), nonce: randomUUID(), ...fields };
  const parts = ['keyName', 'ttl', 'capability', 'clientId', 'timestamp', 'nonce'].map((name) => `${request[name] ?? ''}\n`);
  return { ...request, mac: createHmac('sha256', secret).update(parts.join('')).digest('base64') };
}

describe('credentials', { concurrency: 6 }, () => {
  const rig = serverForAll({ args: [...configArgs(), '--sandbox'] });
  const asking = (rest, key = 'app.key') => (body) => rest.request('post', `/keys/${key}/requestToken`, 6, null, body, null);

  inBothFormats(rig, 'asking for a token is answered with what it is good for', async ({ clients }) => {
    const ask = asking(clients.rest());
    const plain = await ask({ keyName: 'app.key' });
    assert.equal(plain.statusCode, 201);
    const [details] = plain.items;
    assert.deepEqual([details.keyName, details.capability, details.expires - details.issued], ['app.key', '{"*":["*"]}', HOUR]);
    assert.ok(!('clientId' in details) && Math.abs(details.issued - Date.now()) < 60_000);
    const [full] = (await ask(signed({ ttl: '60000', timestamp: String(Date.now()), clientId: 'ada', capability: '{"b":["subscribe","publish"],"a":["*"]}' }))).items;
    assert.deepEqual([full.clientId, full.expires - full.issued, full.capability], ['ada', 60_000, '{"a":["*"],"b":["publish","subscribe"]}']);
    assert.ok(!full.token.includes('secret'));
    await clients.rest({ token: full.token }).channels.get('a').publish('n', 'x');
  });

  inBothFormats(rig, 'asking for a token is refused for whatever is wrong with it', async ({ clients, server, clientsOf }) => {
    const ask = asking(clients.rest());
    const refused = async (body, status, code) => {
      const { statusCode, errorCode } = await ask(body);
      assert.deepEqual([statusCode, errorCode], [status, code], JSON.stringify(body));
    };
    const late = 3 * 60_000;
    await refused(signed({ secret: 'wrong' }), 401, 40101);
    await refused({ ...signed(), clientId: 'eve' }, 401, 40101);
    await refused(signed({ timestamp: Date.now() - late }), 401, 40104);
    await refused(signed({ timestamp: Date.now() + late }), 401, 40104);
    await refused(signed({ keyName: 'app.other' }), 401, 40101);
    await refused(signed({ nonce: '' }), 400, 40003);
    for (const ttl of [-1, 0, 'soon', 25 * HOUR]) await refused({ keyName: 'app.key', ttl }, 400, 40003);
    for (const capability of ['{broken', '{"a":"publish"}', '{"a":["fly"]}', '{"a":["*","publish"]}', '[]']) await refused({ keyName: 'app.key', capability }, 400, 40000);
    await refused({ keyName: 'app.key', clientId: '' }, 400, 40012);
    await refused(signed({ clientId: '' }), 400, 40012);
    const twice = signed();
    assert.equal((await ask(twice)).statusCode, 201);
    await refused(twice, 401, 40105);
    const unknown = await asking(clients.rest(), 'app.other')({ keyName: 'app.other' });
    assert.deepEqual([unknown.statusCode, unknown.errorCode], [404, 40400]);
    const { token } = await clients.rest().auth.requestToken();
    const byToken = await asking(clients.rest({ token }))({ keyName: 'app.key' });
    assert.deepEqual([byToken.statusCode, byToken.errorCode], [401, 40162]);
    const app = await makeApp(server, { keys: [{ capability: '{"a":["publish"]}', revocableTokens: true }] });
    const narrow = clientsOf(app).rest();
    const askThem = asking(narrow, app.keys[0].keyName);
    assert.equal((await askThem({ keyName: app.keys[0].keyName, capability: '{"b":["*"]}' })).errorCode, 40160);
    assert.equal((await askThem({ keyName: app.keys[0].keyName, ttl: 2 * HOUR })).errorCode, 40003, 'what can be revoked is short');
    const long = jwt({ keyName: app.keys[0].keyName, secret: app.keys[0].keySecret, ttlMs: 2 * HOUR });
    const tooLong = await fetch(`${server.url}/channels/a/messages`, { headers: { Authorization: `Bearer ${long}` } });
    assert.equal(tooLong.headers.get('x-ably-errorcode'), '40144');
  });

  inBothFormats(rig, 'credentials may stand in a header or in the query, a token plain or in base64', async ({ server, useBinaryProtocol }) => {
    const { token } = await (await fetch(`${server.url}/keys/app.key/requestToken?key=app.key:secret`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{}' })).json();
    const accept = useBinaryProtocol ? 'application/x-msgpack' : 'application/json';
    const get = (query, headers) => fetch(`${server.url}/channels/x/messages?${new URLSearchParams(query)}`, { headers: { Accept: accept, ...headers } });
    for (const shown of [token, jwt()]) {
      for (const [query, headers] of [
        [{}, { Authorization: `Bearer ${base64(shown)}` }], [{}, { Authorization: `Bearer ${shown}` }], [{}, { authorization: `bearer ${base64(shown)}` }],
        [{ access_token: shown }, {}], [{ accessToken: shown }, {}],
      ]) assert.equal((await get(query, headers)).status, 200, JSON.stringify([query, headers]));
    }
    assert.equal((await get({ key: 'app.key:secret' }, {})).status, 200);
    assert.equal((await get({}, { Authorization: `Basic ${base64('app.key:secret')}` })).status, 200);
    for (const [query, headers] of [[{}, {}], [{ key: 'app.key:wrong' }, {}], [{}, { Authorization: `Bearer ${base64('app.key:secret')}` }], [{}, { Authorization: 'Digest x' }]]) {
      const answer = await get(query, headers);
      assert.deepEqual([answer.status, answer.headers.get('content-type')], [401, accept], JSON.stringify([query, headers]));
      assert.match(answer.headers.get('x-ably-errorcode'), /^401\d\d$/);
    }
  });

  inBothFormats(rig, 'a client id comes with a request in its header', async ({ server, clients, useBinaryProtocol }) => {
    const name = unique('header');
    await clients.rest({ clientId: 'ada' }).channels.get(name).publish('n', 'x');
    const post = (headers, auth = `Basic ${base64('app.key:secret')}`) => fetch(`${server.url}/channels/${name}/messages`, {
      method: 'POST', headers: { 'Content-Type': 'application/json', Authorization: auth, ...headers }, body: '{"name":"n"}',
    });
    assert.equal((await post({ 'X-Ably-ClientId': base64('bob') })).status, 201);
    const ada = `Bearer ${jwt({ clientId: 'ada' })}`;
    assert.equal((await post({}, ada)).status, 201);
    const other = await post({ 'X-Ably-ClientId': base64('eve') }, ada);
    assert.deepEqual([other.status, other.headers.get('x-ably-errorcode')], [401, '40102']);
    for (const bad of ['%', Buffer.from('zoë', 'latin1').toString('base64')]) {
      const refused = await post({ 'X-Ably-ClientId': bad });
      assert.deepEqual([refused.status, refused.headers.get('x-ably-errorcode')], [400, '40012'], bad);
    }
    const { items } = await clients.rest({ useBinaryProtocol }).channels.get(name).history({ direction: 'forwards' });
    assert.deepEqual(items.map(({ clientId }) => clientId), ['ada', 'bob', 'ada']);
  });

  inEveryWay(rig, 'a capability gives each right by itself', async ({ clients }) => {
    const name = unique('rights');
    const owner = clients.rest({ clientId: 'ada' }).channels.get(name);
    const { serials: [serial] } = await owner.publish('n', 'x');
    const message = { serial, data: 'y' };
    const as = (...operations) => ({ token: jwt({ clientId: 'ada', capability: { [name]: operations } }) });
    const rest = (...operations) => clients.rest(as(...operations)).channels.get(name);
    const tries = {
      publish: (...all) => rest(...all).publish('n', 'x'),
      subscribe: async (...all) => (await clients.connected({ ...as(...all), key: null })).channels.get(name, { modes: ['SUBSCRIBE'] }).attach(),
      presence: async (...all) => (await clients.connected({ ...as(...all), key: null })).channels.get(name).presence.enter(),
      history: (...all) => rest(...all).history(),
      'channel-metadata': (...all) => rest(...all).status(),
      'annotation-publish': (...all) => rest(...all).annotations.publish(serial, { type: 'n:flag.v1' }),
      'annotation-subscribe': async (...all) => (await clients.connected({ ...as(...all), key: null })).channels.get(name, { modes: ['ANNOTATION_SUBSCRIBE'] }).attach(),
      'message-update-own': (...all) => rest(...all).updateMessage(message),
      'message-update-any': (...all) => rest(...all).updateMessage(message),
      'message-delete-own': (...all) => rest(...all).deleteMessage(message),
      'message-delete-any': (...all) => rest(...all).deleteMessage(message),
    };
    for (const [operation, attempt] of Object.entries(tries)) {
      await attempt(operation).catch((error) => assert.fail(`${operation}: ${error}`));
      const twins = operation.replace(/-(own|any)$/, '');
      const others = Object.keys(tries).filter((other) => !other.startsWith(twins));
      assert.equal((await rejection(attempt(...others))).code, 40160, operation);
    }
    const stats = (capability) => clients.rest({ token: jwt({ capability }) }).stats();
    await stats({ x: ['stats'] });
    assert.equal((await rejection(stats({ x: ['publish'] }))).code, 40160);
  });

  inBothFormats(rig, 'a capability names channels by segments, and stars stand for whole ones', async ({ clients }) => {
    const base = unique('match');
    const cases = [
      [`${base}:*`, [`${base}:a`, `${base}:a:b`], [base, `${base}2:a`]],
      [`${base}:*:z`, [`${base}:a:z`], [`${base}:a`, `${base}:a:b:z`]],
      [`${base}*`, [`${base}*`], [base, `${base}a`, `${base}:a`]],
      ['*', [base, `${base}:a:b`], []],
      [`[*]*`, [base, `${base}:a`], []],
      [`[queue]*`, [], [base]],
    ];
    for (const [resource, may, mayNot] of cases) {
      const rest = clients.rest({ token: jwt({ ...ALL, capability: { [resource]: ['history'] } }) });
      for (const name of may) await rest.channels.get(name).history().catch((error) => assert.fail(`${resource} ${name}: ${error}`));
      for (const name of mayNot) assert.equal((await rejection(rest.channels.get(name).history())).code, 40160, `${resource} ${name}`);
    }
  });

  inEveryWay(rig, 'who may subscribe hears members too', async ({ clients }) => {
    const name = unique('hears');
    const client = await clients.connected({ token: jwt({ capability: { [name]: ['subscribe'] } }), key: null });
    const channel = client.channels.get(name);
    await channel.attach();
    assert.deepEqual(channel.modes.map((mode) => mode.toUpperCase()).sort(), ['PRESENCE_SUBSCRIBE', 'SUBSCRIBE']);
    const heard = new Inbox();
    await channel.presence.subscribe(heard.add);
    await (await clients.connected({ clientId: 'ada' })).channels.get(name).presence.enter();
    assert.equal((await heard.count(1))[0].clientId, 'ada');
  });
});
