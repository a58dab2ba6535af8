// Annotations: individual events, summaries by all five methods, REST, and what is refused.
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { unique } from '../lib/clients.mjs';
import { configArgs, FROZEN } from '../lib/config.mjs';
import { inboxOf, range } from '../lib/inbox.mjs';
import { ACTION } from '../lib/raw.mjs';
import { inEveryWay, once, serverForAll } from '../lib/rig.mjs';
import { Inbox, inState, rejection, until } from '../lib/wait.mjs';

const MODES = ['publish', 'subscribe', 'annotation_publish', 'annotation_subscribe'];

/** The message once its summary is `done`. */
const summarised = (inbox, done) =>
  inbox
    .first((m) => m.action === 'message.summary' && done(m.annotations.summary), 'a summary')
    .then((m) => m.annotations.summary);

describe('annotations', { concurrency: 4 }, () => {
  const rig = serverForAll({ args: configArgs() });

  inEveryWay(rig, 'an annotation is told to who asked and summarised for all', async ({ clients }) => {
    const name = unique('anno');
    const curious = (await clients.connected({ clientId: 'ada' })).channels.get(name, { modes: MODES });
    const plain = (await clients.connected()).channels.get(name);
    const [mine, theirs] = [await inboxOf(curious), await inboxOf(plain)];
    const told = new Inbox();
    await curious.annotations.subscribe(told.add);
    const { serials } = await curious.publish({ name: 'n', data: 'hello' });
    await curious.annotations.publish(serials[0], { type: 'reaction:distinct.v1', name: '👍', data: { why: 1 } });
    await told.count(1);
    const [annotation] = told.items;
    assert.equal(annotation.action, 'annotation.create');
    assert.equal(annotation.messageSerial, serials[0]);
    assert.equal(annotation.type, 'reaction:distinct.v1');
    assert.equal(annotation.name, '👍');
    assert.equal(annotation.clientId, 'ada');
    assert.deepEqual(annotation.data, { why: 1 });
    assert.ok(annotation.serial > serials[0]);
    assert.ok(annotation.timestamp > 0);
    for (const inbox of [mine, theirs]) {
      const summary = await summarised(inbox, (s) => s['reaction:distinct.v1']);
      assert.deepEqual(summary['reaction:distinct.v1'], { '👍': { total: 1, clientIds: ['ada'], clipped: false } });
      assert.equal(inbox.items.at(-1).serial, serials[0]);
    }
  });

  inEveryWay(rig, 'all five methods, and taking back', async ({ clients }) => {
    const name = unique('methods');
    const [ada, bob] = await Promise.all(
      ['ada', 'bob'].map(async (clientId) => (await clients.connected({ clientId })).channels.get(name)),
    );
    const anyone = (await clients.connected()).channels.get(name);
    const inbox = await inboxOf(ada);
    const { serials } = await ada.publish('n', 'hello');
    const say = (who, type, more = {}) => who.annotations.publish(serials[0], { type: `n:${type}.v1`, ...more });
    await say(ada, 'total');
    await say(anyone, 'total');
    await say(ada, 'flag');
    await say(bob, 'flag');
    await say(ada, 'distinct', { name: 'a' });
    await say(ada, 'distinct', { name: 'b' });
    await say(ada, 'unique', { name: 'a' });
    await say(ada, 'unique', { name: 'b' });
    await say(bob, 'multiple', { name: 'a', count: 3 });
    await say(bob, 'multiple', { name: 'a' });
    await say(anyone, 'multiple', { name: 'a' });
    const expected = {
      'n:total.v1': { total: 2 },
      'n:flag.v1': { total: 2, clientIds: ['ada', 'bob'], clipped: false },
      'n:distinct.v1': {
        a: { total: 1, clientIds: ['ada'], clipped: false },
        b: { total: 1, clientIds: ['ada'], clipped: false },
      },
      'n:unique.v1': { b: { total: 1, clientIds: ['ada'], clipped: false } },
      'n:multiple.v1': {
        a: { total: 5, clientIds: { bob: 4 }, totalUnidentified: 1, totalClientIds: 1, clipped: false },
      },
    };
    assert.deepEqual(await summarised(inbox, (s) => s['n:multiple.v1']?.a?.total === 5), expected);
    assert.deepEqual((await ada.getMessage(serials[0])).annotations.summary, expected);
    assert.deepEqual((await ada.history()).items[0].annotations.summary, expected);
    const late = anyone;
    await late.setOptions({ params: { rewind: '1' } });
    assert.deepEqual((await inboxOf(late).then((i) => i.count(1)))[0].annotations.summary, expected);
    await ada.annotations.delete(serials[0], { type: 'n:flag.v1' });
    await bob.annotations.delete(serials[0], { type: 'n:multiple.v1', name: 'a' });
    const after = await summarised(inbox, (s) => s['n:multiple.v1']?.a?.total === 1);
    assert.deepEqual(after['n:flag.v1'], { total: 1, clientIds: ['bob'], clipped: false });
    assert.deepEqual(after['n:multiple.v1'].a.clientIds, {});
  });

  inEveryWay(rig, 'what was said can be taken back, by every method', async ({ clients }) => {
    const name = unique('back');
    const [ada, bob] = await Promise.all(
      ['ada', 'bob'].map(async (clientId) => (await clients.connected({ clientId })).channels.get(name)),
    );
    const { serials: [serial] } = await ada.publish('n', 'hello');
    const named = { total: {}, flag: {}, distinct: { name: 'a' }, unique: { name: 'a' }, multiple: { name: 'a' } };
    const each = async (who, doing) => {
      for (const [method, more] of Object.entries(named)) await who.annotations[doing](serial, { type: `n:${method}.v1`, ...more });
    };
    await each(ada, 'publish');
    await each(bob, 'publish');
    await each(ada, 'delete');
    const bobs = { total: 1, clientIds: ['bob'], clipped: false };
    assert.deepEqual((await ada.getMessage(serial)).annotations.summary, {
      'n:total.v1': { total: 1 },
      'n:flag.v1': bobs,
      'n:distinct.v1': { a: bobs },
      'n:unique.v1': { a: bobs },
      'n:multiple.v1': { a: { total: 1, clientIds: { bob: 1 }, totalUnidentified: 0, totalClientIds: 1, clipped: false } },
    });
    // without a name, whichever was chosen
    await bob.annotations.delete(serial, { type: 'n:unique.v1' });
    await bob.annotations.delete(serial, { type: 'n:total.v1' });
    const { 'n:unique.v1': left, 'n:total.v1': total } = (await ada.getMessage(serial)).annotations.summary;
    assert.deepEqual([left, total], [{}, { total: 0 }]);
  });

  inEveryWay(rig, 'a burst is summarised a few times only, and the last is true', async ({ clients }) => {
    const channel = (await clients.connected({ clientId: 'ada' })).channels.get(unique('burst'));
    const inbox = await inboxOf(channel);
    const { serials } = await channel.publish('n', 'hello');
    const begun = performance.now();
    await Promise.all(Array.from({ length: 100 }, () => channel.annotations.publish(serials[0], { type: 'n:total.v1' })));
    await summarised(inbox, (s) => s['n:total.v1'].total === 100);
    const summaries = inbox.items.filter((m) => m.action === 'message.summary').length;
    assert.ok(summaries <= 3 + (performance.now() - begun) / 100, `${summaries} summaries`);
  });

  inEveryWay(rig, 'over REST: publish, delete, read page by page', async ({ clients }) => {
    const rest = clients.rest({ clientId: 'ada' });
    const channel = rest.channels.get(unique('rest'));
    const { serials } = await channel.publish({ name: 'n', data: 'hello' });
    for (const name of ['a', 'b', 'c']) await channel.annotations.publish(serials[0], { type: 'n:distinct.v1', name });
    await channel.annotations.delete(serials[0], { type: 'n:distinct.v1', name: 'b' });
    const first = await channel.annotations.get(serials[0], { limit: 3 });
    assert.deepEqual(first.items.map((a) => [a.name, a.action]), [
      ['a', 'annotation.create'],
      ['b', 'annotation.create'],
      ['c', 'annotation.create'],
    ]);
    const second = await first.next();
    assert.deepEqual(second.items.map((a) => [a.name, a.action]), [['b', 'annotation.delete']]);
    assert.ok(!second.hasNext());
    const { summary } = (await channel.getMessage(serials[0])).annotations;
    assert.deepEqual(Object.keys(summary['n:distinct.v1']), ['a', 'c']);
    const path = `/channels/${encodeURIComponent(channel.name)}/messages/${encodeURIComponent(serials[0])}`;
    const own = await rest.request('get', `${path}/client-summary`, 5, { forClientId: 'ada' }, null, null);
    assert.deepEqual(own.items[0]['n:distinct.v1'].a, { total: 1, clientIds: ['ada'], clipped: false });
    const others = await rest.request('get', `${path}/client-summary`, 5, { forClientId: 'bob' }, null, null);
    assert.deepEqual(others.items[0]['n:distinct.v1'], {});
  });

  inEveryWay(rig, 'what was missed comes with a resume, the summary too', async ({ clients, proxy }) => {
    const name = unique('resume');
    const between = await proxy();
    const away = await clients.connected({ at: between });
    const channel = away.channels.get(name, { modes: MODES });
    const inbox = await inboxOf(channel);
    const told = new Inbox();
    await channel.annotations.subscribe(told.add);
    const other = (await clients.connected({ clientId: 'bob' })).channels.get(name);
    const { serials } = await other.publish('n', 'hello');
    await inbox.count(1);
    const disconnected = inState(away.connection, 'disconnected');
    between.cut();
    await disconnected;
    for (const at of ['a', 'b']) await other.annotations.publish(serials[0], { type: 'n:unique.v1', name: at });
    await inState(away.connection, 'connected');
    await told.count(2);
    assert.deepEqual(told.items.map((a) => a.name), ['a', 'b']);
    const summary = await summarised(inbox, (s) => s['n:unique.v1']?.b);
    assert.deepEqual(summary['n:unique.v1'], { b: { total: 1, clientIds: ['bob'], clipped: false } });
  });

  inEveryWay(rig, 'a summary of very many names some of them and counts all', async ({ raw }) => {
    const channel = unique('clipped');
    const one = await raw.connected();
    await one.attach(channel);
    const limit = one.details.connectionDetails.maxMessageSize;
    for (const [method, more] of Object.entries({ flag: {}, distinct: { name: 'a' }, unique: { name: 'a' }, multiple: { name: 'a' } })) {
      const [{ serials: [messageSerial] }] = (await one.publish(channel, { name: 'n' })).res;
      for (const round of range(5)) {
        const of = (i) => ({ messageSerial, type: `n:${method}.v1`, ...more, clientId: `${round}-${i}-`.padEnd(200, 'x') });
        assert.equal((await one.annotate(channel, ...range(200).map(of))).action, ACTION.ACK);
      }
      const summary = ({ messages: [message] }) => {
        const told = message.action === 4 && message.serial === messageSerial && message.annotations.summary[`n:${method}.v1`];
        return told && more.name ? told[more.name] : told;
      };
      const frame = await one.next(ACTION.MESSAGE, (told) => summary(told)?.total === 1_000);
      const { clientIds, clipped } = summary(frame);
      const names = Array.isArray(clientIds) ? clientIds : Object.keys(clientIds);
      assert.ok(clipped && names.length > 50 && names.length < 1_000, `${method}: ${names.length} are named`);
      assert.ok(JSON.stringify(frame.messages).length <= limit, 'it is no larger than a message may be');
    }
  });

  inEveryWay(rig, 'refusals', async ({ clients }) => {
    const named = await clients.connected({ clientId: 'ada' });
    const channel = named.channels.get(unique('refused'));
    const { serials } = await channel.publish('n', 'hello');
    const code = async (promise) => (await rejection(promise)).code;
    const nobody = (await clients.connected()).channels.get(channel.name);
    assert.equal(await code(nobody.annotations.publish(serials[0], { type: 'n:flag.v1' })), 40012);
    assert.equal(await code(channel.annotations.publish(serials[0], { type: 'n:nonsense' })), 40003);
    assert.equal(await code(channel.annotations.publish('nowhere', { type: 'n:flag.v1' })), 40400);
    assert.equal(await code(channel.annotations.publish(serials[0], { type: 'n:multiple.v1', name: 'a', count: 0 })), 40003);
    const frozen = named.channels.get(unique(`${FROZEN}:x`));
    const there = await frozen.publish('n', 'hello');
    assert.equal(await code(frozen.annotations.publish(there.serials[0], { type: 'n:flag.v1' })), 93002);
    const curious = named.channels.get(unique(`${FROZEN}:y`), { modes: ['annotation_subscribe'] });
    assert.equal(await code(curious.attach()), 93002);
    const rest = clients.rest({ clientId: 'ada' });
    const { token } = await rest.auth.requestToken({ capability: { '*': ['publish', 'subscribe', 'history'] } });
    const lesser = await clients.connected({ token, key: null });
    const denied = lesser.channels.get(channel.name);
    assert.equal(await code(denied.annotations.publish(serials[0], { type: 'n:flag.v1' })), 40160);
    const deniedRest = clients.rest({ token, key: null }).channels.get(channel.name);
    assert.equal(await code(deniedRest.annotations.publish(serials[0], { type: 'n:total.v1' })), 40160);
  });

  inEveryWay(rig, 'an unknown method, or none, is told and not summarised', async ({ clients }) => {
    const channel = (await clients.connected({ clientId: 'ada' })).channels.get(unique('unknown'), { modes: MODES });
    const inbox = await inboxOf(channel);
    const told = new Inbox();
    await channel.annotations.subscribe(told.add);
    const { serials } = await channel.publish('n', 'hello');
    await channel.annotations.publish(serials[0], { type: 'n:mood.v1', name: 'x' });
    await channel.annotations.publish(serials[0], { type: 'com.example.mood', name: 'x' });
    await channel.annotations.publish(serials[0], { type: 'n:total.v1' });
    await told.count(3);
    const summary = await summarised(inbox, () => true);
    assert.deepEqual(told.items.map((item) => item.type), ['n:mood.v1', 'com.example.mood', 'n:total.v1']);
    assert.deepEqual(Object.keys(summary), ['n:total.v1']);
  });
});

describe('annotations when the server is killed', () => {
  const rig = serverForAll();

  once(rig, 'they outlive a restart', async ({ clients, server }) => {
    const channel = clients.rest({ clientId: 'ada' }).channels.get(unique('restart'));
    const { serials } = await channel.publish({ name: 'n', data: 'hello' });
    await channel.annotations.publish(serials[0], { type: 'n:flag.v1' });
    await server.kill();
    await server.launch();
    const { summary } = (await channel.getMessage(serials[0])).annotations;
    assert.deepEqual(summary['n:flag.v1'].clientIds, ['ada']);
    assert.equal((await channel.annotations.get(serials[0], {})).items.length, 1);
  });
});
