// Apps, keys, tokens and limits that one node hears of and another must know.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe } from 'node:test';
import { unique } from '../lib/clients.mjs';
import { configArgs } from '../lib/config.mjs';
import { inboxOf, range } from '../lib/inbox.mjs';
import { jwt } from '../lib/jwt.mjs';
import { clusterForAll, inBothFormats, inEveryWay, once } from '../lib/rig.mjs';
import { deleteApp, makeApp } from '../lib/sandbox.mjs';
import { inState, nextEvent, rejection } from '../lib/wait.mjs';

describe('credentials among nodes', { concurrency: 4 }, () => {
  const rig = clusterForAll({ args: ['--sandbox'] });

  inEveryWay(rig, 'an app made at one node is known at the others at once', async ({ server, clientsOf }) => {
    for (const i of range(6)) {
      const app = await makeApp(server.nodes[i % 3], { keys: [{}], namespaces: [{ id: 'mutable', mutableMessages: true }] });
      const clients = clientsOf(app);
      const client = await clients.connected({ at: server.nodes[(i + 1) % 3] });
      const { serials } = await client.channels.get('mutable:c').publish('n', 'x');
      await clients.rest({ at: server.nodes[(i + 2) % 3] }).channels.get('mutable:c').updateMessage({ serial: serials[0], data: 'y' });
      await clients.close();
    }
  });

  inEveryWay(rig, 'an app deleted at one node ends its connections at the others', async ({ server, clientsOf }) => {
    const app = await makeApp(server.nodes[0], { keys: [{}] });
    const clients = clientsOf(app);
    const all = await Promise.all(server.nodes.map((at) => clients.connected({ at })));
    const ended = all.map((client) => nextEvent(client.connection, 'failed'));
    assert.equal((await deleteApp(server.nodes[1], app)).status, 204);
    for (const each of ended) assert.equal((await each).reason.code, 40400);
    for (const at of server.nodes) assert.equal((await rejection(clients.rest({ at }).channels.get('x').publish('n', 'x'))).statusCode, 401);
    await clients.close();
  });

  inEveryWay(rig, 'a token taken back at one node ends its connections at the others, and is good for none', async ({ server, clientsOf }) => {
    const app = await makeApp(server.nodes[0], { keys: [{ revocableTokens: true }] });
    const clients = clientsOf(app);
    const rest = clients.rest({ at: server.nodes[0] });
    const { token } = await rest.auth.requestToken({ clientId: 'ada' });
    const { token: others } = await rest.auth.requestToken({ clientId: 'bob' });
    const all = await Promise.all(server.nodes.map((at) => clients.connected({ at, token })));
    const bystander = await clients.connected({ at: server.nodes[2], token: others });
    const ended = all.map((client) => nextEvent(client.connection, 'disconnected'));
    const { results } = await clients.rest({ at: server.nodes[1] }).auth.revokeTokens([{ type: 'clientId', value: 'ada' }]);
    assert.equal(results[0].target, 'clientId:ada');
    for (const each of ended) assert.equal((await each).reason.code, 40141);
    for (const at of server.nodes) {
      const refused = await rejection(clients.rest({ at, token }).channels.get('x').publish('n', 'x'));
      assert.ok([refused.code, refused.cause?.code].includes(40141) || refused.code === 40171, String(refused));
    }
    assert.equal(bystander.connection.state, 'connected');
    await clients.close();
  });

  inEveryWay(rig, 'with a margin a client at another node gets another token first', async ({ server, clientsOf }) => {
    const app = await makeApp(server.nodes[0], { keys: [{ revocableTokens: true }] });
    const clients = clientsOf(app);
    const rest = clients.rest({ at: server.nodes[0] });
    let asked = 0;
    const authCallback = (_, done) => {
      asked++;
      rest.auth.requestToken({ clientId: 'ada' }).then((token) => done(null, token), done);
    };
    const client = await clients.connected({ at: server.nodes[1], authCallback });
    const updated = nextEvent(client.connection, 'update');
    await clients.rest({ at: server.nodes[2] }).auth.revokeTokens([{ type: 'clientId', value: 'ada' }], { allowReauthMargin: true, issuedBefore: Date.now() });
    await updated;
    assert.deepEqual([asked, client.connection.state], [2, 'connected']);
    await clients.close();
  });

  inBothFormats(rig, 'a token request is good for one token, whatever nodes it is shown to', async ({ clients, server }) => {
    for (const i of range(6)) {
      const request = await clients.rest().auth.createTokenRequest({ clientId: 'ada', nonce: randomUUID() });
      const ask = (at) => clients.rest({ at }).request('post', '/keys/app.key/requestToken', 6, null, request, null);
      const { items } = await ask(server.nodes[i % 3]);
      const client = await clients.connected({ at: server.nodes[(i + 2) % 3], token: items[0].token });
      assert.equal(client.auth.clientId, 'ada');
      assert.equal((await ask(server.nodes[(i + 1) % 3])).errorCode, 40105);
    }
    const request = await clients.rest().auth.createTokenRequest({ clientId: 'ada', nonce: randomUUID() });
    const answers = await Promise.all(range(9).map((i) => clients.rest({ at: server.nodes[i % 3] }).request('post', '/keys/app.key/requestToken', 6, null, request, null)));
    assert.deepEqual(answers.map(({ errorCode }) => errorCode).filter((code) => code !== 40105), [null], 'shown to all at once, one gives a token');
  });

  inEveryWay(rig, 'a connection is resumed at another node with the rights of its new token', async ({ clients, proxy, server }) => {
    const name = unique('rights');
    let capability = { [name]: ['subscribe', 'publish'] };
    const through = await proxy();
    through.target = server.nodes[0].port;
    const client = await clients.connected({ at: through, authCallback: (_, done) => done(null, jwt({ clientId: 'ada', capability })) });
    const { id } = client.connection;
    const channel = client.channels.get(name);
    await inboxOf(channel);
    capability = { [name]: ['subscribe'] };
    await client.auth.authorize();
    assert.equal((await rejection(channel.publish('n', 'x'))).code, 40160);
    const lost = nextEvent(client.connection, 'disconnected');
    through.target = server.nodes[1].port;
    through.cut();
    await lost;
    await inState(client.connection, 'connected');
    assert.equal(client.connection.id, id);
    assert.equal((await rejection(channel.publish('n', 'x'))).code, 40160);
  });
});

describe('rates among nodes', () => {
  const rig = clusterForAll({ args: configArgs('limits:\n  channelMessageRate: 20\n') });

  once(rig, 'what is published too fast to one channel is refused, whatever nodes it goes to', async ({ clients, server }) => {
    const name = unique('fast');
    const refused = [];
    for (let i = 0; refused.length === 0 && i < 20; i++) {
      const many = await Promise.allSettled(server.nodes.map((at) => clients.rest({ at }).channels.get(name).publish(range(15).map(() => ({ data: 'x' })))));
      refused.push(...many.filter((o) => o.status === 'rejected').map((o) => o.reason.code));
    }
    assert.deepEqual([...new Set(refused)], [42913]);
  });
});
