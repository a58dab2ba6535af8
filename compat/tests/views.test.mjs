// Channels seen through qualifiers, params, filters and deltas.
import vcdiff from '@ably/vcdiff-decoder';
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { unique } from '../lib/clients.mjs';
import { dataOf, inboxOf } from '../lib/inbox.mjs';
import { inEveryWay, once, serverForAll } from '../lib/rig.mjs';
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

  once(rig, 'a derived channel can have params and goes on after a cut', async ({ clients, proxy }) => {
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

  once(rig, 'a client without a decoder fails its channel', async ({ clients }) => {
    const client = await clients.connected();
    const channel = client.channels.get(unique('none'), { params: { delta: 'vcdiff' } });
    await channel.subscribe(() => {});
    const failed = inState(channel, 'failed');
    for (const state of STATES.slice(0, 2)) channel.publish('n', state).catch(() => {});
    await failed;
    assert.equal(channel.errorReason.code, 40019);
  });
});
