// Several apps in one server, made and deleted while it runs.
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { unique } from '../lib/clients.mjs';
import { inBothFormats, once, serverForAll } from '../lib/rig.mjs';
import { deleteApp, makeApp } from '../lib/sandbox.mjs';
import { nextEvent, rejection } from '../lib/wait.mjs';

const BODY = {
  limits: { presence: { maxMembers: 3 } },
  keys: [{}, { capability: '{"heard":["subscribe"]}' }],
  namespaces: [{ id: 'mutable', mutableMessages: true }],
  channels: [{ name: 'members', presence: [{ clientId: 'ada', data: 'x' }, { clientId: 'bob', data: '{"n":1}', encoding: 'json' }] }],
};

describe('sandbox', { concurrency: 4 }, () => {
  const rig = serverForAll({ args: ['--sandbox'] });

  inBothFormats(rig, 'an app has its keys, namespaces and members', async ({ server, clientsOf }) => {
    const app = await makeApp(server, BODY);
    const clients = clientsOf(app);
    const rest = clients.rest();
    const { items } = await rest.channels.get('members').presence.get();
    assert.deepEqual(items.map((m) => [m.clientId, m.data]), [['ada', 'x'], ['bob', { n: 1 }]]);
    const { serials } = await rest.channels.get('mutable:c').publish('n', 'x');
    await rest.channels.get('mutable:c').updateMessage({ serial: serials[0], data: 'y' });
    const fixed = await rest.channels.get('plain').publish('n', 'x');
    const refused = await rejection(rest.channels.get('plain').updateMessage({ serial: fixed.serials[0], data: 'y' }));
    assert.equal(refused.code, 93002);
    const listener = clientsOf(app, 1);
    assert.equal((await rejection(listener.rest().channels.get('heard').publish('n', 'x'))).code, 40160);
    const live = await clients.connected({ clientId: 'eve' });
    await live.channels.get('members').presence.enter();
    const other = await clients.connected();
    assert.equal((await rejection(other.channels.get('members').presence.enterClient('one-too-many'))).code, 91003);
    await clients.close();
  });

  inBothFormats(rig, 'apps do not see each other, and a deleted one is gone', async ({ server, clientsOf }) => {
    const [one, two] = [await makeApp(server, BODY), await makeApp(server, BODY)];
    const [ours, theirs] = [one, two].map((app) => clientsOf(app));
    const name = unique('world');
    await ours.rest().channels.get(name).publish('n', 'x');
    assert.equal((await ours.rest().channels.get(name).history()).items.length, 1);
    assert.equal((await theirs.rest().channels.get(name).history()).items.length, 0);
    const client = await ours.connected();
    const failed = nextEvent(client.connection, 'failed');
    assert.equal((await deleteApp(server, one)).status, 204);
    assert.equal((await failed).reason.code, 40400);
    assert.equal((await rejection(ours.rest().channels.get(name).publish('n', 'x'))).statusCode, 401);
    await theirs.rest().channels.get(name).publish('n', 'x');
    await Promise.all([ours.close(), theirs.close()]);
  });

  once(rig, 'what makes no app is refused, and without the flag nothing does', async ({ server }) => {
    await assert.rejects(makeApp(server, { keys: [{ capability: 'nonsense' }] }), /40003/);
    await assert.rejects(makeApp(server, []), /40000/);
  });
});

describe('no sandbox', () => {
  const rig = serverForAll();

  once(rig, 'there is no way to make an app', async ({ server }) => {
    await assert.rejects(makeApp(server, BODY), /404/);
  });
});
