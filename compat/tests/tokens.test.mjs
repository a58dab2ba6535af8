// Tokens: issued, embedded, narrowed, replayed, asked for anew and taken back.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe } from 'node:test';
import { unique } from '../lib/clients.mjs';
import { inboxOf } from '../lib/inbox.mjs';
import { jwt } from '../lib/jwt.mjs';
import { ACTION, FLAG } from '../lib/raw.mjs';
import { inBothFormats, inEveryWay, serverForAll } from '../lib/rig.mjs';
import { makeApp } from '../lib/sandbox.mjs';
import { inState, nextEvent, rejection, within } from '../lib/wait.mjs';

const part = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

describe('tokens', { concurrency: 4 }, () => {
  const rig = serverForAll({ args: ['--sandbox'] });

  inEveryWay(rig, 'a token request is good for one token', async ({ clients }) => {
    const rest = clients.rest();
    const request = await rest.auth.createTokenRequest({ clientId: 'ada', nonce: randomUUID() });
    const client = await clients.connected({ authCallback: (_, done) => done(null, request) });
    assert.equal(client.auth.clientId, 'ada');
    const ask = (body) => rest.request('post', '/keys/app.key/requestToken', 6, null, body, null);
    assert.equal((await ask(request)).errorCode, 40105);
    const late = await rest.auth.createTokenRequest({ timestamp: Date.now() - 10 * 60_000 });
    assert.equal((await ask(late)).errorCode, 40104);
    const forged = await rest.auth.createTokenRequest({ clientId: 'ada' });
    assert.equal((await ask({ ...forged, clientId: 'eve' })).errorCode, 40101);
  });

  inEveryWay(rig, 'a token has what both its key and its request allow', async ({ server, clientsOf }) => {
    const app = await makeApp(server, { keys: [{ capability: '{"a:*":["publish","subscribe"]}' }] });
    const rest = clientsOf(app).rest();
    const details = await rest.auth.requestToken({ capability: { 'a:b': ['*'], 'c': ['publish'] } });
    assert.equal(details.capability, '{"a:b":["publish","subscribe"]}');
    assert.equal((await rejection(rest.auth.requestToken({ capability: { c: ['publish'] } }))).code, 40160);
  });

  inEveryWay(rig, 'a token embedded in the JWT of another system is what counts', async ({ clients, raw }) => {
    const { token } = await clients.rest().auth.requestToken({ clientId: 'ada' });
    const name = unique('embedded');
    const signed = [part({ alg: 'RS256' }), part({ sub: 'x', 'x-ably-token': token }), 'c2ln'].join('.');
    const encrypted = [part({ alg: 'dir', 'x-ably-token': jwt({ clientId: 'ada' }) }), '', 'aXY', 'Ym9keQ', 'dGFn'].join('.');
    for (const outer of [signed, encrypted]) {
      const client = await clients.connected({ token: outer });
      assert.equal(client.auth.clientId, 'ada');
      await clients.rest({ token: outer }).channels.get(name).publish('n', 'x');
    }
    const empty = [part({ alg: 'RS256' }), part({ sub: 'x' }), 'c2ln'].join('.');
    assert.equal((await (await raw.open({ token: empty })).next(ACTION.ERROR)).error.code, 40144);
  });

  inEveryWay(rig, 'a wildcard token speaks for the clients it names', async ({ clients }) => {
    const client = await clients.connected({ token: jwt({ clientId: '*' }) });
    const channel = client.channels.get(unique('wildcard'));
    await channel.publish({ name: 'n', clientId: 'ada' });
    const entered = new Promise((done) => channel.presence.subscribe('enter', done));
    await channel.presence.enterClient('bob');
    assert.equal((await within(entered, 5_000, 'bob to enter')).clientId, 'bob');
    assert.equal((await channel.history()).items[0].clientId, 'ada');
    const anonymous = await clients.connected({ token: jwt() });
    assert.equal((await rejection(anonymous.channels.get(channel.name).publish({ name: 'n', clientId: 'ada' }))).code, 40012);
  });

  inEveryWay(rig, 'a connection is asked for a new token before its own ends', async ({ clients }) => {
    let made = 0;
    const authCallback = (_, done) => done(null, jwt({ clientId: 'ada', ttlMs: ++made === 1 ? 32_000 : 3_600_000 }));
    const client = await clients.connected({ authCallback });
    const { id } = client.connection;
    await nextEvent(client.connection, 'update');
    assert.equal(made, 2);
    assert.equal(client.connection.id, id);
  });

  inEveryWay(rig, 'revoked tokens end their connections', async ({ server, clientsOf }) => {
    const app = await makeApp(server, { keys: [{ revocableTokens: true }, {}] });
    const clients = clientsOf(app);
    const rest = clients.rest();
    const keyName = app.keys[0].keyName;
    const by = {
      ada: await rest.auth.requestToken({ clientId: 'ada' }),
      key: jwt({ keyName, secret: app.keys[0].keySecret, clientId: 'bob', claims: { 'x-ably-revocation-key': 'group' } }),
      channel: await rest.auth.requestToken({ clientId: 'eve', capability: { room: ['*'] } }),
    };
    const live = await Promise.all(Object.values(by).map((token) => clients.connected({ token })));
    const ended = live.map((client) => nextEvent(client.connection, 'disconnected'));
    const result = await rest.auth.revokeTokens(
      [{ type: 'clientId', value: 'ada' }, { type: 'revocationKey', value: 'group' }, { type: 'channel', value: 'room' }, { type: 'nothing', value: 'x' }],
      { issuedBefore: Date.now() },
    );
    assert.deepEqual([result.successCount, result.failureCount], [3, 1]);
    for (const change of await Promise.all(ended)) assert.equal(change.reason.code, 40141);
    const again = await rejection(clients.rest({ token: by.key }).channels.get('room').publish('n', 'x'));
    assert.ok([again.code, again.cause?.code].includes(40141) || again.code === 40171, String(again));
    const others = clientsOf(app, 1);
    assert.equal((await rejection(others.rest().auth.revokeTokens([{ type: 'clientId', value: 'ada' }]))).code, 40163);
    await Promise.all([clients.close(), others.close()]);
  });

  inEveryWay(rig, 'with a margin a client gets another token first', async ({ server, clientsOf }) => {
    const app = await makeApp(server, { keys: [{ revocableTokens: true }] });
    const clients = clientsOf(app);
    const rest = clients.rest();
    let asked = 0;
    const authCallback = (params, done) => {
      asked++;
      rest.auth.requestToken({ clientId: 'ada' }).then((token) => done(null, token), done);
    };
    const client = await clients.connected({ authCallback });
    const updated = nextEvent(client.connection, 'update');
    const { results } = await rest.auth.revokeTokens([{ type: 'clientId', value: 'ada' }], { allowReauthMargin: true, issuedBefore: Date.now() });
    assert.ok(results[0].appliesAt > Date.now() + 25_000);
    await updated;
    assert.equal(asked, 2);
    assert.equal(client.connection.state, 'connected');
    await clients.close();
  });

  inEveryWay(rig, 'a client whose JWT is revoked goes on with another, though JWTs know the second only', async ({ server, clientsOf }) => {
    const app = await makeApp(server, { keys: [{ revocableTokens: true }] });
    const clients = clientsOf(app);
    const { keyName, keySecret: secret } = app.keys[0];
    const shown = [];
    const authCallback = (_, done) => {
      shown.push(jwt({ keyName, secret, clientId: 'ada' }));
      done(null, shown.at(-1));
    };
    const client = await clients.connected({ authCallback });
    const { id } = client.connection;
    const ended = nextEvent(client.connection, 'disconnected');
    const { results } = await clients.rest().auth.revokeTokens([{ type: 'clientId', value: 'ada' }]);
    const { issuedBefore, appliesAt } = results[0];
    assert.ok(appliesAt >= issuedBefore && appliesAt - issuedBefore < 1_000 && appliesAt % 1_000 === 0, JSON.stringify(results));
    assert.equal((await ended).reason.code, 40141);
    await inState(client.connection, 'connected');
    assert.equal(client.connection.id, id);
    assert.ok(shown.length <= 3, `${shown.length} tokens`);
    const old = await rejection(clients.rest({ token: shown[0] }).channels.get('x').publish('n', 'x'));
    assert.ok([old.code, old.cause?.code].includes(40141) || old.code === 40171, String(old));
    await clients.rest({ token: shown.at(-1) }).channels.get('x').publish('n', 'x');
    await clients.close();
  });

  inEveryWay(rig, 'with a margin a client with a JWT is asked for another that is newer', async ({ server, clientsOf }) => {
    const app = await makeApp(server, { keys: [{ revocableTokens: true }] });
    const clients = clientsOf(app);
    const { keyName, keySecret: secret } = app.keys[0];
    const issued = [];
    const authCallback = (_, done) => {
      issued.push(Math.floor(Date.now() / 1_000) * 1_000);
      done(null, jwt({ keyName, secret, clientId: 'ada' }));
    };
    const client = await clients.connected({ authCallback });
    const updated = nextEvent(client.connection, 'update');
    const { results } = await clients.rest().auth.revokeTokens([{ type: 'clientId', value: 'ada' }], { allowReauthMargin: true });
    await updated;
    assert.equal(issued.length, 2);
    assert.ok(issued[1] >= results[0].issuedBefore, 'the token that was asked for is of before the revocation');
    assert.equal(client.connection.state, 'connected');
    await clients.close();
  });

  inEveryWay(rig, 'a right given later holds for channels attached before', async ({ clients }) => {
    const name = unique('later');
    let capability = { [name]: ['subscribe'] };
    const client = await clients.connected({ authCallback: (_, done) => done(null, jwt({ clientId: 'ada', capability })) });
    const channel = client.channels.get(name);
    await channel.attach();
    assert.equal((await rejection(channel.publish('n', 'x'))).code, 40160);
    capability = { [name]: ['subscribe', 'publish'] };
    await client.auth.authorize();
    await channel.publish('n', 'x');
  });

  inEveryWay(rig, 'a right to hear that is taken back or given makes the channel attach anew', async ({ clients }) => {
    const name = unique('hearing');
    let operations = ['subscribe', 'publish'];
    const authCallback = (_, done) => done(null, jwt({ clientId: 'ada', capability: { [name]: operations } }));
    const client = await clients.connected({ authCallback });
    const channel = client.channels.get(name);
    const inbox = await inboxOf(channel);
    const modes = () => channel.modes.map((mode) => mode.toUpperCase()).sort();
    for (const [given, expected] of [[['publish'], ['PUBLISH']], [['subscribe', 'publish'], ['PRESENCE_SUBSCRIBE', 'PUBLISH', 'SUBSCRIBE']]]) {
      operations = given;
      const attaching = nextEvent(channel, 'attaching');
      await client.auth.authorize();
      const { reason } = await attaching;
      // without an error of the server's the SDK has one of its own
      assert.equal(reason.code, given.includes('subscribe') ? 90001 : 40160);
      await inState(channel, 'attached');
      assert.deepEqual(modes(), expected);
      await clients.rest().channels.get(name).publish('n', String(given.length));
    }
    await inbox.when((items) => items.at(-1)?.data === '2', 'what came once it was heard again');
  });

  inEveryWay(rig, 'an attach while new credentials come succeeds with what they allow', async ({ clients }) => {
    await Promise.all(Array.from({ length: 5 }, async () => {
      const name = unique('meanwhile');
      let operations = ['publish'];
      const authCallback = (_, done) => done(null, jwt({ clientId: 'ada', capability: { [name]: operations } }));
      const client = await clients.connected({ authCallback });
      operations = ['publish', 'subscribe'];
      const channel = client.channels.get(name);
      await Promise.all([channel.attach(), client.auth.authorize()]);
      await inState(channel, 'attached');
      const inbox = await inboxOf(channel);
      await clients.rest().channels.get(name).publish('n', 'heard');
      await inbox.when((items) => items.at(-1)?.data === 'heard', 'what may be heard by now');
    }));
  });

  inEveryWay(rig, 'a member leaves though its client may no longer be present', async ({ raw, clients }) => {
    const channel = unique('leaving');
    const all = ['subscribe', 'publish', 'presence'];
    const one = await raw.connected({ token: { clientId: 'ada', capability: { [channel]: all } } });
    await one.presence(channel, { action: 2 });
    one.send({ action: ACTION.AUTH, auth: { accessToken: jwt({ clientId: 'ada', capability: { [channel]: ['publish'] } }) } });
    await one.next(ACTION.CONNECTED);
    assert.equal((await one.presence(channel, { action: 4 })).error.code, 40160);
    assert.equal((await one.presence(channel, { action: 3 })).action, ACTION.ACK);
    assert.deepEqual((await clients.rest().channels.get(channel).presence.get()).items, []);
  });

  inBothFormats(rig, 'revoking is bounded, by the key itself, and of what came before', async ({ server, clientsOf }) => {
    const app = await makeApp(server, { keys: [{ revocableTokens: true }, { revocableTokens: true }] });
    const rest = clientsOf(app).rest();
    const path = `/keys/${app.keys[0].keyName}/revokeTokens`;
    const revoke = async (body, by = rest) => {
      const { statusCode, errorCode, items } = await by.request('post', path, 6, null, body, null);
      return { statusCode, errorCode, results: items[0]?.results };
    };
    const targets = ['clientId:ada'];
    for (const bad of [{ targets: [] }, {}, { targets: Array.from({ length: 101 }, (_, i) => `clientId:${i}`) }]) {
      assert.deepEqual(await revoke(bad).then(({ statusCode, errorCode }) => [statusCode, errorCode]), [400, 40003]);
    }
    const { token } = await rest.auth.requestToken({ clientId: 'ada' });
    assert.equal((await revoke({ targets }, clientsOf(app).rest({ token }))).errorCode, 40162);
    assert.equal((await revoke({ targets }, clientsOf(app, 1).rest())).errorCode, 40162);
    const earlier = Date.now() - 60_000;
    const { results } = await revoke({ targets: [...targets, 'colour:blue'], issuedBefore: earlier });
    assert.deepEqual([results[0].target, results[0].issuedBefore, results[1].error.statusCode], ['clientId:ada', earlier, 400]);
    await clientsOf(app).rest({ token }).channels.get('x').publish('n', 'issued later, so still good');
  });

  inEveryWay(rig, 'a mode that was not asked for is refused as such', async ({ raw }) => {
    const one = await raw.connected({ query: { clientId: 'ada' } });
    const channel = unique('mode');
    await one.attach(channel, { flags: FLAG.SUBSCRIBE });
    assert.equal((await one.publish(channel, { name: 'n' })).error.code, 40165);
    assert.equal((await one.presence(channel, { action: 2 })).error.code, 40165);
    await one.attach(channel, { flags: FLAG.PUBLISH });
    const [serial] = (await one.publish(channel, { name: 'n' })).res[0].serials;
    assert.equal((await one.annotate(channel, { messageSerial: serial, type: 'n:flag.v1' })).error.code, 40165);
  });
});
