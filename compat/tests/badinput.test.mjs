// Bad input: each is answered with a code, and costs no more than it must.
import assert from 'node:assert/strict';
import { once as event } from 'node:events';
import net from 'node:net';
import { describe } from 'node:test';
import { unique } from '../lib/clients.mjs';
import { inboxOf, range } from '../lib/inbox.mjs';
import { jwt } from '../lib/jwt.mjs';
import { ACTION, pack, RawSocket, unpack } from '../lib/rawws.mjs';
import { inBothFormats, once, serverForAll } from '../lib/rig.mjs';
import { within } from '../lib/wait.mjs';

const MSGPACK = 'application/x-msgpack';
// The keys' secrets are 'secret' and 'wrong': neither may stand in an answer but as a word of a sentence.
const tellsNoSecret = (answer) =>
  !/secret|wrong/.test(JSON.stringify(answer).replaceAll('the secret of', '').replaceAll('signature is wrong', ''));

const BASIC = `Basic ${Buffer.from('app.key:secret').toString('base64')}`;

/** The connection still publishes and is acknowledged. */
async function stillWorks(raw) {
  const reply = await raw.publish(unique('after'), { name: 'n', data: 'still here' });
  assert.equal(reply.action, ACTION.ACK, JSON.stringify(reply));
}

/** Expects a NACK with one of these codes, and a connection that goes on. */
async function nacked(raw, frame, codes) {
  const reply = await raw.request(frame);
  assert.equal(reply.action, ACTION.NACK, JSON.stringify(reply));
  assert.ok(codes.includes(reply.error.code), `${reply.error.code} ${reply.error.message}`);
  assert.ok(reply.error.message.length > 0 && reply.error.statusCode >= 400);
  await stillWorks(raw);
}

const message = (channel, ...messages) => ({ action: ACTION.MESSAGE, channel, messages });

/** After input that may cost the connection: it lives and works, or was told why and closed. */
async function livesOrIsTold(server, raw) {
  const told = raw.next(ACTION.ERROR, () => true, { ms: 5_000 }).then((f) => ({ told: f }), () => ({}));
  const closed = raw.closed.then((how) => ({ closed: how }));
  raw.serial = 1_000;
  const works = raw.publish(unique('after'), { name: 'n' }).then((reply) => ({ works: reply }), () => ({}));
  const outcome = await within(Promise.race([works, closed]), 12_000, 'an outcome');
  if (outcome.closed) {
    const { told: frame } = await told;
    assert.ok(frame?.error?.code >= 40000 || outcome.closed.code >= 1002, `closed with ${JSON.stringify(outcome.closed)}`);
    return 'closed';
  }
  assert.equal(outcome.works?.action, ACTION.ACK, JSON.stringify(outcome));
  return 'lives';
}

describe('bad input over WebSocket', { concurrency: 6 }, () => {
  const rig = serverForAll();

  inBothFormats(rig, 'malformed frames are told and cost at most their own connection', async ({ t, server, useBinaryProtocol: binary, format }) => {
    const bystander = await RawSocket.connected(server, { binary });
    const bad = binary
      ? [Buffer.from([0xc1]), Buffer.from([0xdf, 0xff, 0xff, 0xff, 0xff]), Buffer.from([0x81, 0xa6, 0x61]), Buffer.alloc(0), Buffer.alloc(2_000, 0x91), Buffer.from([0xc7, 0xff, 0x01])]
      : ['{', '', 'null', '[]', '"text"', '{"action":"fifteen"}', `${'['.repeat(5_000)}`, '{"action":15,"messages":{}}', '{"action":1e400}', '\u0000'];
    const outcomes = [];
    for (const bytes of bad) {
      const raw = await RawSocket.connected(server, { binary });
      raw.sendBytes(bytes);
      outcomes.push(await livesOrIsTold(server, raw));
      await raw.close();
    }
    await stillWorks(bystander);
    await bystander.close();
    t.diagnostic(`${format}: after malformed frames: ${outcomes.join(', ')}`);
  });

  inBothFormats(rig, 'frames of the wrong kind or shape do not hurt others', async ({ server, useBinaryProtocol: binary }) => {
    const bystander = await RawSocket.connected(server, { binary });
    const wrongKind = await RawSocket.connected(server, { binary });
    wrongKind.sendBytes(binary ? JSON.stringify({ action: 0, id: 'x' }) : pack({ action: 0, id: 'x' }));
    await livesOrIsTold(server, wrongKind);
    for (const frame of [{ action: 15, channel: 7, messages: 'x' }, { action: 15, channel: 'x', msgSerial: 'one', messages: [{}] }, { action: 10 }, { action: -1 }, { action: 15, channel: 'x', messages: [null] }, { action: 14, channel: 'x', presence: [{ action: 99 }] }, { action: 17, auth: 'x' }]) {
      const raw = await RawSocket.connected(server, { binary });
      raw.send(frame);
      await livesOrIsTold(server, raw);
      await raw.close();
    }
    await stillWorks(bystander);
    await wrongKind.close();
    await bystander.close();
  });

  inBothFormats(rig, 'unknown actions and unknown fields are passed over', async ({ server, useBinaryProtocol: binary }) => {
    const raw = await RawSocket.connected(server, { binary });
    raw.send({ action: 99, channel: 'x', future: { deep: [1] } });
    raw.send({ action: ACTION.HEARTBEAT, id: 'a', colour: 'blue' });
    await raw.next(ACTION.HEARTBEAT, (f) => f.id === 'a');
    const channel = unique('unknown-fields');
    raw.send({ action: ACTION.ATTACH, channel, colour: 'blue', params: { nonsense: '1' } });
    const attached = await raw.next(ACTION.ATTACHED, (f) => f.channel === channel);
    assert.ok(!('nonsense' in (attached.params ?? {})));
    const reply = await raw.request({ ...message(channel, { name: 'n', data: 'x', colour: 'blue' }), colour: 'blue' });
    assert.equal(reply.action, ACTION.ACK);
    await stillWorks(raw);
    await raw.close();
  });

  inBothFormats(rig, 'a message over the limit is refused with 40009, at the limit accepted', async ({ server, useBinaryProtocol: binary }) => {
    const raw = await RawSocket.connected(server, { binary });
    const limit = raw.details.connectionDetails.maxMessageSize;
    const channel = unique('size');
    await nacked(raw, message(channel, { data: 'x'.repeat(limit + 1) }), [40009]);
    await nacked(raw, message(channel, { data: 'x'.repeat(limit / 2 + 1) }, { data: 'x'.repeat(limit / 2) }), [40009]);
    await nacked(raw, message(channel, { name: 'n'.repeat(limit + 1) }), [40009]);
    await nacked(raw, message(channel, { data: 'é'.repeat(limit / 2 + 1) }), [40009]);
    assert.equal((await raw.request(message(channel, { data: 'x'.repeat(limit - 100) }))).action, ACTION.ACK);
    await raw.close();
  });

  inBothFormats(rig, 'an answer may not outgrow what a frame can carry; what it had stays', async ({ server, clients, useBinaryProtocol: binary }) => {
    const raw = await RawSocket.connected(server, { binary });
    const channel = unique('outgrow');
    const opened = await raw.publish(channel, { name: 'n', data: '' });
    const [serial] = opened.res[0].serials;
    let length = 0;
    let refused;
    for (let i = 0; i < 20 && !refused; i++) {
      const reply = await raw.publish(channel, { action: 5, serial, data: 'x'.repeat(60_000) });
      if (reply.action === ACTION.ACK) length += 60_000;
      else refused = reply.error;
    }
    assert.ok(refused?.code === 40009, JSON.stringify(refused));
    assert.ok(length >= 240_000 && length <= 540_000, `${length} characters were accepted`);
    await stillWorks(raw);
    assert.equal((await clients.rest().channels.get(channel).getMessage(serial)).data.length, length);
    await raw.close();
  });

  inBothFormats(rig, 'an oversized frame is refused or costs its connection only', async ({ server, useBinaryProtocol: binary }) => {
    const bystander = await RawSocket.connected(server, { binary });
    const raw = await RawSocket.connected(server, { binary });
    const size = raw.details.connectionDetails.maxFrameSize * 3;
    raw.send({ ...message(unique('frame'), { data: 'x'.repeat(size) }), msgSerial: 0 });
    const nack = raw.next(ACTION.NACK, () => true, { ms: 10_000 }).then((f) => f.error.code, () => null);
    const closed = raw.closed.then(({ code }) => code);
    const outcome = await within(Promise.race([nack, closed]), 12_000, 'an answer to the oversized frame');
    assert.ok([40009, 1009].includes(outcome) || outcome >= 1002, String(outcome));
    await stillWorks(bystander);
    await raw.close();
    await bystander.close();
  });

  inBothFormats(rig, 'wrong credentials are told by an ERROR frame and a close', async ({ server, useBinaryProtocol: binary }) => {
    const cases = [
      [{ key: 'app.key:wrong' }, [40101], 401],
      [{ key: 'app.other:secret' }, [40101, 40400, 40005]],
      [{ key: 'nobody.key:secret' }, [40400, 40101, 40005]],
      [{ key: 'gibberish' }, [40005, 40101, 40400, 40000]],
      [{ key: null }, [40101, 40000, 40160, 40140]],
      [{ key: null, query: { access_token: jwt({ ttlMs: -5_000 }) } }, [40142], 401],
      [{ key: null, query: { accessToken: jwt({ ttlMs: -5_000 }) } }, [40142], 401],
      [{ key: null, query: { access_token: jwt({ secret: 'wrong' }) } }, [40144], 401],
      [{ key: null, query: { access_token: jwt({ header: { alg: 'none' } }) } }, [40144], 401],
      [{ key: null, query: { access_token: jwt({ claims: { exp: 'soon' } }) } }, [40144], 401],
      [{ key: null, query: { access_token: 'a.b.c' } }, [40144, 40143, 40145], 401],
      [{ key: null, query: { access_token: 'nonsense' } }, [40101], 401],
      [{ key: null, query: { access_token: jwt({ claims: { 'x-ably-capability': '{not json' } }) } }, [40144, 40145, 40100, 40101, 40000]],
      [{ key: null, query: { access_token: jwt({ clientId: 'ada' }), clientId: 'eve' } }, [40102, 40012], 401],
    ];
    for (const [options, codes, status] of cases) {
      const raw = await RawSocket.open(server, { binary, ...options });
      const frame = await raw.next(ACTION.ERROR);
      assert.ok(codes.includes(frame.error.code), `${JSON.stringify(options)}: ${frame.error.code} ${frame.error.message}`);
      if (status && frame.error.code !== 40012) assert.equal(frame.error.statusCode, status, JSON.stringify(options));
      assert.ok(!('channel' in frame), 'a connection error names no channel');
      assert.ok(tellsNoSecret(frame), JSON.stringify(frame));
      await within(raw.closed, 5_000, 'the close');
    }
  });

  inBothFormats(rig, 'forbidden capabilities are refused one by one', async ({ server, useBinaryProtocol: binary }) => {
    const base = unique('cap');
    const capability = { [`${base}:read`]: ['subscribe'], [`${base}:write`]: ['publish'] };
    const raw = await RawSocket.connected(server, { binary, key: null, query: { access_token: jwt({ clientId: 'ada', capability }) } });
    raw.send({ action: ACTION.ATTACH, channel: `${base}:none` });
    const refused = await raw.next(ACTION.ERROR);
    assert.equal(refused.channel, `${base}:none`);
    assert.deepEqual([refused.error.code, refused.error.statusCode], [40160, 401]);
    const nack = await raw.publish(`${base}:read`, { name: 'n' });
    assert.deepEqual([nack.action, nack.error.code], [ACTION.NACK, 40160]);
    const presence = await raw.request({ action: ACTION.PRESENCE, channel: `${base}:read`, presence: [{ action: 2 }] });
    assert.deepEqual([presence.action, presence.error.code], [ACTION.NACK, 40160]);
    assert.equal((await raw.publish(`${base}:write`, { name: 'n' })).action, ACTION.ACK);
    await raw.close();
  });

  inBothFormats(rig, 'a client id that is not the connection’s own is refused', async ({ server, useBinaryProtocol: binary }) => {
    const token = jwt({ clientId: 'ada' });
    const raw = await RawSocket.connected(server, { binary, key: null, query: { access_token: token } });
    await nacked(raw, message(unique('id'), { name: 'n', clientId: 'eve' }), [40012, 40102]);
    await nacked(raw, { action: ACTION.PRESENCE, channel: unique('id'), presence: [{ action: 2, clientId: 'eve' }] }, [40012, 40102, 91000]);
    raw.send({ action: ACTION.AUTH, auth: { accessToken: jwt({ clientId: 'eve' }) } });
    const frame = await raw.next(ACTION.ERROR);
    assert.ok([40102, 40012].includes(frame.error.code));
    assert.ok(!('channel' in frame));
    await within(raw.closed, 5_000, 'the close');
  });

  inBothFormats(rig, 'a nameless client may name nobody', async ({ server, useBinaryProtocol: binary }) => {
    const raw = await RawSocket.connected(server, { binary, key: null, query: { access_token: jwt() } });
    await nacked(raw, message(unique('id'), { name: 'n', clientId: 'eve' }), [40012, 40102]);
    await nacked(raw, { action: ACTION.PRESENCE, channel: unique('id'), presence: [{ action: 2 }] }, [40012, 91000]);
    await raw.close();
  });

  inBothFormats(rig, 'appends to nothing, to another’s or of the wrong kind are refused', async ({ server, useBinaryProtocol: binary }) => {
    const channel = unique('append');
    const as = (clientId) => {
      const capability = { '*': ['publish', 'subscribe', 'history'] };
      return RawSocket.connected(server, { binary, key: null, query: { access_token: jwt({ clientId, capability }) } });
    };
    const [ada, eve] = [await as('ada'), await as('eve')];
    const [text] = (await ada.publish(channel, { name: 'n', data: 'text' })).res[0].serials;
    const payload = binary ? { data: Buffer.from([1]) } : { data: 'AQ==', encoding: 'base64' };
    const [bytes] = (await ada.publish(channel, { name: 'n', ...payload })).res[0].serials;
    const [object] = (await ada.publish(channel, { name: 'n', data: '{"a":1}', encoding: 'json' })).res[0].serials;
    const missing = [40003, 40400, 40000, 40010, 40012, 40013];
    await nacked(ada, message(channel, { action: 5, serial: 'no-such-serial', data: 'x' }), missing);
    await nacked(ada, message(channel, { action: 5, data: 'x' }), missing);
    await nacked(ada, message(unique('other'), { action: 5, serial: text, data: 'x' }), missing);
    await nacked(eve, message(channel, { action: 5, serial: text, data: 'x' }), [40160, 40166]);
    const kind = range(50, 40000);
    await nacked(ada, message(channel, { action: 5, serial: text, ...payload }), kind);
    await nacked(ada, message(channel, { action: 5, serial: bytes, data: 'text' }), kind);
    await nacked(ada, message(channel, { action: 5, serial: object, data: 'text' }), kind).catch((error) => {
      // Text after JSON text may also simply be joined; what matters is that the message stays readable.
      if (!/"action":1\b/.test(error.message)) throw error;
    });
    assert.equal((await ada.publish(channel, { action: 5, serial: text, data: '!' })).action, ACTION.ACK);
    await ada.close();
    await eve.close();
  });

  inBothFormats(rig, 'wrong ids, extras and presence are refused', async ({ server, useBinaryProtocol: binary }) => {
    const raw = await RawSocket.connected(server, { binary });
    const channel = unique('shape');
    await nacked(raw, message(channel, { id: 'a:0' }, { id: 'b:1' }), [40031]);
    await nacked(raw, message(channel, { extras: 'text' }), [40032, 40000]);
    await nacked(raw, message(channel, { name: 'n', clientId: '*' }), [40012]);
    await nacked(raw, { action: ACTION.PRESENCE, channel, presence: [{ action: 2, clientId: '*' }] }, [40012]);
    await nacked(raw, message('', { name: 'n' }), [40010]);
    await nacked(raw, message('[bad', { name: 'n' }), [40010]);
    await raw.close();
  });

  inBothFormats(rig, 'bad channel names fail by name and legal ones attach, all on one connection', async ({ server, useBinaryProtocol: binary }) => {
    const raw = await RawSocket.connected(server, { binary });
    for (const channel of ['', '[bad', ':x']) {
      const since = raw.inbox.length;
      raw.send({ action: ACTION.ATTACH, channel });
      const frame = await raw.next(ACTION.ERROR, () => true, { since });
      assert.equal(frame.channel, channel);
      assert.deepEqual([frame.error.code, frame.error.statusCode], [40010, 400]);
      await stillWorks(raw);
    }
    for (const channel of ['a b', '🫖', 'a/b', 'a:b', 'é'.repeat(500), 'x'.repeat(1_000)]) {
      raw.send({ action: ACTION.ATTACH, channel });
      const attached = await raw.next(ACTION.ATTACHED, (f) => f.channel === channel);
      assert.ok(attached.channelSerial, 'every ATTACHED has a channelSerial');
    }
    await stillWorks(raw);
    await raw.close();
  });

  inBothFormats(rig, 'unparseable channel parameters fail the attach only', async ({ server, useBinaryProtocol: binary }) => {
    const raw = await RawSocket.connected(server, { binary });
    const channel = unique('params');
    raw.send({ action: ACTION.ATTACH, channel, params: { rewind: 'soon' } });
    const frame = await raw.next(ACTION.ERROR);
    assert.equal(frame.channel, channel);
    assert.equal(frame.error.statusCode, 400);
    await stillWorks(raw);
    await raw.close();
  });

  once(rig, 'protocol versions that cannot be spoken are refused', async ({ server }) => {
    const raw = await RawSocket.open(server, { query: { v: '1' } });
    assert.ok([40017, 40000].includes((await raw.next(ACTION.ERROR)).error.code));
    await raw.close();
  });

  once(rig, 'a socket that says nothing or nonsense holds nobody up', async ({ server, clients }) => {
    const sockets = await Promise.all(range(10).map(async (i) => {
      const socket = net.connect(server.port, '127.0.0.1');
      socket.on('error', () => {});
      await event(socket, 'connect');
      if (i % 2) socket.write('\x16\x03\x01\x00nonsense\r\n\r\n');
      return socket;
    }));
    const client = await clients.connected();
    const channel = client.channels.get(unique('calm'));
    const inbox = await inboxOf(channel);
    await channel.publish('n', 'x');
    await inbox.count(1);
    for (const socket of sockets) socket.destroy();
  });
});

describe('bad input over HTTP', { concurrency: 6 }, () => {
  const rig = serverForAll();

  const call = async (server, path, { method = 'POST', body, type = 'application/json', accept = type, auth = BASIC, headers = {} } = {}) => {
    const response = await fetch(server.url + path, {
      method,
      body,
      headers: { ...(body === undefined ? {} : { 'Content-Type': type }), Accept: accept, ...(auth ? { Authorization: auth } : {}), ...headers },
    });
    const bytes = Buffer.from(await response.arrayBuffer());
    const got = response.headers.get('content-type');
    const decoded = bytes.length === 0 ? undefined : got === MSGPACK ? unpack(bytes) : JSON.parse(String(bytes));
    return { status: response.status, type: got, error: decoded?.error, errorCode: response.headers.get('x-ably-errorcode') };
  };

  inBothFormats(rig, 'every refusal has a code, a status and the exact content type', async ({ server, clients, useBinaryProtocol }) => {
    const type = useBinaryProtocol ? MSGPACK : 'application/json';
    const encode = (value) => (useBinaryProtocol ? pack(value) : JSON.stringify(value));
    const name = unique('http');
    const path = `/channels/${name}/messages`;
    const broken = useBinaryProtocol ? Buffer.from([0xc1, 0xff]) : '{"name":';
    const cases = [
      [path, { body: broken }, 400, [40000, 40001, 40002, 40003]],
      [path, { body: encode('text') }, 400, [40000, 40001, 40002, 40003]],
      [path, { body: encode({ data: 'x'.repeat(70_000) }) }, 413, [40009]],
      [path, { body: encode([{ id: 'a:0' }, { id: 'b:1' }]) }, 400, [40031]],
      [path, { body: encode({ name: 'n', clientId: '*' }) }, 400, [40012]],
      ['/channels/%5Bbad/messages', { body: encode({ name: 'n' }) }, 400, [40010]],
      [`${path}/no-such`, { method: 'GET' }, 404, [40400, 40003]],
      [`${path}/no-such`, { method: 'PATCH', body: encode({ action: 5, data: 'x' }) }, null, [40400, 40003, 40000]],
      [path, { method: 'GET', auth: null }, 401, [40101, 40100, 40000, 40140]],
      [path, { method: 'GET', auth: `Basic ${Buffer.from('app.key:wrong').toString('base64')}` }, 401, [40101]],
      [path, { method: 'GET', auth: 'Basic !!!' }, 401, [40101, 40005, 40000, 40400]],
      [path, { method: 'GET', auth: `Bearer ${jwt({ ttlMs: -5_000 })}` }, 401, [40142]],
      [path, { method: 'GET', auth: `Bearer ${Buffer.from(jwt({ ttlMs: -5_000 })).toString('base64')}` }, 401, [40142]],
      [path, { method: 'GET', auth: `Bearer ${jwt({ secret: 'wrong' })}` }, 401, [40144]],
      [path, { method: 'GET', auth: 'Bearer a.b.c' }, 401, [40144, 40143, 40145]],
      [path, { body: encode({ name: 'n' }), auth: `Bearer ${jwt({ capability: { other: ['*'] } })}` }, 401, [40160]],
      [path, { body: encode({ name: 'n', clientId: 'eve' }), auth: `Bearer ${jwt({ clientId: 'ada' })}` }, null, [40012, 40102]],
      ['/keys/app.key/requestToken', { body: encode({ keyName: 'app.key', ttl: -1 }) }, 400, null],
      ['/keys/app.key/requestToken', { body: encode({ keyName: 'app.key', clientId: '' }) }, 400, [40012]],
      ['/keys/app.key/requestToken', { body: encode({ keyName: 'app.key', capability: '{broken' }) }, 400, null],
      ['/keys/app.other/requestToken', { body: encode({ keyName: 'app.other' }) }, null, null],
    ];
    for (const [target, options, status, codes] of cases) {
      const answer = await call(server, target, { type, ...options });
      const what = `${options.method ?? 'POST'} ${target} ${String(options.body ?? options.auth).slice(0, 60)} => ${answer.status} ${JSON.stringify(answer.error)}`;
      assert.ok(answer.status >= 400 && answer.status < 500, what);
      if (status) assert.equal(answer.status, status, what);
      if (codes) assert.ok(codes.includes(answer.error?.code), what);
      assert.equal(answer.type, type, what);
      assert.equal(answer.errorCode, String(answer.error.code), what);
      assert.equal(answer.error.statusCode, answer.status, what);
      assert.ok(answer.error.message?.length > 0 && tellsNoSecret(answer.error), what);
    }
    const channel = clients.rest().channels.get(name);
    await channel.publish('n', 'works');
    assert.equal((await channel.history()).items.length, 1);
  });

  once(rig, 'publishes without a msgSerial are refused, not taken for repeats', async ({ server, clients }) => {
    const name = unique('unnumbered');
    const raw = await RawSocket.connected(server);
    for (const data of ['1', '2']) raw.send(message(name, { data }));
    await stillWorks(raw);
    assert.equal(raw.inbox.items.filter((frame) => frame.action === ACTION.ERROR && frame.channel === '').length, 2);
    assert.equal((await clients.rest().channels.get(name).history()).items.length, 0);
    await raw.close();
  });

  once(rig, 'a client that sends and never reads is sent away', async ({ server }) => {
    const raw = await RawSocket.connected(server);
    raw.socket._socket.pause();
    const id = 'x'.repeat(400_000);
    for (let i = 0; i < 100; i++) raw.send({ action: ACTION.HEARTBEAT, id });
    // who does not read notices the end only when it writes
    const writing = setInterval(() => raw.send({ action: ACTION.HEARTBEAT, id: 'still here' }), 100);
    await within(raw.closed, 15_000, 'the end of the connection').finally(() => clearInterval(writing));
  });

  once(rig, 'a body beyond all limits is refused without being read whole', async ({ server, clients }) => {
    const response = await fetch(`${server.url}/channels/x/messages`, {
      method: 'POST',
      headers: { Authorization: BASIC, 'Content-Type': 'application/json' },
      body: JSON.stringify({ data: 'x'.repeat(8 * 1024 * 1024) }),
    }).then(({ status }) => status, () => 'cut');
    assert.ok([400, 413, 'cut'].includes(response), String(response));
    await clients.rest().time();
  });

  once(rig, 'wrong methods are refused', async ({ server }) => {
    const response = await call(server, '/channels/x/messages', { method: 'DELETE', headers: {} });
    assert.ok([404, 405].includes(response.status), String(response.status));
  });
});
