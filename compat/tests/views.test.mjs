// Channels seen through qualifiers, params, filters and deltas.
import vcdiff from '@ably/vcdiff-decoder';
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { unique } from '../lib/clients.mjs';
import { dataOf, inboxOf } from '../lib/inbox.mjs';
import { jwt } from '../lib/jwt.mjs';
import { ACTION, FLAG, modesOf } from '../lib/raw.mjs';
import { inEveryWay, serverForAll } from '../lib/rig.mjs';
import { inState, rejection } from '../lib/wait.mjs';

/** A decoder that counts and can be told to fail. */
function decoder() {
  const made = {
    calls: 0,
    failing: 0,
    decode(delta, base) {
      made.calls++;
      if (made.failing > 0) {
        made.failing--;
        throw new Error('told to fail');
      }
      return vcdiff.decode(delta, base);
    },
  };
  return made;
}

const STATES = ['active', 'inactive', 'inactive', 'active', 'gone'].map((status, count) => ({ foo: 'bar', count, status }));

describe('views of a channel', { concurrency: 4 }, () => {
  const rig = serverForAll();

  inEveryWay(rig, 'params that are known come back, others are dropped', async ({ clients }) => {
    const params = { rewind: '1', delta: 'vcdiff', modes: 'subscribe,publish', occupancy: 'metrics', appendMode: 'full' };
    const channel = (await clients.connected()).channels.get(unique('params'), {
      params: { ...params, echo: 'false', unheard: 'of' },
    });
    await channel.attach();
    assert.deepEqual(channel.params, { ...params, echo: 'false' });
    assert.deepEqual([...channel.modes].sort(), ['publish', 'subscribe']);
  });

  inEveryWay(rig, 'params with bad values fail the attach', async ({ clients }) => {
    const { channels } = await clients.connected();
    for (const params of [{ rewind: 'x' }, { delta: 'zip' }, { occupancy: 'all' }, { modes: 'fly' }, { appendMode: 'no' }]) {
      const error = await rejection(channels.get(unique('bad'), { params }).attach());
      assert.equal(error.statusCode, 400, JSON.stringify(params));
    }
  });

  inEveryWay(rig, 'a qualified name is the channel by another name', async ({ clients }) => {
    const name = unique('room');
    const { channels } = await clients.connected();
    await channels.get(name).publish('n', 'past');
    const qualified = channels.get(`[?rewind=1]${name}`);
    const inbox = await inboxOf(qualified);
    await channels.get(name).publish('n', 'live');
    assert.deepEqual(dataOf(await inbox.count(2)), ['past', 'live']);
    await qualified.publish('n', 'through it');
    await inbox.count(3);
    const { items } = await channels.get(name).history({ direction: 'forwards' });
    assert.deepEqual(dataOf(items), ['past', 'live', 'through it']);
    await qualified.presence.enterClient('ada', 'here');
    assert.deepEqual((await channels.get(name).presence.get()).map((m) => m.clientId), ['ada']);
    await qualified.detach();
  });

  inEveryWay(rig, 'a derived channel has what passes its filter, beside the channel itself', async ({ clients }) => {
    const name = unique('derived');
    const { channels } = await clients.connected();
    const derived = channels.getDerived(name, { filter: 'name == `"yes"` && headers.number > `2`' });
    const [some, all] = [await inboxOf(derived), await inboxOf(channels.get(name))];
    for (const number of [1, 2, 3, 4]) {
      const extras = { headers: { number } };
      await channels.get(name).publish([
        { name: 'yes', data: `yes ${number}`, extras },
        { name: 'no', data: `no ${number}`, extras },
      ]);
    }
    await all.count(8);
    assert.deepEqual(dataOf(await some.count(2)), ['yes 3', 'yes 4']);
  });

  inEveryWay(rig, 'a derived channel can have params and goes on after a cut', async ({ clients, proxy }) => {
    const name = unique('derived');
    const between = await proxy();
    const publisher = (await clients.connected()).channels.get(name);
    await publisher.publish([{ name: 'yes', data: 'past' }]);
    const away = await clients.connected({ at: between });
    const derived = away.channels.getDerived(`[?rewind=5]${name}`, { filter: 'name == `"yes"`' });
    const inbox = await inboxOf(derived);
    await inbox.count(1);
    const disconnected = inState(away.connection, 'disconnected');
    between.cut();
    await disconnected;
    await publisher.publish([{ name: 'no', data: 'no' }, { name: 'yes', data: 'missed' }]);
    await inState(away.connection, 'connected');
    assert.deepEqual(dataOf(await inbox.count(2)), ['past', 'missed']);
  });

  inEveryWay(rig, 'a bad filter fails the attach and says why', async ({ clients }) => {
    const { channels } = await clients.connected();
    for (const filter of ['name ==', 'to_string(@)', '[name, name]']) {
      const error = await rejection(channels.getDerived(unique('bad'), { filter }).attach());
      assert.equal(error.code, 40003);
      assert.match(error.message, /filter/);
    }
    const unsupported = await rejection(channels.getDerived(unique('bad'), { filter: 'sum(headers.n) > `1`' }).attach());
    assert.match(unsupported.message, /calls 'sum', and the functions it may call are abs, contains/);
  });

  inEveryWay(rig, 'every append comes whole where that is wanted', async ({ clients }) => {
    const name = unique('whole');
    const { channels } = await clients.connected({ transportParams: { appendRollupWindow: 0 } });
    const whole = (await clients.connected()).channels.get(name, { params: { appendMode: 'full' } });
    const inbox = await inboxOf(whole);
    const { serials } = await channels.get(name).publish('n', 'a');
    await channels.get(name).appendMessage({ serial: serials[0], data: 'b' });
    await channels.get(name).appendMessage({ serial: serials[0], data: 'c' });
    await inbox.count(3);
    assert.deepEqual(inbox.items.map((m) => m.action), ['message.create', 'message.update', 'message.update']);
    assert.deepEqual(dataOf(inbox.items), ['a', 'ab', 'abc']);
  });

  inEveryWay(rig, 'every message after the first comes as a delta', async ({ clients }) => {
    const codec = decoder();
    const client = await clients.connected({ plugins: { vcdiff: codec } });
    const channel = client.channels.get(unique('delta'), { params: { delta: 'vcdiff' } });
    const inbox = await inboxOf(channel);
    for (const state of STATES) await channel.publish(String(state.count), state);
    assert.deepEqual(dataOf(await inbox.count(STATES.length)), STATES);
    assert.equal(codec.calls, STATES.length - 1);
  });

  inEveryWay(rig, 'messages published together come as deltas to one another, from the first frame on', async ({ clients }) => {
    const codec = decoder();
    const client = await clients.connected({ plugins: { vcdiff: codec } });
    const channel = client.channels.get(unique('together'), { params: { delta: 'vcdiff' } });
    const inbox = await inboxOf(channel);
    await channel.publish(STATES.map((data) => ({ name: 'n', data })));
    assert.deepEqual(dataOf(await inbox.count(STATES.length)), STATES);
    assert.equal(codec.calls, STATES.length - 1);
  });

  inEveryWay(rig, 'bytes and encrypted messages survive deltas', async ({ clients }) => {
    const codec = decoder();
    const client = await clients.connected({ plugins: { vcdiff: codec } });
    const key = Buffer.alloc(32, 7);
    for (const cipher of [undefined, { key }]) {
      const channel = client.channels.get(unique('bytes'), { params: { delta: 'vcdiff' }, ...(cipher && { cipher }) });
      const inbox = await inboxOf(channel);
      for (const at of [1, 2, 3]) await channel.publish('n', Buffer.concat([Buffer.alloc(100, 1), Buffer.from([at])]));
      await inbox.count(3);
      assert.deepEqual(inbox.items.map((m) => m.data.at(-1)), [1, 2, 3]);
    }
    assert.ok(codec.calls >= 2, 'plain bytes come as deltas');
  });

  inEveryWay(rig, 'a client that fails to decode is given what followed anew', async ({ clients }) => {
    const codec = decoder();
    const client = await clients.connected({ plugins: { vcdiff: codec } });
    const channel = client.channels.get(unique('recover'), { params: { delta: 'vcdiff' } });
    const inbox = await inboxOf(channel);
    const publisher = (await clients.connected()).channels.get(channel.name);
    await publisher.publish('0', STATES[0]);
    await inbox.count(1);
    codec.failing = 1;
    const attaching = inState(channel, 'attaching');
    const published = Promise.all(STATES.slice(1).map((state) => publisher.publish(String(state.count), state)));
    const { reason } = await attaching;
    assert.equal(reason.code, 40018);
    assert.deepEqual(dataOf(await inbox.count(STATES.length)), STATES);
    await published;
  });

  inEveryWay(rig, 'a client without a decoder fails its channel', async ({ clients }) => {
    const client = await clients.connected();
    const channel = client.channels.get(unique('none'), { params: { delta: 'vcdiff' } });
    await channel.subscribe(() => {});
    const failed = inState(channel, 'failed');
    for (const state of STATES.slice(0, 2)) channel.publish('n', state).catch(() => {});
    await failed;
    assert.equal(channel.errorReason.code, 40019);
  });

  inEveryWay(rig, 'rewind gives messages that have grown whole, and rewindLimit bounds it', async ({ clients }) => {
    const name = unique('grown');
    const channel = (await clients.connected()).channels.get(name);
    const { serials } = await channel.publish('answer', 'a');
    await channel.appendMessage({ serial: serials[0], data: 'b' });
    await channel.publish('n', 'last');
    const rewound = async (params) => inboxOf((await clients.connected()).channels.get(name, { params }));
    const all = await (await rewound({ rewind: '2m' })).count(2);
    assert.deepEqual(all.map((m) => [m.action, m.data]), [['message.update', 'ab'], ['message.create', 'last']]);
    const limited = await rewound({ rewind: '2m', rewindLimit: '1' });
    assert.deepEqual(dataOf(await limited.count(1)), ['last']);
  });

  inEveryWay(rig, 'rewind acts when an attachment begins and not when it changes', async ({ clients }) => {
    const name = unique('begins');
    const channel = (await clients.connected()).channels.get(name, { params: { rewind: '2' } });
    await channel.publish('n', '1');
    const inbox = await inboxOf(channel);
    await inbox.count(1);
    await channel.setOptions({ params: { rewind: '2', appendMode: 'full' } });
    assert.equal(channel.params.appendMode, 'full');
    await channel.publish('n', '2');
    await inbox.when((items) => items.at(-1).data === '2', 'the second');
    assert.deepEqual(dataOf(inbox.items), ['1', '2']);
  });

  inEveryWay(rig, 'echo=false of a channel is of that channel alone', async ({ clients }) => {
    const client = await clients.connected();
    const [mute, plain] = [client.channels.get(unique('mute'), { params: { echo: 'false' } }), client.channels.get(unique('plain'))];
    const [nothing, heard] = [await inboxOf(mute), await inboxOf(plain)];
    await mute.publish('n', 'x');
    await plain.publish('n', 'x');
    await heard.count(1);
    await clients.rest().channels.get(mute.name).publish('n', 'theirs');
    assert.deepEqual(dataOf(await nothing.count(1)), ['theirs']);
  });

  inEveryWay(rig, 'attaching again changes modes and params, and tells of members anew', async ({ raw }) => {
    const channel = unique('again');
    const one = await raw.connected({ query: { clientId: 'ada' } });
    await one.presence(channel, { action: 2 });
    const first = await one.attach(channel, { flags: FLAG.PRESENCE, params: { agent: 'wrapper/1', nonsense: 'x' } });
    assert.deepEqual([modesOf(first), first.params], [FLAG.PRESENCE, { agent: 'wrapper/1' }]);
    const second = await one.attach(channel, { flags: FLAG.SUBSCRIBE | FLAG.PRESENCE_SUBSCRIBE, params: { delta: 'vcdiff' } });
    assert.deepEqual([modesOf(second), second.params], [FLAG.SUBSCRIBE | FLAG.PRESENCE_SUBSCRIBE, { delta: 'vcdiff' }]);
    assert.ok(second.flags & FLAG.HAS_PRESENCE && second.channelSerial);
    const { presence } = await one.next(ACTION.SYNC, (frame) => frame.channel === channel, { since: one.inbox.items.indexOf(second) });
    assert.equal(presence[0].clientId, 'ada');
  });

  inEveryWay(rig, 'a qualified name stands in every frame for who attached by it', async ({ raw }) => {
    const name = unique('qualified');
    const [one, other] = [await raw.connected({ query: { clientId: 'ada' } }), await raw.connected()];
    await other.publish(name, { data: 'past' });
    const qualified = `[?rewind=1]${name}`;
    const attached = await one.attach(qualified, { flags: FLAG.SUBSCRIBE | FLAG.PUBLISH | FLAG.PRESENCE | FLAG.PRESENCE_SUBSCRIBE });
    assert.deepEqual([attached.action, attached.params], [ACTION.ATTACHED, { rewind: '1' }]);
    await one.publish(qualified, { data: 'now' });
    await one.presence(qualified, { action: 2 });
    await one.next(ACTION.MESSAGE, ({ messages }) => messages.at(-1).data === 'now');
    await one.next(ACTION.PRESENCE);
    const about = one.inbox.items.filter(({ action }) => [ACTION.MESSAGE, ACTION.PRESENCE].includes(action));
    assert.deepEqual([...new Set(about.map(({ channel }) => channel))], [qualified]);
    assert.equal((await one.detach(qualified)).channel, qualified);
  });

  inEveryWay(rig, 'a filter may stand beside params, and is for who may hear the channel', async ({ clients }) => {
    const name = unique('both');
    await clients.rest().channels.get(name).publish([{ name: 'no', data: 'no' }, { name: 'yes', data: 'past' }, { name: 'no', data: 'no' }]);
    const filter = Buffer.from('name == `"yes"`').toString('base64');
    const client = await clients.connected({ token: jwt({ capability: { [name]: ['subscribe'] } }), key: null });
    const inbox = await inboxOf(client.channels.get(`[filter=${filter}?rewind=1]${name}`));
    await clients.rest().channels.get(name).publish([{ name: 'yes', data: 'now' }]);
    assert.equal((await inbox.when((items) => items.at(-1)?.data === 'now', 'the one that passes')).every((m) => m.name === 'yes'), true);
    const denied = client.channels.getDerived(unique('other'), { filter: 'name == `"yes"`' });
    assert.equal((await rejection(denied.attach())).code, 40160);
  });

  inEveryWay(rig, 'a delta says what it is from, and the first after attaching is whole', async ({ raw }) => {
    const channel = unique('from');
    const [one, other] = [await raw.connected(), await raw.connected()];
    const data = (i) => JSON.stringify({ foo: 'bar', count: i, status: 'active' });
    const heard = async (i) => (await one.next(ACTION.MESSAGE, ({ messages }) => messages[0].name === String(i))).messages[0];
    for (const i of [0, 1, 2]) {
      if (i !== 1) await one.attach(channel, { params: { delta: 'vcdiff' } });
      await other.publish(channel, { name: String(i), data: data(i) });
      const message = await heard(i);
      if (i !== 1) {
        assert.deepEqual([message.data, message.encoding, message.extras], [data(i), undefined, undefined]);
        if (i === 0) await one.settled();
        else assert.equal(one.frames(ACTION.ATTACHED, channel).length, 2);
      } else {
        assert.equal(message.encoding, one.binary ? 'utf-8/vcdiff' : 'utf-8/vcdiff/base64');
        const before = await heard(0);
        const [{ id }] = one.frames(ACTION.MESSAGE, channel);
        assert.deepEqual(message.extras.delta, { from: before.id ?? `${id}:0`, format: 'vcdiff' });
        const delta = one.binary ? message.data : Buffer.from(message.data, 'base64');
        assert.equal(Buffer.from(vcdiff.decode(delta, Buffer.from(data(0)))).toString(), data(1));
        await one.detach(channel);
      }
    }
  });
});
