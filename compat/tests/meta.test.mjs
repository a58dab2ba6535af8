// What the server tells of itself: connections, channels, errors, and how many are where.
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { unique } from '../lib/clients.mjs';
import { ALL, configArgs } from '../lib/config.mjs';
import { Events } from '../lib/events.mjs';
import { inboxOf } from '../lib/inbox.mjs';
import { jwt } from '../lib/jwt.mjs';
import { ACTION } from '../lib/raw.mjs';
import { inEveryWay, once, serverForAll } from '../lib/rig.mjs';
import { inState, rejection, until } from '../lib/wait.mjs';

const META = { '[meta]*': ['subscribe', 'history'] };
const COUNTS = ['connections', 'objectPublishers', 'objectSubscribers', 'presenceConnections', 'presenceMembers', 'presenceSubscribers', 'publishers', 'subscribers'];

/** A client that may hear the [meta] channels. */
const watcher = (clients, more) => clients.connected({ token: jwt({ ...ALL, clientId: '*', capability: META }), key: null, ...more });
const occupancies = (inbox) => inbox.items.filter(({ name }) => name === '[meta]occupancy').map(({ data }) => data.metrics);

describe('the server', { concurrency: 6 }, () => {
  const rig = serverForAll({ args: configArgs() });

  inEveryWay(rig, 'tells of connections that open and close', async ({ clients }) => {
    const channel = (await watcher(clients)).channels.get('[meta]connection.lifecycle');
    const inbox = await inboxOf(channel);
    const client = await clients.connected({ clientId: 'ada' });
    const { id } = client.connection;
    const of = (name) => inbox.first((message) => message.name === name && message.data.connectionId === id, name);
    const opened = await of('connection.opened');
    assert.equal(opened.data.clientId, 'ada');
    assert.ok(!opened.clientId && !opened.connectionId, 'nobody said it but the server');
    await clients.closeOne(client);
    await of('connection.closed');
    const { items } = await channel.history({ limit: 1000 });
    assert.ok(items.some(({ name, data }) => name === 'connection.closed' && data.connectionId === id));
  });

  inEveryWay(rig, 'tells of channels that open', async ({ clients }) => {
    const name = unique('lifecycle');
    const inbox = await inboxOf((await watcher(clients)).channels.get('[meta]channel.lifecycle'));
    await (await clients.connected()).channels.get(name).attach();
    const { data } = await inbox.first((message) => message.name === 'channel.opened' && message.data.channelId === name, 'the channel to open');
    assert.equal(data.status.isActive, true);
    assert.deepEqual(Object.keys(data.status.occupancy.metrics).sort(), COUNTS);
    const region = await inbox.first((message) => message.name === 'channel.region.active' && message.data.channelId === name, 'its region');
    assert.deepEqual(region.data, data);
  });

  once(rig, 'tells of channels that close once nobody has used them for a while', async ({ clients }) => {
    const name = unique('closing');
    const token = jwt({ ...ALL, clientId: '*', capability: META, ttlMs: 600_000 });
    const inbox = await inboxOf((await watcher(clients, { token })).channels.get('[meta]channel.lifecycle'));
    const channel = (await clients.connected()).channels.get(name);
    await channel.attach();
    await channel.detach();
    const told = (kind) => inbox.first((message) => message.name === kind && message.data.channelId === name, kind, 90_000);
    for (const kind of ['channel.region.inactive', 'channel.closed']) assert.equal((await told(kind)).data.status.isActive, false);
  }, { timeout: 120_000 });

  once(rig, 'has in its history what it said while somebody listened', async ({ clients }) => {
    const history = async (kind) => (await clients.rest({ token: jwt({ ...ALL, capability: META }) }).channels.get(`[meta]${kind}`).history({ limit: 1000 })).items;
    const name = unique('heard');
    const client = await watcher(clients);
    const inbox = await inboxOf(client.channels.get('[meta]channel.lifecycle'));
    await clients.rest().channels.get(name).publish('n', 'x');
    await inbox.first((message) => message.data.channelId === name, 'the channel to open');
    assert.ok((await history('channel.lifecycle')).some(({ data }) => data.channelId === name));
  });

  inEveryWay(rig, 'tells of errors that end a connection', async ({ clients, raw }) => {
    const inbox = await inboxOf((await watcher(clients)).channels.get('[meta]log'));
    const one = await raw.connected({ token: { clientId: 'ada' } });
    one.send({ action: ACTION.AUTH, auth: { accessToken: jwt({ clientId: 'eve' }) } });
    const { data } = await inbox.first(({ data: said }) => said.connectionId === one.details.connectionId, 'the error');
    assert.equal(data.error.code, 40102);
  });

  inEveryWay(rig, 'is heard on [meta] channels by who is named for them, and nobody else speaks there', async ({ clients }) => {
    const plain = await clients.connected({ token: jwt({ clientId: 'ada', capability: { '*': ['*'] } }), key: null });
    const denied = plain.channels.get('[meta]connection.lifecycle');
    assert.equal((await rejection(denied.attach())).code, 40160);
    assert.equal((await rejection(clients.rest({ token: jwt() }).channels.get('[meta]log').history())).code, 40160);
    const all = await clients.connected({ token: jwt({ ...ALL, clientId: 'ada' }), key: null });
    const heard = all.channels.get('[meta]connection.lifecycle');
    await heard.attach();
    assert.deepEqual(heard.modes.map((mode) => mode.toUpperCase()), ['SUBSCRIBE']);
    assert.equal((await rejection(heard.publish('n', 'x'))).code, 40160);
    assert.equal((await rejection(heard.presence.enter())).code, 40160);
    const rest = clients.rest({ token: jwt(ALL) });
    assert.equal((await rejection(rest.channels.get('[meta]log').publish('n', 'x'))).code, 40160);
  });

  inEveryWay(rig, 'tells how many are there at once and when somebody is the first or the last', async ({ clients }) => {
    const name = unique('occupancy');
    const channel = (await clients.connected()).channels.get(name, { modes: ['SUBSCRIBE'], params: { occupancy: 'metrics' } });
    const inbox = await inboxOf(channel);
    assert.equal(channel.params.occupancy, 'metrics');
    const [first] = await inbox.count(1);
    assert.equal(first.name, '[meta]occupancy');
    assert.deepEqual(Object.keys(first.data.metrics).sort(), COUNTS);
    assert.deepEqual([first.data.metrics.connections, first.data.metrics.subscribers, first.data.metrics.publishers], [1, 1, 0]);
    assert.ok(!first.clientId && !first.connectionId && first.id.endsWith(':0'));
    const other = await clients.connected({ clientId: 'ada' });
    const theirs = other.channels.get(name, { modes: ['PUBLISH', 'PRESENCE'] });
    await theirs.attach();
    await until(() => occupancies(inbox).at(-1).publishers === 1, 'a publisher');
    await theirs.presence.enter();
    await until(() => occupancies(inbox).at(-1).presenceMembers === 1, 'a member');
    assert.deepEqual([occupancies(inbox).at(-1).presenceConnections, occupancies(inbox).at(-1).connections], [1, 2]);
    await clients.closeOne(other);
    await until(() => occupancies(inbox).at(-1).connections === 1 && occupancies(inbox).at(-1).presenceMembers === 0, 'them to be gone');
    assert.equal((await channel.history()).items.length, 0, 'counts are not kept');
  });

  inEveryWay(rig, 'tells of one count alone where only that is asked for', async ({ clients }) => {
    const name = unique('category');
    const channel = (await clients.connected()).channels.get(name, { modes: ['SUBSCRIBE'], params: { occupancy: 'metrics.presenceMembers' } });
    const inbox = await inboxOf(channel);
    assert.deepEqual((await inbox.count(1))[0].data, { metrics: { presenceMembers: 0 } });
    const other = (await clients.connected({ clientId: 'ada' })).channels.get(name);
    await other.attach();
    await other.presence.enter();
    await until(() => occupancies(inbox).at(-1).presenceMembers === 1, 'a member');
    assert.ok(occupancies(inbox).every((metrics) => Object.keys(metrics).length === 1));
  });

  inEveryWay(rig, 'tells no counts where the credentials do not allow it', async ({ clients }) => {
    const name = unique('denied');
    const token = jwt({ capability: { [name]: ['subscribe', 'publish'] } });
    const channel = (await clients.connected({ token, key: null })).channels.get(name, { params: { occupancy: 'metrics', rewind: '1' } });
    const inbox = await inboxOf(channel);
    assert.deepEqual(channel.params, { rewind: '1' });
    await channel.publish('n', 'x');
    assert.deepEqual((await inbox.count(1)).map((message) => message.name), ['n']);
    assert.equal((await rejection(clients.rest({ token }).channels.get(name).status())).code, 40160);
  });

  once(rig, 'tells counts in an event stream too', async ({ clients, server }) => {
    const name = unique('stream');
    const stream = await Events.open(server, { channels: name, occupancy: 'metrics' });
    const counts = () => stream.messages.filter((message) => message.name === '[meta]occupancy').map(({ data }) => JSON.parse(data).metrics);
    await until(() => counts().at(-1)?.subscribers === 1, 'the first counts');
    const client = await clients.connected({ clientId: 'ada' });
    await client.channels.get(name).presence.enter();
    await inState(client.channels.get(name), 'attached');
    await until(() => counts().at(-1).presenceMembers === 1, 'a member');
    await stream.close();
  });
});
