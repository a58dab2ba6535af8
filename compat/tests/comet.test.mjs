// Comet through the networks it is for, and between the transports.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Clients, unique, WAYS } from '../lib/clients.mjs';
import { HttpProxy } from '../lib/httpproxy.mjs';
import { dataOf, inboxOf, range } from '../lib/inbox.mjs';
import { ACTION, RawSocket } from '../lib/rawws.mjs';
import { once, overComet, serverForAll } from '../lib/rig.mjs';
import { temporary } from '../lib/temporary.mjs';
import { inState, nextEvent, pause, until } from '../lib/wait.mjs';

/** A minute of real networks in two seconds of ours. */
const SCALE = 30;
const IDLE_KILL_MS = 60_000 / SCALE;

function quickBeats() {
  const file = join(temporary('beats'), 'holdfast.yaml');
  writeFileSync(file, 'limits:\n  maxIdleInterval: 1s\n');
  return ['--config', file];
}

const KINDS = WAYS.filter(({ options }) => options?.transports);

describe('comet', { concurrency: 4 }, () => {
  const rig = serverForAll({ args: quickBeats() });
  const through = (title, kinds, proxyOptions, body) => {
    for (const { format, options } of kinds) {
      it(`${format}: ${title}`, { timeout: 60_000 }, async () => {
        const proxy = await HttpProxy.start(rig.server.port, proxyOptions);
        const clients = new Clients(rig.server, { useBinaryProtocol: false });
        try {
          await body({ proxy, clients, over: (more) => clients.connected({ at: proxy, ...options, ...more }) });
        } finally {
          await clients.close();
          await proxy.close();
        }
      });
    }
  };

  through('stays connected behind a proxy that ends what is idle', KINDS, { idleMs: IDLE_KILL_MS }, async ({ proxy, clients, over }) => {
    const client = await over();
    const changes = [];
    client.connection.on((change) => changes.push(change));
    const name = unique('idle');
    const inbox = await inboxOf(client.channels.get(name));
    await pause(4 * IDLE_KILL_MS);
    await (await clients.connected()).channels.get(name).publish('n', 'after a long silence');
    await inbox.count(1);
    assert.equal(proxy.killed, 0);
    assert.deepEqual(changes, []);
  });

  through('hears and speaks through a proxy that collects answers', KINDS.filter(({ format }) => format === 'long poll'),
    { collects: true, idleMs: IDLE_KILL_MS }, async ({ proxy, clients, over }) => {
      const client = await over();
      const name = unique('collected');
      const channel = client.channels.get(name);
      const inbox = await inboxOf(channel);
      const publisher = (await clients.connected()).channels.get(name);
      for (const i of range(20)) await (i % 2 ? channel : publisher).publish('n', String(i));
      await inbox.count(20);
      assert.deepEqual(dataOf(inbox.items), range(20).map(String));
      const { serials } = await channel.publish('answer', '');
      for (const token of ['a ', 'b ', 'c']) await publisher.appendMessage({ serial: serials[0], data: token });
      await until(async () => (await channel.getMessage(serials[0])).data === 'a b c', 'the whole answer');
      await pause(2 * IDLE_KILL_MS);
      assert.equal(client.connection.state, 'connected');
      assert.equal(proxy.killed, 0);
    });

  through('comes back after every cut to what it missed', KINDS, {}, async ({ proxy, clients, over }) => {
    const client = await over();
    const name = unique('cuts');
    const channel = client.channels.get(name);
    const inbox = await inboxOf(channel);
    const publisher = (await clients.connected()).channels.get(name);
    const { id } = client.connection;
    const acks = [];
    for (const i of range(60)) {
      if (i % 15 === 14) proxy.cut();
      acks.push(publisher.publish('n', String(i)), channel.publish('own', String(i)));
      await pause(30);
    }
    await Promise.all(acks);
    await inbox.count(120);
    assert.equal(client.connection.id, id);
    for (const kind of ['n', 'own']) {
      assert.deepEqual(dataOf(inbox.items.filter((message) => message.name === kind)), range(60).map(String));
    }
  });

  once(rig, 'a connection goes on over the other transport, both ways', async ({ server, clients }) => {
    const name = unique('either');
    const publisher = (await clients.connected()).channels.get(name);
    for (const [from, to] of [['comet', 'web_socket'], ['web_socket', 'comet']]) {
      const first = await clients.connected({ transports: [from] });
      const inbox = await inboxOf(first.channels.get(name));
      await publisher.publish('n', 'before');
      await inbox.count(1);
      const { id } = first.connection;
      const recover = first.connection.createRecoveryKey();
      await publisher.publish('n', 'between');
      const second = await clients.connected({ recover, transports: [to] });
      const recovered = await inboxOf(second.channels.get(name));
      await publisher.publish('n', 'after');
      await recovered.count(2);
      assert.equal(second.connection.id, id);
      assert.deepEqual(dataOf(recovered.items), ['between', 'after']);
      const { reason } = await nextEvent(first.connection, 'disconnected').catch(() => ({}));
      assert.ok(!reason || reason.code === 80016, String(reason));
      first.close();
    }
    const raw = await RawSocket.connected(server);
    await raw.close();
  });

  once(rig, 'a client that never asks again leaves its members behind, and they leave', async ({ server, clients }) => {
    const name = unique('gone');
    const watcher = (await clients.connected({ clientId: 'eve' })).channels.get(name);
    const left = new Promise((done) => watcher.presence.subscribe('leave', done));
    await watcher.presence.subscribe('enter', () => {});
    const base = `http://127.0.0.1:${server.port}/comet`;
    const query = 'key=app.key:secret';
    const answer = await fetch(`${base}/connect?v=6&stream=false&clientId=ada&remainPresentFor=200&${query}`);
    const [{ connectionDetails }] = await answer.json();
    const frames = [
      { action: ACTION.ATTACH, channel: name },
      { action: ACTION.PRESENCE, channel: name, msgSerial: 0, presence: [{ action: 2 }] },
    ];
    await fetch(`${base}/${connectionDetails.connectionKey}/send?${query}`, { method: 'POST', body: JSON.stringify(frames) });
    assert.equal((await left).clientId, 'ada');
    const late = await fetch(`${base}/${connectionDetails.connectionKey}/recv?${query}`);
    assert.equal(late.headers.get('x-ably-errorcode'), '80003');
  });

  once(rig, 'a reader that stops asking costs a bounded number of bytes', async ({ server, clients }) => {
    const name = unique('slow');
    const base = `http://127.0.0.1:${server.port}/comet`;
    const query = 'key=app.key:secret';
    const [{ connectionDetails }] = await (await fetch(`${base}/connect?v=6&stream=false&${query}`)).json();
    const url = (verb) => `${base}/${connectionDetails.connectionKey}/${verb}?${query}`;
    await fetch(url('send'), { method: 'POST', body: JSON.stringify([{ action: ACTION.ATTACH, channel: name }]) });
    await fetch(url('recv'));
    const publisher = (await clients.connected()).channels.get(name);
    await Promise.all(range(30).map(() => publisher.publish('n', 'x'.repeat(50_000))));
    const sizes = [];
    for (let heard = 0; heard < 30; ) {
      const answer = await fetch(url('recv'));
      if (answer.status === 204) continue;
      const text = await answer.text();
      if (JSON.parse(text).some(({ error }) => error)) break; // more than may wait: it is sent away to resume
      heard += JSON.parse(text).filter(({ action }) => action === ACTION.MESSAGE).length;
      sizes.push(text.length);
    }
    assert.ok(Math.max(...sizes) < 512 * 1024, `one answer of ${Math.max(...sizes)} bytes`);
  });

  once(rig, 'credentials are asked for on every request', async ({ server }) => {
    const base = `http://127.0.0.1:${server.port}/comet`;
    const [{ connectionDetails }] = await (await fetch(`${base}/connect?stream=false&key=app.key:secret`)).json();
    for (const verb of ['recv', 'close', 'disconnect']) {
      const refused = await fetch(`${base}/${connectionDetails.connectionKey}/${verb}?key=app.key:wrong`);
      assert.equal(refused.status, 401);
      assert.equal((await refused.json()).error.code, 40101);
    }
  });

  through('sees a wrong key as WebSockets do', KINDS, {}, async ({ proxy, clients }) => {
    for (const { options } of KINDS) {
      const client = clients.realtime({ at: proxy, ...options, key: 'app.key:wrong' });
      const { reason } = await inState(client.connection, 'failed');
      assert.equal(reason.code, 40101);
    }
  });

  overComet(rig, 'answers are arrays, one whole or one a line, and the first begins with CONNECTED', async ({ server, format }) => {
    const polls = format === 'long poll';
    const base = `http://127.0.0.1:${server.port}/comet`;
    const answer = await fetch(`${base}/connect?v=6&format=msgpack&rnd=1&key=app.key:secret${polls ? '&stream=false' : ''}`);
    assert.deepEqual([answer.status, answer.headers.get('content-type')], [200, 'application/json']);
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    while (!text.endsWith(polls ? ']' : '\n')) text += (await reader.read()).value;
    const [connected] = JSON.parse(text);
    assert.equal(connected.action, ACTION.CONNECTED);
    assert.ok(connected.connectionDetails.connectionKey);
    if (polls) assert.equal((await reader.read()).done, true, 'a whole answer ends');
    await reader.cancel();
  });

  once(rig, 'the paths of a connection: what they take, answer and refuse', async ({ server }) => {
    const base = `http://127.0.0.1:${server.port}/comet`;
    const query = 'key=app.key:secret';
    const connect = async () => (await (await fetch(`${base}/connect?v=6&stream=false&${query}`)).json())[0];
    const { connectionId, connectionDetails: { connectionKey } } = await connect();
    const call = (verb, init, key = connectionKey) => fetch(`${base}/${key}/${verb}?${query}`, init);
    const post = (body) => call('send', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
    const code = (answer) => answer.headers.get('x-ably-errorcode');
    const sent = await post(JSON.stringify([{ action: ACTION.HEARTBEAT, id: 'a' }, { action: ACTION.ATTACH, channel: unique('paths') }]));
    assert.ok([200, 204].includes(sent.status));
    const heard = [];
    while (!heard.some(({ action }) => action === ACTION.ATTACHED)) {
      const answer = await call('recv');
      if (answer.status !== 204) heard.push(...(await answer.json()));
    }
    assert.equal(heard[0].id, 'a');
    for (const body of ['{', '{"action":0}', '[1']) assert.deepEqual([(await post(body)).status, code(await post(body))], [400, '40000'], body);
    assert.equal((await call('send')).status, 405);
    assert.equal((await call('recv', { method: 'POST' })).status, 405);
    assert.equal((await call('nonsense')).status, 404);
    const nobody = await call('recv', {}, 'nobody');
    assert.ok(nobody.status >= 400);
    assert.equal(code(nobody), '80003');
    const left = await call('disconnect');
    assert.ok([200, 204].includes(left.status));
    const again = (await (await fetch(`${base}/connect?v=6&stream=false&resume=${connectionKey}&${query}`)).json())[0];
    assert.equal(again.connectionId, connectionId, 'a transport was given up, not the connection');
    assert.ok([200, 204].includes((await call('close', {}, again.connectionDetails.connectionKey)).status));
    const gone = (await (await fetch(`${base}/connect?v=6&stream=false&resume=${again.connectionDetails.connectionKey}&${query}`)).json())[0];
    assert.deepEqual([gone.connectionId === connectionId, gone.error.code], [false, 80018]);
    const refused = await fetch(`${base}/connect?key=app.key:wrong`, { headers: { Origin: 'http://page.example' } });
    assert.deepEqual([refused.status, code(refused), (await refused.json()).error.code], [401, '40101', 40101]);
    assert.match(refused.headers.get('access-control-expose-headers'), /x-ably-errorcode/i);
  });

  once(rig, 'a question is answered before anybody takes it for lost, and once more if it is asked again', async ({ server, clients }) => {
    const base = `http://127.0.0.1:${server.port}/comet`;
    const query = 'key=app.key:secret';
    const [{ connectionDetails: { connectionKey } }] = await (await fetch(`${base}/connect?v=6&stream=false&${query}`)).json();
    const ask = async (verb, rnd, init) => (await fetch(`${base}/${connectionKey}/${verb}?${query}&rnd=${rnd}`, init)).text();
    const begun = performance.now();
    await ask('recv', 'quiet');
    assert.ok(performance.now() - begun < 10_000, 'far within the ninety seconds of the SDK');
    const name = unique('twice');
    const init = { method: 'POST', body: JSON.stringify([{ action: ACTION.MESSAGE, channel: name, msgSerial: 0, messages: [{ data: 'x' }] }]) };
    for (const _ of range(2)) await ask('send', 'same', init);
    const first = await ask('recv', 'one');
    assert.match(first, /"res"/);
    assert.equal(await ask('recv', 'one'), first);
    assert.equal((await clients.rest().channels.get(name).history()).items.length, 1);
  });
});
