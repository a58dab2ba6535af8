// The wire itself, frame by frame, in every way that frames can go.
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import WebSocket from 'ws';
import { unique } from '../lib/clients.mjs';
import { configArgs } from '../lib/config.mjs';
import { Events } from '../lib/events.mjs';
import { range } from '../lib/inbox.mjs';
import { jwt } from '../lib/jwt.mjs';
import { ACTION, FLAG, modesOf } from '../lib/raw.mjs';
import { unpack } from '../lib/rawws.mjs';
import { inBothFormats, inEveryWay, once, serverForAll } from '../lib/rig.mjs';
import { pause, until, within } from '../lib/wait.mjs';

const USUAL = FLAG.PRESENCE | FLAG.PUBLISH | FLAG.SUBSCRIBE | FLAG.PRESENCE_SUBSCRIBE | FLAG.ANNOTATION_PUBLISH;
const keyOf = (raw) => raw.details.connectionDetails.connectionKey;
const works = async (raw) => assert.equal((await raw.publish(unique('works'), { name: 'n' })).action, ACTION.ACK);

describe('connections', { concurrency: 6 }, () => {
  const rig = serverForAll();

  inBothFormats(rig, 'a frame is one text in JSON and one binary in MessagePack', async ({ server, useBinaryProtocol }) => {
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}/?v=6&key=app.key:secret${useBinaryProtocol ? '&format=msgpack' : ''}`);
    const [data, binary] = await new Promise((done) => socket.once('message', (...frame) => done(frame)));
    assert.equal(binary, useBinaryProtocol, 'without a format it is JSON');
    const frame = binary ? unpack(data) : JSON.parse(String(data));
    assert.equal(frame.action, ACTION.CONNECTED);
    socket.terminate();
  });

  inEveryWay(rig, 'versions from 2 on are spoken, decimals too, and others refused with 40017', async ({ raw }) => {
    for (const v of ['2', '5', '6', '6.1', '7']) await works(await raw.connected({ query: { v } }));
    for (const v of ['1', '0.8', 'six']) {
      const { error, ...frame } = await (await raw.open({ query: { v } })).next(ACTION.ERROR);
      assert.equal(error.code, 40017, v);
      assert.ok(!('channel' in frame));
    }
  });

  inEveryWay(rig, 'credentials are a key, or a token by either of its names', async ({ raw, clients }) => {
    const { token } = await clients.rest().auth.requestToken({ clientId: 'ada' });
    const ways = [{ key: 'app.key:secret', query: { clientId: 'ada' } }, ...[token, jwt({ clientId: 'ada' })].flatMap((shown) => [
      { key: null, query: { access_token: shown } },
      { key: null, query: { accessToken: shown } },
    ])];
    for (const way of ways) {
      const one = await raw.connected(way);
      const channel = unique('credentials');
      await one.attach(channel);
      await one.publish(channel, { name: 'n' });
      const frame = await one.next(ACTION.MESSAGE);
      assert.equal(frame.messages[0].clientId, 'ada', JSON.stringify(Object.keys(way.query)));
    }
  });

  inEveryWay(rig, 'a client id that is asked for must be one the credentials may use', async ({ raw }) => {
    const said = (one) => one.details.connectionDetails.clientId;
    assert.equal(said(await raw.connected({ token: { clientId: 'ada' }, query: { clientId: 'ada' } })), 'ada');
    assert.equal(said(await raw.connected({ token: { clientId: '*' }, query: { clientId: 'bob' } })), 'bob');
    assert.equal(said(await raw.connected({ query: { clientId: 'zoe' } })), 'zoe');
    assert.equal(said(await raw.connected({ token: { clientId: '*' } })), '*');
    assert.ok(!said(await raw.connected({ token: {} })), 'nobody has no name');
    const { error } = await (await raw.open({ token: { clientId: 'ada' }, query: { clientId: 'eve' } })).next(ACTION.ERROR);
    assert.deepEqual([error.code, error.statusCode], [40102, 401]);
  });

  inEveryWay(rig, 'a query may hold what is not known', async ({ raw }) => {
    const query = { agent: 'ably-js/2.28.0 nodejs', lib: 'js-web-0.9', lang: 'js', rnd: '123', nonsense: 'x', 'na me': '&=' };
    await works(await raw.connected({ query }));
  });

  inEveryWay(rig, 'echo=false keeps from a connection what it has said itself', async ({ raw }) => {
    const channel = unique('echo');
    const [mute, other] = [await raw.connected({ query: { echo: 'false' } }), await raw.connected()];
    for (const one of [mute, other]) await one.attach(channel);
    await mute.publish(channel, { data: 'mine' });
    await other.publish(channel, { data: 'theirs' });
    await other.next(ACTION.MESSAGE, ({ messages }) => messages[0].data === 'theirs');
    await mute.next(ACTION.MESSAGE);
    const heard = (one) => one.frames(ACTION.MESSAGE, channel).flatMap(({ messages }) => messages.map(({ data }) => data));
    assert.deepEqual(heard(other), ['mine', 'theirs']);
    assert.deepEqual(heard(mute), ['theirs']);
  });

  inEveryWay(rig, 'transport params out of bounds are refused', async ({ raw }) => {
    await works(await raw.connected({ query: { appendRollupWindow: '0', remainPresentFor: '0' } }));
    await works(await raw.connected({ query: { appendRollupWindow: '500' } }));
    for (const query of [{ appendRollupWindow: '501' }, { appendRollupWindow: '-1' }, { appendRollupWindow: 'soon' }, { remainPresentFor: 'x' }]) {
      const { error } = await (await raw.open({ query })).next(ACTION.ERROR);
      assert.equal(error.statusCode, 400, JSON.stringify(query));
    }
  });

  inEveryWay(rig, 'CONNECTED tells who one is, the limits, and a key that may stand in a path', async ({ raw }) => {
    const { connectionId, connectionDetails: details } = (await raw.connected({ query: { clientId: 'ada' } })).details;
    assert.match(connectionId, /^[\w-]+$/);
    assert.match(details.connectionKey, /^[\w.~!-]+$/);
    assert.notEqual(details.connectionKey, connectionId);
    assert.equal(details.clientId, 'ada');
    assert.equal(details.maxMessageSize, 65_536);
    assert.equal(details.maxFrameSize, 524_288);
    assert.equal(details.connectionStateTtl, 120_000);
    assert.equal(details.maxIdleInterval, 15_000);
    assert.equal(details.objectsGCGracePeriod, 86_400_000);
    for (const name of ['serverId', 'siteCode']) assert.ok(details[name]?.length > 0, name);
    assert.equal(typeof details.maxInboundRate, 'number');
  });

  inEveryWay(rig, 'CLOSE is answered with CLOSED, members leave and nothing can be resumed', async ({ raw }) => {
    const channel = unique('close');
    const [watcher, one] = [await raw.connected(), await raw.connected({ query: { clientId: 'ada' } })];
    await watcher.attach(channel);
    await one.presence(channel, { action: 2 });
    one.send({ action: ACTION.CLOSE });
    await one.next(ACTION.CLOSED);
    await within(one.closed, 5_000, 'the end of the transport');
    await watcher.next(ACTION.PRESENCE, ({ presence }) => presence.some(({ action }) => action === 3));
    const again = await raw.connected({ query: { resume: keyOf(one), clientId: 'ada' } });
    assert.notEqual(again.details.connectionId, one.details.connectionId);
    assert.equal(again.details.error.code, 80018);
  });

  inEveryWay(rig, 'a newer transport takes over and the older is told', async ({ raw }) => {
    const one = await raw.connected();
    const two = await raw.connected({ query: { resume: keyOf(one) } });
    assert.equal((await one.next(ACTION.DISCONNECTED)).error.code, 80016);
    await within(one.closed, 5_000, 'the end of the older');
    assert.equal(two.details.connectionId, one.details.connectionId);
    assert.notEqual(keyOf(two), keyOf(one));
    await works(two);
  });

  inEveryWay(rig, 'frames sent again after a resume are answered with the same serials and applied once', async ({ raw, clients }) => {
    const channel = unique('again');
    const one = await raw.connected();
    const first = await one.publish(channel, { data: '0' });
    const second = await one.publish(channel, { data: '1' });
    await one.close();
    const two = await raw.connected({ query: { resume: keyOf(one) } });
    const again = [await two.publish(channel, { data: '0' }), await two.publish(channel, { data: '1' })];
    assert.deepEqual(again.map(({ res }) => res), [first.res, second.res]);
    await two.publish(channel, { data: '2' });
    const { items } = await clients.rest().channels.get(channel).history({ direction: 'forwards' });
    assert.deepEqual(items.map(({ data }) => data), ['0', '1', '2']);
  });

  inEveryWay(rig, 'what cannot be resumed begins anew with 80018', async ({ raw }) => {
    const mine = await raw.connected({ token: { clientId: 'ada' } });
    for (const query of [{ resume: 'garbage!key' }, { recover: 'garbage!key' }, { resume: keyOf(mine) }]) {
      const one = await raw.connected({ token: { clientId: 'eve' }, query });
      assert.deepEqual([one.details.error.code, one.details.error.statusCode >= 400], [80018, true]);
      assert.notEqual(one.details.connectionId, mine.details.connectionId);
      const reply = await one.publish(unique('anew'), { name: 'n' });
      assert.deepEqual([reply.action, reply.msgSerial], [ACTION.ACK, 0]);
    }
  });

  inEveryWay(rig, 'a resume with bad credentials fails', async ({ raw }) => {
    const one = await raw.connected();
    const frame = await (await raw.open({ key: 'app.key:wrong', query: { resume: keyOf(one) } })).next(ACTION.ERROR);
    assert.deepEqual([frame.error.code, frame.error.statusCode], [40101, 401]);
    await works(one);
  });

  inEveryWay(rig, 'a channel goes on from a place: RESUMED, a backlog if there is one, and no rewind', async ({ raw }) => {
    const channel = unique('place');
    const [one, other] = [await raw.connected(), await raw.connected()];
    await one.attach(channel);
    await other.publish(channel, { data: '0' });
    const { channelSerial } = await one.next(ACTION.MESSAGE);
    await one.close();
    const params = { rewind: '10' };
    const two = await raw.connected({ query: { resume: keyOf(one) } });
    const nothing = await two.attach(channel, { channelSerial, params });
    assert.ok(nothing.flags & FLAG.RESUMED);
    assert.ok(!(nothing.flags & FLAG.HAS_BACKLOG), 'nothing was missed');
    await two.close();
    for (const data of ['1', '2']) await other.publish(channel, { data });
    const three = await raw.connected({ query: { resume: keyOf(two) } });
    const missed = await three.attach(channel, { channelSerial, params });
    assert.ok(missed.flags & FLAG.RESUMED && missed.flags & FLAG.HAS_BACKLOG);
    assert.ok(!missed.error);
    await three.next(ACTION.MESSAGE, ({ messages }) => messages.at(-1).data === '2');
    assert.deepEqual(three.frames(ACTION.MESSAGE, channel).flatMap(({ messages }) => messages.map(({ data }) => data)), ['1', '2']);
  });

  inEveryWay(rig, 'a place that is not known is told as lost, and the channel begins at its end', async ({ raw }) => {
    const channel = unique('lost');
    const [one, other] = [await raw.connected(), await raw.connected()];
    await other.publish(channel, { data: 'before' });
    const attached = await one.attach(channel, { channelSerial: 'nowhere:0' });
    assert.equal(attached.action, ACTION.ATTACHED);
    assert.ok(!(attached.flags & FLAG.RESUMED));
    assert.equal(attached.error.code, 90003);
    await other.publish(channel, { data: 'after' });
    const frame = await one.next(ACTION.MESSAGE);
    assert.equal(frame.messages[0].data, 'after');
  });

  inEveryWay(rig, 'ATTACH_RESUME goes on and does not rewind', async ({ raw }) => {
    const channel = unique('attach-resume');
    const one = await raw.connected();
    await one.publish(channel, { data: 'past' });
    await one.attach(channel, { flags: FLAG.ATTACH_RESUME, params: { rewind: '5' } });
    await one.publish(channel, { data: 'now' });
    assert.equal((await one.next(ACTION.MESSAGE)).messages[0].data, 'now');
    const fresh = await raw.connected();
    const attached = await fresh.attach(channel, { params: { rewind: '5' } });
    assert.ok(attached.flags & FLAG.HAS_BACKLOG);
    await fresh.next(ACTION.MESSAGE, ({ messages }) => messages.at(-1).data === 'now');
  });
});

describe('frames', { concurrency: 6 }, () => {
  const rig = serverForAll({ args: configArgs('limits:\n  maxIdleInterval: 2s\n  connectionStateTtl: 500ms\n') });

  inEveryWay(rig, 'HEARTBEAT comes back with its id, and keeps alive without one', async ({ raw }) => {
    const one = await raw.connected({ query: { heartbeats: 'true' } });
    assert.equal(one.details.connectionDetails.maxIdleInterval, 2_000);
    one.send({ action: ACTION.HEARTBEAT, id: 'mine' });
    await one.next(ACTION.HEARTBEAT, ({ id }) => id === 'mine');
    await one.next(ACTION.HEARTBEAT, ({ id }) => id === undefined, { ms: 8_000 });
  });

  inBothFormats(rig, 'heartbeats=false is answered by pings alone', async ({ raw }) => {
    const one = await raw.connected({ query: { heartbeats: 'false' } });
    await within(new Promise((done) => one.socket.once('ping', done)), 8_000, 'a ping');
    assert.equal(one.inbox.items.filter(({ action }) => action === ACTION.HEARTBEAT).length, 0);
  });

  once(rig, 'an event stream beats, as events when asked for', async ({ server }) => {
    const stream = await Events.open(server, { channels: unique('beats'), heartbeats: 'true' });
    await stream.inbox.first(({ event }) => event === 'heartbeat', 'a heartbeat', 8_000);
    await stream.close();
  });

  inEveryWay(rig, 'ACK counts frames from 0 and has a serial for every message of each', async ({ raw }) => {
    const one = await raw.connected();
    const channel = unique('acks');
    const first = await one.publish(channel, { data: 'a' }, { data: 'b' }, { data: 'c' });
    assert.deepEqual([first.action, first.msgSerial, first.count, first.res.length], [ACTION.ACK, 0, 1, 1]);
    assert.equal(first.res[0].serials.length, 3);
    const replies = await Promise.all(range(10).map((i) => one.publish(channel, ...range(i + 1).map(() => ({ data: 'x' })))));
    for (const [i, { msgSerial, count, res }] of replies.entries()) {
      assert.equal(res.length, count);
      assert.equal(res[i + 1 - msgSerial].serials.length, i + 1);
    }
    const entered = await one.presence(channel, { action: 2, clientId: 'ada' });
    assert.deepEqual([entered.action, entered.msgSerial, entered.count], [ACTION.ACK, 11, 1]);
  });

  inEveryWay(rig, 'NACK has number, count and error, the first one too', async ({ raw }) => {
    const one = await raw.connected();
    const nack = await one.publish('[bad', { name: 'n' });
    assert.deepEqual([nack.action, nack.msgSerial, nack.count, nack.error.code, nack.error.statusCode], [ACTION.NACK, 0, 1, 40010, 400]);
    assert.ok(nack.error.message.length > 0);
    await works(one);
  });

  inEveryWay(rig, 'frames that only servers send, and those that nobody does, are passed over', async ({ raw }) => {
    const one = await raw.connected();
    const frames = [
      { action: ACTION.ACK, msgSerial: 0, count: 1 }, { action: ACTION.NACK, msgSerial: 0, count: 1, error: { code: 1 } }, { action: ACTION.CONNECT },
      one.details, { action: ACTION.DISCONNECTED }, { action: ACTION.CLOSED }, { action: ACTION.ERROR, channel: 'x', error: { code: 1 } },
      { action: ACTION.ATTACHED, channel: 'x', channelSerial: 'y' }, { action: ACTION.DETACHED, channel: 'x' }, { action: ACTION.ACTIVATE }, { action: 99, channel: 'x' },
    ];
    for (const frame of frames) one.send({ ...frame, colour: 'blue' });
    await one.settled();
    await works(one);
    assert.ok(one.inbox.items.every(({ action }) => action !== ACTION.ERROR), JSON.stringify(one.inbox.items));
  });

  inEveryWay(rig, 'an unknown action that wants an answer is refused', async ({ raw }) => {
    const one = await raw.connected();
    const nack = await one.request({ action: 99, channel: 'x' });
    assert.deepEqual([nack.action, nack.error.code], [ACTION.NACK, 40000]);
    await works(one);
  });

  inEveryWay(rig, 'flags that are not known change nothing', async ({ raw }) => {
    const one = await raw.connected();
    const attached = await one.attach(unique('flags'), { flags: (1 << 3) | (1 << 20) | (1 << 23) | (1 << 30) });
    assert.equal(modesOf(attached), USUAL);
  });

  inEveryWay(rig, 'DISCONNECT ends the transport and keeps the connection', async ({ raw }) => {
    const one = await raw.connected();
    one.send({ action: ACTION.DISCONNECT });
    await within(one.closed, 5_000, 'the end of the transport');
    const again = await raw.connected({ query: { resume: keyOf(one) } });
    assert.equal(again.details.connectionId, one.details.connectionId);
    assert.ok(!again.details.error);
  });

  inEveryWay(rig, 'ATTACHED tells modes and place, of an empty channel too', async ({ raw }) => {
    const one = await raw.connected();
    const attached = await one.attach(unique('empty'));
    assert.equal(attached.action, ACTION.ATTACHED);
    assert.ok(attached.channelSerial?.length > 0);
    assert.equal(attached.flags, USUAL, 'no members, no backlog, not resumed');
    assert.ok(!('error' in attached));
  });

  inEveryWay(rig, 'modes are those asked for that are allowed, and none at all is refused', async ({ raw }) => {
    const channel = unique('modes');
    const one = await raw.connected({ token: { capability: { [channel]: ['subscribe', 'presence'] } } });
    assert.equal(modesOf(await one.attach(channel)), FLAG.SUBSCRIBE | FLAG.PRESENCE | FLAG.PRESENCE_SUBSCRIBE);
    assert.equal(modesOf(await one.attach(channel, { flags: FLAG.SUBSCRIBE | FLAG.PUBLISH })), FLAG.SUBSCRIBE);
    assert.equal(modesOf(await one.attach(channel, { flags: FLAG.PUBLISH, params: { modes: 'presence' } })), FLAG.PRESENCE, 'params go first');
    const refused = await one.attach(channel, { flags: FLAG.PUBLISH });
    assert.deepEqual([refused.action, refused.error.code, refused.error.statusCode], [ACTION.ERROR, 40160, 401]);
    const all = FLAG.ANNOTATION_SUBSCRIBE | USUAL;
    assert.equal(modesOf(await (await raw.connected()).attach(channel, { flags: all })), all);
  });

  inEveryWay(rig, 'DETACH is answered, of a channel not attached to as well, and then nothing is heard', async ({ raw }) => {
    const channel = unique('detach');
    const [one, other] = [await raw.connected(), await raw.connected()];
    assert.equal((await one.detach(channel)).action, ACTION.DETACHED);
    await one.attach(channel);
    assert.equal((await one.detach(channel)).action, ACTION.DETACHED);
    await other.publish(channel, { data: 'x' });
    await one.settled();
    assert.deepEqual(one.frames(ACTION.MESSAGE, channel), []);
  });

  inEveryWay(rig, 'a MESSAGE is one frame with id, place, connection and time, and so are its messages', async ({ raw }) => {
    const channel = unique('message');
    const one = await raw.connected({ query: { clientId: 'ada' } });
    await one.attach(channel);
    await one.publish(channel, { data: 'first' });
    const { res } = await one.publish(channel, { name: 'a', data: '1' }, { name: 'b', data: '' }, { name: 'c' });
    await one.next(ACTION.MESSAGE, ({ messages }) => messages.at(-1).name === 'c');
    const [, frame] = one.frames(ACTION.MESSAGE, channel);
    assert.equal(frame.messages.length, 3, 'what was published together comes together');
    assert.equal(frame.id, `${one.details.connectionId}:1`);
    assert.equal(frame.connectionId, one.details.connectionId);
    assert.ok(Math.abs(frame.timestamp - Date.now()) < 60_000);
    assert.ok(frame.channelSerial.length > 0);
    for (const [i, message] of frame.messages.entries()) {
      assert.equal(message.id ?? `${frame.id}:${i}`, `${frame.id}:${i}`);
      assert.equal(message.serial, res[0].serials[i]);
      assert.equal(message.action ?? 0, 0);
      assert.equal(message.timestamp ?? frame.timestamp, frame.timestamp);
      assert.deepEqual([message.version.serial, message.clientId], [message.serial, 'ada']);
    }
    assert.deepEqual(frame.messages.map(({ data }) => data), ['1', '', undefined], 'what is empty is told, what is not there is not');
    assert.ok(!('error' in frame) && frame.messages.every((message) => !Object.values(message).includes(null)));
  });

  inEveryWay(rig, 'PRESENCE has id, place and connection, and a number that shows what is newer', async ({ raw }) => {
    const channel = unique('presence');
    const one = await raw.connected({ query: { clientId: 'ada' } });
    await one.attach(channel);
    await one.presence(channel, { action: 2, data: 'in' });
    const frame = await one.next(ACTION.PRESENCE);
    const [member] = frame.presence;
    assert.deepEqual([member.action, member.clientId, member.data], [2, 'ada', 'in']);
    assert.equal(member.id ?? `${frame.id}:0`, `${one.details.connectionId}:0:0`);
    assert.equal(member.connectionId ?? frame.connectionId, one.details.connectionId);
    assert.ok(frame.channelSerial.length > 0 && (member.timestamp ?? frame.timestamp) > 0);
  });

  inEveryWay(rig, 'SYNC comes page by page after ATTACHED when there are members, and when asked for', async ({ raw }) => {
    const channel = unique('sync');
    const one = await raw.connected();
    const names = range(120).map((i) => `member-${i}`);
    for (const from of [0, 60]) await one.presence(channel, ...names.slice(from, from + 60).map((clientId) => ({ action: 2, clientId, data: 'x'.repeat(1_000) })));
    const other = await raw.connected();
    const pages = async (since) => {
      const last = ({ channelSerial }) => !channelSerial || /:$/.test(channelSerial);
      const syncs = () => other.inbox.items.slice(since).filter(({ action }) => action === ACTION.SYNC);
      await until(() => syncs().some(last), 'the last page');
      return syncs();
    };
    const look = (all) => {
      const members = all.flatMap(({ presence }) => presence);
      assert.deepEqual(members.map(({ clientId }) => clientId).sort(), [...names].sort());
      assert.ok(members.every(({ action, id }) => action === 1 && id.startsWith(`${one.details.connectionId}:`)));
      assert.equal(new Set(all.map(({ channelSerial }) => channelSerial?.split(':')[0])).size, 1, 'one sequence');
    };
    const attached = await other.attach(channel);
    assert.ok(attached.flags & FLAG.HAS_PRESENCE);
    look(await pages(0));
    const since = other.inbox.length;
    other.send({ action: ACTION.SYNC, channel });
    look(await pages(since));
  });

  inEveryWay(rig, 'ANNOTATION is answered with serials and told to who asked for it', async ({ raw }) => {
    const channel = unique('annotation');
    const one = await raw.connected({ query: { clientId: 'ada' } });
    await one.attach(channel, { flags: USUAL | FLAG.ANNOTATION_SUBSCRIBE });
    const [serial] = (await one.publish(channel, { data: 'x' })).res[0].serials;
    const { action, res } = await one.annotate(channel, { action: 0, messageSerial: serial, type: 'n:flag.v1' });
    assert.equal(action, ACTION.ACK);
    assert.equal(res[0].serials.length, 1);
    const frame = await one.next(ACTION.ANNOTATION);
    const [annotation] = frame.annotations;
    assert.deepEqual([annotation.messageSerial, annotation.type, annotation.clientId], [serial, 'n:flag.v1', 'ada']);
    assert.equal(annotation.serial, res[0].serials[0]);
    assert.ok(annotation.serial > serial && frame.channelSerial.length > 0);
    assert.equal(annotation.id ?? `${frame.id}:0`, `${one.details.connectionId}:1:0`);
  });

  inEveryWay(rig, 'publishing without attaching attaches nothing', async ({ raw }) => {
    const channel = unique('transient');
    const one = await raw.connected();
    assert.equal((await one.publish(channel, { data: 'x' })).action, ACTION.ACK);
    await one.settled();
    assert.ok(one.inbox.items.every((frame) => frame.channel !== channel));
  });

  inEveryWay(rig, 'AUTH renews what one may do, and without a token it changes nothing', async ({ raw }) => {
    const [a, b] = [unique('a'), unique('b')];
    const token = (...channels) => jwt({ clientId: 'ada', capability: Object.fromEntries(channels.map((channel) => [channel, ['*']])) });
    const one = await raw.connected({ token: token(a) });
    await one.attach(a);
    assert.equal((await one.attach(b)).error.code, 40160);
    const since = one.inbox.length;
    one.send({ action: ACTION.AUTH, auth: { accessToken: token(b) } });
    const connected = await one.next(ACTION.CONNECTED, () => true, { since });
    assert.equal(connected.connectionId, one.details.connectionId);
    assert.equal(connected.connectionDetails.clientId, 'ada');
    assert.equal(connected.connectionDetails.maxMessageSize, 65_536);
    const lost = await one.next(ACTION.ERROR, ({ channel }) => channel === a, { since });
    assert.equal(lost.error.code, 40160);
    assert.equal((await one.attach(b)).action, ACTION.ATTACHED);
    one.send({ action: ACTION.AUTH });
    await one.settled();
    assert.equal((await one.publish(b, { name: 'n' })).action, ACTION.ACK);
  });

  inEveryWay(rig, 'AUTH with what is not good fails the connection', async ({ raw }) => {
    const ada = { token: { clientId: 'ada' } };
    for (const [accessToken, code] of [[jwt({ clientId: 'eve' }), 40102], [jwt({ clientId: 'ada', secret: 'wrong' }), 40144], [jwt({ clientId: 'ada', ttlMs: -5_000 }), 40142]]) {
      const one = await raw.connected(ada);
      one.send({ action: ACTION.AUTH, auth: { accessToken } });
      const frame = await one.next(ACTION.ERROR);
      assert.deepEqual([frame.error.code, frame.error.statusCode, 'channel' in frame], [code, 401, false]);
      await within(one.closed, 5_000, 'the end');
    }
  });

  inEveryWay(rig, 'a connection whose record is gone goes on with its key all the same, and misses nothing', async ({ raw }) => {
    const channel = unique('long');
    const [one, other] = [await raw.connected(), await raw.connected()];
    assert.equal(one.details.connectionDetails.connectionStateTtl, 500);
    const { channelSerial } = await one.attach(channel);
    one.send({ action: ACTION.DISCONNECT });
    await one.closed;
    await other.publish(channel, { data: 'missed' });
    await pause(1_000);
    const two = await raw.connected({ query: { resume: keyOf(one) } });
    assert.equal(two.details.connectionId, one.details.connectionId);
    assert.ok((await two.attach(channel, { channelSerial })).flags & FLAG.RESUMED);
    assert.equal((await two.next(ACTION.MESSAGE)).messages[0].data, 'missed');
  });
});
