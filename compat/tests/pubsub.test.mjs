// Publishing and subscribing: order, identity, content across formats, modes and refusals.
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import Ably from 'ably';
import { unique } from '../lib/clients.mjs';
import { bytes, inboxOf, range } from '../lib/inbox.mjs';
import { RawSocket, ACTION } from '../lib/rawws.mjs';
import { inEveryWay, once, serverForAll } from '../lib/rig.mjs';
import { Inbox, inState, nextEvent, rejection } from '../lib/wait.mjs';

describe('publish and subscribe', { concurrency: 4 }, () => {
  const rig = serverForAll();

  inEveryWay(rig, 'messages arrive in the order they were published, with rising serials', async ({ clients }) => {
    const name = unique('order');
    const inbox = await inboxOf((await clients.connected()).channels.get(name));
    const publisher = (await clients.connected()).channels.get(name);
    const results = await Promise.all(range(500).map((i) => publisher.publish('n', String(i))));
    await inbox.count(500);
    assert.deepEqual(inbox.items.map(({ data }) => data), range(500).map(String));
    const serials = results.map(({ serials: [serial] }) => serial);
    assert.deepEqual(inbox.items.map(({ serial }) => serial), serials, 'the ACK names the serial that is delivered');
    assert.deepEqual([...serials].sort(), serials);
    assert.equal(new Set(serials).size, 500);
  });

  inEveryWay(rig, 'two publishers are seen in one order by all subscribers', async ({ clients }) => {
    const name = unique('one-order');
    const inboxes = await Promise.all(range(3).map(async () => inboxOf((await clients.connected()).channels.get(name))));
    const publishers = await Promise.all(range(2).map(async () => (await clients.connected()).channels.get(name)));
    await Promise.all(publishers.flatMap((channel, p) => range(150).map((i) => channel.publish('n', `${p}:${i}`))));
    for (const inbox of inboxes) await inbox.count(300);
    const orders = inboxes.map(({ items }) => items.map(({ data }) => data));
    assert.deepEqual(orders[1], orders[0]);
    assert.deepEqual(orders[2], orders[0]);
    for (const p of [0, 1]) {
      const own = orders[0].filter((data) => data.startsWith(`${p}:`));
      assert.deepEqual(own, range(150).map((i) => `${p}:${i}`), `publisher ${p}`);
    }
  });

  inEveryWay(rig, 'a batch is atomic: all its messages or none', async ({ clients }) => {
    const channel = (await clients.connected({ clientId: 'ada' })).channels.get(unique('batch'));
    const inbox = await inboxOf(channel);
    const result = await channel.publish(range(5).map((i) => ({ name: 'b', data: String(i) })));
    assert.equal(result.serials.length, 5);
    await inbox.count(5);
    assert.deepEqual(inbox.items.map(({ serial }) => serial), result.serials);
    const refused = await rejection(channel.publish([{ name: 'a' }, { name: 'b', clientId: 'eve' }]));
    assert.equal(refused.code, 40012);
    await channel.publish('end', null);
    await inbox.count(6);
    assert.equal(inbox.items[5].name, 'end');
  });

  inEveryWay(rig, 'the publisher client id, connection id, message id and timestamps are stamped', async ({ clients }) => {
    const client = await clients.connected({ clientId: 'ada' });
    const channel = client.channels.get(unique('stamp'));
    const inbox = await inboxOf(channel);
    const before = Date.now();
    await channel.publish('hello', 'x');
    const [message] = await inbox.count(1);
    assert.equal(message.clientId, 'ada');
    assert.equal(message.connectionId, client.connection.id);
    assert.ok(message.id.startsWith(`${client.connection.id}:`), message.id);
    assert.ok(Math.abs(message.timestamp - before) < 60_000);
    assert.equal(message.action, 'message.create');
    assert.equal(message.version.serial, message.serial);
    assert.equal(message.version.timestamp, message.timestamp);
    const mismatch = await rejection(channel.publish({ name: 'x', clientId: 'eve' }));
    assert.equal(mismatch.code, 40012);
    assert.equal(client.connection.state, 'connected');
  });

  inEveryWay(rig, 'a connection that asked for no echo does not hear itself', async ({ clients }) => {
    const name = unique('echo');
    const silent = (await clients.connected({ echoMessages: false })).channels.get(name);
    const other = (await clients.connected()).channels.get(name);
    const heard = await inboxOf(silent);
    const otherHeard = await inboxOf(other);
    await silent.publish('mine', '1');
    await other.publish('theirs', '2');
    await heard.count(1);
    await otherHeard.count(2);
    assert.deepEqual(heard.items.map((m) => m.name), ['theirs']);
    assert.deepEqual(otherHeard.items.map((m) => m.name), ['mine', 'theirs']);
  });

  inEveryWay(rig, 'extras, names and data of every kind come back unchanged', async ({ clients }) => {
    const channel = (await clients.connected()).channels.get(unique('content'));
    const inbox = await inboxOf(channel);
    const extras = { headers: { a: 'b', n: '1' }, ai: { transport: { 'run-id': 'r', stream: 'true' }, codec: {} }, deep: { list: [1, 'two', null, { three: 3.5 }] } };
    const sent = [
      { name: 'text', data: 'héllo “wörld” 手紙 🫖\u0000\u2028', extras },
      { name: 'empty', data: '' },
      { name: 'none' },
      { data: 'nameless' },
      { name: 'object', data: { a: [1, 2, { b: 'ß' }], n: 1e21, f: -0.5 } },
      { name: 'array', data: [1, 'x', null] },
      { name: 'bytes', data: bytes(0, 1, 127, 128, 255) },
      { name: 'no bytes', data: bytes() },
    ];
    for (const message of sent) await channel.publish(message);
    await inbox.count(sent.length);
    for (const [i, message] of sent.entries()) {
      const got = inbox.items[i];
      assert.equal(got.name, message.name);
      if (Buffer.isBuffer(message.data)) assert.ok(message.data.equals(Buffer.from(got.data)), message.name);
      else assert.deepEqual(got.data ?? undefined, message.data, message.name);
      assert.deepEqual(got.extras, message.extras);
      assert.ok(!got.encoding, `${message.name} left encoding ${got.encoding}`);
    }
  });

  once(rig, 'bytes and JSON cross formats both ways, live and from history', async ({ clients }) => {
    const name = unique('cross');
    const json = (await clients.connected({ useBinaryProtocol: false })).channels.get(name);
    const packed = (await clients.connected({ useBinaryProtocol: true })).channels.get(name);
    const inboxes = [await inboxOf(json), await inboxOf(packed)];
    const payload = bytes(...range(256));
    await json.publish('from json', payload);
    await packed.publish('from msgpack', payload);
    await json.publish('object', { x: [1] });
    await packed.publish('object', { x: [1] });
    for (const inbox of inboxes) await inbox.count(4);
    const histories = await Promise.all([json, packed].map((channel) => channel.history({ direction: 'forwards' })));
    for (const items of [...inboxes.map((inbox) => inbox.items), ...histories.map((page) => page.items)]) {
      assert.ok(payload.equals(Buffer.from(items[0].data)), 'json bytes');
      assert.ok(payload.equals(Buffer.from(items[1].data)), 'msgpack bytes');
      assert.deepEqual([items[2].data, items[3].data], [{ x: [1] }, { x: [1] }]);
    }
  });

  once(rig, 'on the wire bytes are base64 for JSON readers and raw for MessagePack readers', async ({ server }) => {
    const channel = unique('wire');
    const json = await RawSocket.connected(server);
    const packed = await RawSocket.connected(server, { binary: true });
    for (const raw of [json, packed]) {
      raw.send({ action: ACTION.ATTACH, channel });
      await raw.next(ACTION.ATTACHED);
    }
    const payload = bytes(222, 173, 190, 239);
    await json.publish(channel, { name: 'j', data: payload.toString('base64'), encoding: 'base64' });
    await packed.publish(channel, { name: 'p', data: payload });
    await packed.publish(channel, { name: 'c', data: payload, encoding: 'utf-8/cipher+aes-256-cbc' });
    const named = (raw, name) => raw.next(ACTION.MESSAGE, (f) => f.messages.some((m) => m.name === name)).then((f) => f.messages[0]);
    for (const name of ['j', 'p']) {
      const forJson = await named(json, name);
      assert.equal(forJson.data, payload.toString('base64'));
      assert.equal(forJson.encoding, 'base64');
      const forPacked = await named(packed, name);
      assert.ok(payload.equals(Buffer.from(forPacked.data)));
      assert.ok(!forPacked.encoding, `encoding ${forPacked.encoding}`);
    }
    assert.equal((await named(json, 'c')).encoding, 'utf-8/cipher+aes-256-cbc/base64');
    assert.equal((await named(packed, 'c')).encoding, 'utf-8/cipher+aes-256-cbc');
    await json.close();
    await packed.close();
  });

  inEveryWay(rig, 'bytes come as the reader’s format writes them, whoever has published them', async ({ raw, server }) => {
    const channel = unique('bytes');
    const one = await raw.connected();
    await one.attach(channel);
    const payload = bytes(222, 173, 190, 239);
    const others = [await RawSocket.connected(server), await RawSocket.connected(server, { binary: true })];
    const text = { data: payload.toString('base64'), encoding: 'base64' };
    await others[0].publish(channel, { name: 'a', ...text });
    await others[1].publish(channel, { name: 'b', data: payload });
    await one.publish(channel, { name: 'c', ...(one.binary ? { data: payload } : text) });
    await one.publish(channel, { name: 'd', data: text.data, encoding: 'utf-8/cipher+aes-256-cbc/base64' });
    for (const name of ['a', 'b', 'c', 'd']) {
      const { messages: [message] } = await one.next(ACTION.MESSAGE, ({ messages }) => messages[0].name === name);
      const before = name === 'd' ? 'utf-8/cipher+aes-256-cbc' : undefined;
      assert.equal(message.encoding, one.binary ? before : [before, 'base64'].filter(Boolean).join('/'));
      assert.ok(payload.equals(one.binary ? Buffer.from(message.data) : Buffer.from(message.data, 'base64')), name);
    }
    for (const other of others) await other.close();
  });

  once(rig, 'encrypted messages cross formats', async ({ clients }) => {
    const name = unique('cipher');
    const key = await Ably.Realtime.Crypto.generateRandomKey();
    const channels = [];
    for (const useBinaryProtocol of [false, true]) {
      const client = await clients.connected({ useBinaryProtocol });
      channels.push(client.channels.get(name, { cipher: { key } }));
    }
    const inboxes = [await inboxOf(channels[0]), await inboxOf(channels[1])];
    await channels[0].publish('a', { secret: 'ä' });
    await channels[1].publish('b', bytes(1, 2, 3));
    for (const inbox of inboxes) {
      await inbox.count(2);
      assert.deepEqual(inbox.items[0].data, { secret: 'ä' });
      assert.ok(bytes(1, 2, 3).equals(Buffer.from(inbox.items[1].data)));
    }
  });

  inEveryWay(rig, 'channel modes limit what an attachment gets and may do', async ({ clients }) => {
    const name = unique('modes');
    const client = await clients.connected({ clientId: 'm' });
    const publishOnly = client.channels.get(name, { modes: ['PUBLISH'] });
    const mute = new Inbox();
    await publishOnly.subscribe(mute.add).catch(() => {});
    await inState(publishOnly, 'attached');
    assert.deepEqual(publishOnly.modes.map((m) => m.toUpperCase()), ['PUBLISH']);
    const full = await inboxOf((await clients.connected()).channels.get(name));
    await publishOnly.publish('x', '1');
    await full.count(1);
    assert.equal(mute.length, 0);
    const listener = await clients.connected();
    const subscribeOnly = listener.channels.get(name, { modes: ['SUBSCRIBE'] });
    await subscribeOnly.attach();
    const refused = await rejection(subscribeOnly.publish('y', '2'));
    assert.ok([40160, 40165].includes(refused.code), String(refused.code));
    assert.equal(subscribeOnly.state, 'attached');
    const byParams = listener.channels.get(`${name}-params`, { params: { modes: 'subscribe,presence' } });
    await byParams.attach();
    assert.deepEqual(byParams.modes.map((m) => m.toUpperCase()).sort(), ['PRESENCE', 'SUBSCRIBE']);
  });

  inEveryWay(rig, 'capabilities are enforced with 40160', async ({ clients }) => {
    const base = unique('cap');
    const capability = { [`${base}:read`]: ['subscribe'], [`${base}:write`]: ['publish'], [`${base}:tree:*`]: ['*'] };
    const issuer = clients.rest();
    const { token } = await issuer.auth.requestToken({ capability: JSON.stringify(capability), clientId: 'limited' });
    const client = await clients.connected({ token });
    const denied = client.channels.get(`${base}:other`);
    assert.equal((await rejection(denied.attach())).code, 40160);
    assert.equal(denied.state, 'failed');
    const read = client.channels.get(`${base}:read`);
    await read.attach();
    assert.equal((await rejection(read.publish('x', '1'))).code, 40160);
    assert.equal((await rejection(read.presence.enter())).code, 40160);
    const write = client.channels.get(`${base}:write`);
    await write.publish('x', '1');
    await client.channels.get(`${base}:tree:a:b`).publish('deep', '1');
    assert.equal((await rejection(client.channels.get(`${base}:read`).history())).code, 40160);
    assert.equal(client.connection.state, 'connected');
    const rest = clients.rest({ token });
    assert.equal((await rejection(rest.channels.get(`${base}:read`).publish('x', '1'))).code, 40160);
    await rest.channels.get(`${base}:write`).publish('x', '1');
  });

  inEveryWay(rig, 'client-given ids make a repeated publish have no effect', async ({ clients }) => {
    const name = unique('idempotent');
    const one = (await clients.connected()).channels.get(name);
    const two = (await clients.connected()).channels.get(name);
    const rest = clients.rest().channels.get(name);
    const inbox = await inboxOf(one);
    const first = await one.publish({ id: `${name}-a`, name: 'a', data: '1' });
    const again = await one.publish({ id: `${name}-a`, name: 'a', data: '1' });
    const elsewhere = await two.publish({ id: `${name}-a`, name: 'a', data: '1' });
    assert.deepEqual(again.serials, first.serials);
    assert.deepEqual(elsewhere.serials, first.serials);
    const batch = [{ id: `${name}-b:0`, data: '1' }, { id: `${name}-b:1`, data: '2' }];
    await rest.publish(batch);
    await rest.publish(batch);
    await one.publish('end', null);
    await inbox.when((items) => items.some((m) => m.name === 'end'), 'the end');
    assert.deepEqual(inbox.items.map((m) => m.id).slice(0, 3), [`${name}-a`, `${name}-b:0`, `${name}-b:1`]);
    assert.equal(inbox.length, 4);
    assert.equal((await rest.history()).items.length, 4);
  });

  inEveryWay(rig, 'ephemeral messages are delivered live and not kept', async ({ clients }) => {
    const channel = (await clients.connected()).channels.get(unique('ephemeral'));
    const inbox = await inboxOf(channel);
    await channel.publish('kept', '1');
    await channel.publish({ name: 'gone', data: '2', extras: { ephemeral: true } });
    await channel.publish('kept', '3');
    await inbox.count(3);
    assert.deepEqual(inbox.items.map((m) => m.data), ['1', '2', '3']);
    assert.equal(inbox.items[1].extras.ephemeral, true);
    assert.deepEqual((await channel.history()).items.map((m) => m.data), ['3', '1']);
  });

  inEveryWay(rig, 'rewind replays the last messages by count', async ({ clients }) => {
    const name = unique('rewind');
    const publisher = (await clients.connected()).channels.get(name);
    for (const i of range(6)) await publisher.publish('n', String(i));
    const channel = (await clients.connected()).channels.get(name, { params: { rewind: '3' } });
    const inbox = await inboxOf(channel);
    await publisher.publish('n', '6');
    await inbox.count(4);
    assert.deepEqual(inbox.items.map((m) => m.data), ['3', '4', '5', '6']);
    assert.equal(channel.params.rewind, '3');
  });

  inEveryWay(rig, 'rewind replays messages by age', async ({ clients }) => {
    const name = unique('rewind-time');
    const publisher = (await clients.connected()).channels.get(name);
    await publisher.publish('n', 'old');
    await new Promise((done) => setTimeout(done, 5_500));
    await publisher.publish('n', 'new');
    const inbox = await inboxOf((await clients.connected()).channels.get(name, { params: { rewind: '5s' } }));
    const whole = await inboxOf((await clients.connected()).channels.get(name, { params: { rewind: '2m' } }));
    await inbox.count(1);
    await whole.count(2);
    assert.deepEqual(inbox.items.map((m) => m.data), ['new']);
    assert.deepEqual(whole.items.map((m) => m.data), ['old', 'new']);
  });

  inEveryWay(rig, 'detach stops delivery and a new attach starts at the end', async ({ clients }) => {
    const name = unique('detach');
    const channel = (await clients.connected()).channels.get(name);
    const inbox = await inboxOf(channel);
    const publisher = (await clients.connected()).channels.get(name);
    await publisher.publish('n', '1');
    await inbox.count(1);
    await channel.detach();
    await publisher.publish('n', '2');
    await channel.attach();
    await publisher.publish('n', '3');
    await inbox.count(2);
    assert.deepEqual(inbox.items.map((m) => m.data), ['1', '3']);
  });

  const NAMES = ['émoji 🫖🧵', 'a/b/c', 'a:b:c', 'with  spaces ', 'percent%20and+plus', 'q?x=1&y#z', '#hash', '漢字', 'x'.repeat(1_000), '"quoted"\\', 'a,b;c=d'];
  inEveryWay(rig, 'channel names of every legal kind work live, by history and over REST', async ({ clients }) => {
    const client = await clients.connected();
    const rest = clients.rest();
    const suffix = unique('');
    await Promise.all(
      NAMES.map(async (stem) => {
        const name = stem + suffix;
        const channel = client.channels.get(name);
        const inbox = await inboxOf(channel);
        await channel.publish('n', 'live');
        await rest.channels.get(name).publish('n', 'rest');
        await inbox.count(2);
        const page = await rest.channels.get(name).history({ direction: 'forwards' });
        assert.deepEqual(page.items.map((m) => m.data), ['live', 'rest'], name);
      }),
    );
  });

  inEveryWay(rig, 'illegal channel names fail the channel with 40010 and not the connection', async ({ clients }) => {
    const client = await clients.connected();
    for (const name of ['', '[bad', ':leading']) {
      const channel = client.channels.get(name);
      assert.equal((await rejection(channel.attach())).code, 40010, JSON.stringify(name));
      assert.equal(channel.state, 'failed');
      assert.equal(client.connection.state, 'connected');
    }
    const good = client.channels.get(unique('good'));
    await good.publish('still', 'here');
    const refused = await rejection(clients.rest().channels.get('[bad').publish('x', '1'));
    assert.equal(refused.code, 40010);
  });

  inEveryWay(rig, 'a channel fails alone: others on the connection go on', async ({ clients }) => {
    const client = await clients.connected();
    const good = client.channels.get(unique('good'));
    const inbox = await inboxOf(good);
    const bad = client.channels.get('[bad');
    const failed = nextEvent(bad, 'failed');
    bad.attach().catch(() => {});
    await failed;
    await good.publish('n', '1');
    await inbox.count(1);
  });
});
