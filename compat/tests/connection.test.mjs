// A connection's life: resume, recover, credentials, heartbeats, acknowledgements and server restarts.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Clients, FORMATS, unique } from '../lib/clients.mjs';
import { dataOf, inboxOf, range } from '../lib/inbox.mjs';
import { jwt } from '../lib/jwt.mjs';
import { ACTION, RawSocket } from '../lib/rawws.mjs';
import { inBothFormats, inEveryWay, once, serverForAll } from '../lib/rig.mjs';
import { ofOneProcess, Server } from '../lib/server.mjs';
import { inState, nextEvent, pause, rejection, until, within } from '../lib/wait.mjs';

describe('a connection', { concurrency: 6 }, () => {
  const rig = serverForAll();

  inEveryWay(rig, 'resumes with the same id and a new key, missing nothing', async ({ clients, proxy }) => {
    const through = await proxy();
    const name = unique('resume');
    const client = await clients.connected({ at: through });
    const channel = client.channels.get(name);
    const inbox = await inboxOf(channel);
    const publisher = (await clients.connected()).channels.get(name);
    const { id, key } = client.connection;
    const updates = [];
    channel.on('update', (change) => updates.push(change));
    const keys = new Set([key]);
    for (const round of range(3)) {
      const lost = nextEvent(client.connection, 'disconnected');
      await through.refuse();
      await lost;
      for (const i of range(5)) await publisher.publish('n', `${round}:${i}`);
      await through.accept();
      await inState(client.connection, 'connected');
      await inbox.count((round + 1) * 5);
      assert.equal(client.connection.id, id);
      keys.add(client.connection.key);
    }
    assert.equal(keys.size, 4, 'each resume has a new key');
    assert.deepEqual(dataOf(inbox.items), range(3).flatMap((round) => range(5).map((i) => `${round}:${i}`)));
    assert.ok(updates.every(({ resumed }) => resumed), 'continuity was kept');
  });

  inEveryWay(rig, 'publishes sent while away or in flight arrive once, in order', async ({ clients, proxy }) => {
    const through = await proxy();
    const name = unique('resend');
    const inbox = await inboxOf((await clients.connected()).channels.get(name));
    const client = await clients.connected({ at: through });
    const channel = client.channels.get(name);
    await channel.attach();
    const acks = [];
    for (const i of range(400)) {
      acks.push(channel.publish('n', String(i)));
      if (i % 100 === 50) through.cut({ rst: i % 200 === 50 });
      if (i % 8 === 0) await pause(4);
    }
    const results = await within(Promise.all(acks), 30_000, 'all acknowledgements');
    await inbox.count(400);
    await pause(200);
    assert.deepEqual(dataOf(inbox.items), range(400).map(String));
    assert.deepEqual(inbox.items.map((m) => m.serial), results.map((r) => r.serials[0]));
  });

  inEveryWay(rig, 'acknowledgements lost on the way are given again with the same serials', async ({ clients, proxy }) => {
    const through = await proxy();
    const name = unique('lost-ack');
    const inbox = await inboxOf((await clients.connected()).channels.get(name));
    const client = await clients.connected({ at: through });
    const channel = client.channels.get(name);
    await channel.publish('n', 'first');
    through.delayMs = 400;
    const acks = range(10).map((i) => channel.publish('n', String(i)));
    await inbox.count(11);
    through.cut();
    through.delayMs = 0;
    const results = await within(Promise.all(acks), 20_000, 'the acknowledgements');
    await channel.publish('n', 'last');
    await inbox.when((items) => items.at(-1).data === 'last', 'the last one');
    assert.deepEqual(dataOf(inbox.items), ['first', ...range(10).map(String), 'last']);
    assert.deepEqual(inbox.items.slice(1, 11).map((m) => m.serial), results.map((r) => r.serials[0]));
  });

  inEveryWay(rig, 'is recovered by another process with its id, channels and backlog', async ({ clients, proxy }) => {
    const through = await proxy();
    const name = unique('recover');
    const first = await clients.connected({ at: through });
    const inbox = await inboxOf(first.channels.get(name));
    const publisher = (await clients.connected()).channels.get(name);
    await publisher.publish('n', '0');
    await inbox.count(1);
    const { id, key } = first.connection;
    const recover = first.connection.createRecoveryKey();
    await through.refuse();
    for (const i of range(4, 1)) await publisher.publish('n', String(i));
    const second = await clients.connected({ recover });
    assert.equal(second.connection.id, id);
    assert.notEqual(second.connection.key, key);
    const recovered = await inboxOf(second.channels.get(name));
    await recovered.count(4);
    assert.deepEqual(dataOf(recovered.items), ['1', '2', '3', '4']);
    await second.channels.get(name).publish('n', 'from the new process');
    await recovered.count(5);
  });

  once(rig, 'is recovered twice with one key, and neither life loses what it publishes', async ({ server, clients }) => {
    const name = unique('twice');
    const first = await RawSocket.connected(server);
    const recover = first.details.connectionDetails.connectionKey;
    await first.publish(name, { data: 'first' });
    await first.close();
    for (const life of ['second', 'third']) {
      const raw = await RawSocket.connected(server, { params: { recover } });
      raw.serial = 1;
      assert.equal((await raw.publish(name, { data: life })).action, ACTION.ACK);
      await raw.close();
    }
    const { items } = await clients.rest().channels.get(name).history({ direction: 'forwards' });
    assert.deepEqual(dataOf(items), ['first', 'second', 'third']);
  });

  once(rig, 'gets a message whole that was created while it was attached without subscribe', async ({ server }) => {
    const name = unique('deaf');
    const publisher = await RawSocket.connected(server);
    const raw = await RawSocket.connected(server, { params: { clientId: 'deaf' } });
    raw.send({ action: ACTION.ATTACH, channel: name, flags: (1 << 16) | (1 << 19) });
    await raw.next(ACTION.ATTACHED);
    const { res } = await publisher.publish(name, { data: 'one ' });
    await raw.request({ action: ACTION.PRESENCE, channel: name, presence: [{ action: 2 }] });
    const { channelSerial } = await raw.next(ACTION.PRESENCE);
    raw.send({ action: ACTION.ATTACH, channel: name, channelSerial });
    await raw.next(ACTION.ATTACHED, ({ flags }) => (flags & (1 << 18)) !== 0);
    await publisher.publish(name, { action: 5, serial: res[0].serials[0], data: 'two' });
    const { messages } = await raw.next(ACTION.MESSAGE);
    assert.deepEqual([messages[0].action, messages[0].data], [1, 'one two']);
    await Promise.all([raw.close(), publisher.close()]);
  });

  inBothFormats(rig, 'an unknown key to resume gives a new connection and error 80018', async ({ clients, server, useBinaryProtocol }) => {
    for (const kind of ['resume', 'recover']) {
      const raw = await RawSocket.connected(server, { binary: useBinaryProtocol, query: { [kind]: 'garbage!key' } });
      assert.equal(raw.details.error.code, 80018);
      assert.ok(raw.details.connectionId);
      assert.equal((await raw.publish(unique('x'), { name: 'n', data: 'x' })).action, ACTION.ACK);
      await raw.close();
    }
    const recover = JSON.stringify({ connectionKey: 'garbage!key', msgSerial: 7, channelSerials: {} });
    const client = await clients.connected({ recover });
    assert.equal(client.connection.errorReason.code, 80018);
    const channel = client.channels.get(unique('fresh'));
    await channel.publish('n', 'works');
  });

  inEveryWay(rig, 'a wrong secret fails the connection with 40101', async ({ clients }) => {
    const client = clients.realtime({ key: 'app.key:wrong' });
    const { reason } = await inState(client.connection, 'failed');
    assert.equal(reason.code, 40101);
    assert.equal(reason.statusCode, 401);
    const unknown = clients.realtime({ key: 'nobody.key:secret' });
    const change = await inState(unknown.connection, 'failed');
    assert.ok([40400, 40101, 40005].includes(change.reason.code), String(change.reason.code));
  });

  inEveryWay(rig, 'tokens that expire are renewed and nothing is missed', async ({ clients }) => {
    const issuer = clients.rest();
    let issued = 0;
    const authCallback = (params, done) => {
      issued++;
      issuer.auth.requestToken({ clientId: 'ada', ttl: 2_500 }).then((token) => done(null, token), done);
    };
    const client = await clients.connected({ authCallback });
    const { id } = client.connection;
    const name = unique('renew');
    const inbox = await inboxOf(client.channels.get(name));
    const publisher = (await clients.connected()).channels.get(name);
    for (const i of range(60)) {
      await publisher.publish('n', String(i));
      await pause(100);
    }
    await inbox.count(60);
    assert.ok(issued >= 2, `${issued} tokens`);
    assert.deepEqual(dataOf(inbox.items), range(60).map(String));
    assert.equal(client.auth.clientId, 'ada');
    assert.equal(client.connection.id, id);
  });

  inEveryWay(rig, 'an expired token that cannot be renewed ends the connection', async ({ clients }) => {
    const { token } = await clients.rest().auth.requestToken({ ttl: 1_500 });
    const client = await clients.connected({ token });
    const change = await nextEvent(client.connection, 'failed', 20_000);
    assert.ok([40171, 40142].includes(change.reason.code), String(change.reason.code));
  });

  inEveryWay(rig, 'a JWT gives its client id and capability', async ({ clients }) => {
    const name = unique('jwt');
    const token = jwt({ clientId: 'ada', capability: { [name]: ['publish', 'subscribe'] } });
    const client = await clients.connected({ token });
    assert.equal(client.auth.clientId, 'ada');
    const inbox = await inboxOf(client.channels.get(name));
    await client.channels.get(name).publish('n', 'x');
    assert.equal((await inbox.count(1))[0].clientId, 'ada');
    assert.equal((await rejection(client.channels.get(unique('other')).attach())).code, 40160);
    await clients.rest({ token: jwt({ clientId: 'ada' }) }).channels.get(name).publish('n', 'rest');
    await inbox.count(2);
  });

  inEveryWay(rig, 'authorize upgrades and downgrades a live connection', async ({ clients }) => {
    const base = unique('authorize');
    const caps = [{ [`${base}:a`]: ['*'] }, { [`${base}:a`]: ['*'], [`${base}:b`]: ['*'] }, { [`${base}:b`]: ['*'] }];
    let at = 0;
    const authCallback = (_, done) => done(null, jwt({ clientId: 'ada', capability: caps[at] }));
    const client = await clients.connected({ authCallback });
    const { id } = client.connection;
    const [a, b] = ['a', 'b'].map((c) => client.channels.get(`${base}:${c}`));
    await a.attach();
    assert.equal((await rejection(b.attach())).code, 40160);
    at = 1;
    await client.auth.authorize();
    await b.attach();
    assert.equal(a.state, 'attached');
    at = 2;
    const failed = nextEvent(a, 'failed');
    await client.auth.authorize();
    assert.equal((await failed).reason.code, 40160);
    assert.equal(b.state, 'attached');
    await b.publish('n', 'x');
    assert.equal(client.connection.id, id);
  });

  inEveryWay(rig, 'a token for somebody else fails the connection with 40102', async ({ clients }) => {
    const client = clients.realtime({ token: jwt({ clientId: 'ada' }), clientId: 'ada' });
    await inState(client.connection, 'connected');
    const raw = clients.realtime({ authCallback: (_, done) => done(null, jwt({ clientId: 'ada' })), clientId: 'eve' });
    const change = await inState(raw.connection, 'failed');
    assert.ok([40102, 40012].includes(change.reason.code), String(change.reason.code));
  });

  inEveryWay(rig, 'answers a ping', async ({ clients }) => {
    const client = await clients.connected();
    assert.ok((await client.connection.ping()) >= 0);
    const two = await Promise.all([client.connection.ping(), client.connection.ping()]);
    assert.equal(two.length, 2);
  });

  inBothFormats(rig, 'an idle connection stays, with heartbeats as frames unless refused', async ({ server, useBinaryProtocol }) => {
    const frames = await RawSocket.connected(server, { binary: useBinaryProtocol });
    const pings = await RawSocket.connected(server, { binary: useBinaryProtocol, query: { heartbeats: 'false' } });
    const interval = frames.details.connectionDetails.maxIdleInterval;
    assert.ok(interval > 0 && interval <= 20_000, `maxIdleInterval ${interval}`);
    const pinged = new Promise((done) => pings.socket.once('ping', done));
    const beat = frames.next(ACTION.HEARTBEAT, (f) => f.id === undefined, { ms: interval + 5_000 });
    await within(Promise.all([pinged, beat]), interval + 5_000, 'a sign of life on both');
    frames.send({ action: ACTION.HEARTBEAT, id: 'mine' });
    await frames.next(ACTION.HEARTBEAT, (f) => f.id === 'mine');
    assert.equal((await pings.publish(unique('alive'), { name: 'n' })).action, ACTION.ACK);
    await frames.close();
    await pings.close();
  });

  inEveryWay(rig, 'notices a dead network and comes back to what it missed', async ({ clients, proxy }) => {
    const through = await proxy();
    const name = unique('dead');
    const client = await clients.connected({ at: through });
    const inbox = await inboxOf(client.channels.get(name));
    const publisher = (await clients.connected()).channels.get(name);
    through.blackhole();
    for (const i of range(5)) await publisher.publish('n', String(i));
    await pause(500);
    assert.equal(inbox.length, 0);
    const back = nextEvent(client.connection, 'connected');
    through.cut();
    through.flow();
    await back;
    await inbox.count(5);
    assert.deepEqual(dataOf(inbox.items), range(5).map(String));
  });

  inEveryWay(rig, 'acknowledges in order across channels', async ({ clients }) => {
    const client = await clients.connected();
    const channels = range(8).map((i) => client.channels.get(unique(`acks${i}`)));
    const order = [];
    const sent = range(240).map((i) => channels[(i * 5) % 8].publish('n', String(i)).then(() => order.push(i)));
    await within(Promise.all(sent), 20_000, 'all acknowledgements');
    assert.deepEqual(order, range(240));
  });

  once(rig, 'acknowledges every msgSerial once, in order, refusals among them', async ({ server }) => {
    const raw = await RawSocket.connected(server, { query: { clientId: 'ada' } });
    const channel = unique('raw-acks');
    const opened = (await raw.publish(channel, { name: 'text', data: '' })).res[0].serials[0];
    const before = raw.inbox.length;
    const send = (i) => {
      if (i % 5 === 1) return raw.send({ action: ACTION.PRESENCE, channel, msgSerial: i + 1, presence: [{ action: 2, data: `${i}` }] });
      if (i % 5 === 2) return raw.send({ action: ACTION.MESSAGE, channel, msgSerial: i + 1, messages: [{ action: 5, serial: opened, data: `${i};` }] });
      const message = i % 5 === 3 ? { action: 5, serial: 'missing', data: 'x' } : { name: 'n', data: String(i) };
      const names = [channel, `${channel}-b`, i % 5 === 4 ? '[bad' : `${channel}-c`];
      return raw.send({ action: ACTION.MESSAGE, channel: names[i % 3], msgSerial: i + 1, messages: [message] });
    };
    range(90).forEach(send);
    const replies = () => raw.inbox.items.slice(before).filter((f) => f.action === ACTION.ACK || f.action === ACTION.NACK);
    const covered = () => replies().reduce((sum, f) => sum + f.count, 0);
    await until(() => covered() >= 90, 'all 90 replies');
    let next = 1;
    for (const { action, msgSerial, count, res } of replies()) {
      assert.equal(msgSerial, next);
      assert.ok(count >= 1);
      if (action === ACTION.ACK) assert.equal(res.length, count, 'one result for each frame');
      next += count;
    }
    assert.equal(next, 91);
    await raw.close();
  });
});

describe('a server that is stopped', { concurrency: 2 }, () => {
  it('ends by SIGTERM within 10 s and code 0 with clients connected, and they come back', { timeout: 120_000, ...ofOneProcess('it waits for all clients to be without a server; cluster/rolling stops one node after the other') }, async (t) => {
    const server = await Server.start();
    const clients = new Clients(server);
    try {
      const name = unique('sigterm');
      const all = await Promise.all(range(20).map((i) => clients.connected({ useBinaryProtocol: i % 2 === 0 })));
      const inboxes = await Promise.all(all.map((client) => inboxOf(client.channels.get(name))));
      await all[0].channels.get(name).publish('n', 'before');
      for (const inbox of inboxes) await inbox.count(1);
      const ids = all.map((client) => client.connection.id);
      const ended = await server.stop();
      t.diagnostic(`SIGTERM to exit: ${ended.ms} ms`);
      assert.equal(ended.code, 0, JSON.stringify(ended));
      assert.ok(ended.ms < 10_000, `${ended.ms} ms`);
      await until(() => all.every((client) => client.connection.state !== 'connected'), 'all to notice');
      assert.ok(all.every((client) => ['disconnected', 'connecting'].includes(client.connection.state)));
      const pending = all[1].channels.get(name).publish('n', 'while away');
      await server.launch();
      await Promise.all(all.map((client) => inState(client.connection, 'connected', 20_000)));
      await within(pending, 20_000, 'the publish made while away');
      for (const inbox of inboxes) await inbox.count(2);
      assert.deepEqual(all.map((client) => client.connection.id), ids, 'every connection was resumed');
      assert.deepEqual(dataOf(inboxes[7].items), ['before', 'while away']);
    } finally {
      await clients.close();
      await server.dispose();
    }
  });

  for (const { format, useBinaryProtocol } of FORMATS) {
    it(`${format}: loses nothing acknowledged and doubles nothing when killed while publishing`, { timeout: 120_000 }, async () => {
      const server = await Server.start();
      const clients = new Clients(server, { useBinaryProtocol });
      try {
        const name = unique('kill');
        const inbox = await inboxOf((await clients.connected()).channels.get(name));
        const client = await clients.connected();
        const channel = client.channels.get(name);
        await channel.attach();
        const acks = [];
        let restarted;
        for (const i of range(600)) {
          acks.push(channel.publish('n', String(i)));
          if (i === 300) restarted = server.restart();
          if (i % 4 === 0) await pause(3);
        }
        await restarted;
        const results = await within(Promise.all(acks), 60_000, 'all acknowledgements');
        await inbox.count(600, 30_000);
        assert.deepEqual(dataOf(inbox.items), range(600).map(String));
        assert.deepEqual(inbox.items.map((m) => m.serial), results.map((r) => r.serials[0]));
        const { items } = await channel.history({ limit: 1000, direction: 'forwards' });
        assert.deepEqual(dataOf(items), range(600).map(String));
      } finally {
        await clients.close();
        await server.dispose();
      }
    });
  }

  it('refuses a data directory that another process holds', { timeout: 120_000, ...ofOneProcess('nodes share what is stored, and have no directory') }, async () => {
    const server = await Server.start();
    const second = new Server(server.port + 1, server.data, [], {}, server.key);
    try {
      const error = await rejection(second.launch(), 60_000);
      assert.match(error.message, /ended before it was ready/);
      assert.ok(second.stderr.length > 0, 'it says why');
      const clients = new Clients(server);
      await clients.connected();
      await clients.close();
    } finally {
      await second.kill();
      await server.dispose();
    }
  });
});
