// Event streams, read by fetch and by curl: what happens on channels, for readers without an SDK.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { describe } from 'node:test';
import { unique } from '../lib/clients.mjs';
import { Events } from '../lib/events.mjs';
import { range } from '../lib/inbox.mjs';
import { once, serverForAll } from '../lib/rig.mjs';
import { pause, until, within } from '../lib/wait.mjs';

/** A real `curl -N`, and what it has printed. */
function curl(server, pathAndQuery, ...args) {
  const child = spawn('curl', ['-sN', ...args, `http://127.0.0.1:${server.port}${pathAndQuery}`]);
  const reader = { out: '', end: () => child.kill() };
  child.stdout.on('data', (chunk) => (reader.out += chunk));
  reader.exit = new Promise((done) => child.once('exit', done));
  return reader;
}

describe('an event stream', { concurrency: 6 }, () => {
  const rig = serverForAll();

  once(rig, 'goes on after every cut, on all its channels, skipping nothing', async ({ clients, proxy, server }) => {
    const through = await proxy();
    const names = ['a', 'b', 'c'].map((stem) => unique(`sse-${stem}`));
    const publisher = await clients.connected();
    const channels = names.join(',');
    const seen = [];
    let stream = await Events.open(through, { channels });
    await stream.placed();
    const take = () => seen.push(...stream.messages);
    for (const round of range(5)) {
      for (const i of range(9)) await publisher.channels.get(names[i % 3]).publish('n', `${round}:${i}`);
      if (round % 2 === 0) await stream.until((all) => all.length > 3, 'some of them');
      through.cut();
      await stream.ended;
      take();
      const header = round % 2 === 0;
      stream = await Events.open(through, { channels, ...(header ? {} : { lastEvent: stream.lastEventId }) },
        { headers: header ? { 'last-event-id': stream.lastEventId } : {} });
      assert.equal(stream.response.status, 200);
    }
    await publisher.channels.get(names[0]).publish('n', 'end');
    await stream.until((all) => all.some(({ data }) => data === 'end'), 'the end');
    take();
    await until(() => {
      const held = new Set([...seen, ...stream.messages].map(({ serial }) => serial));
      return held.size === 46;
    }, 'all 46 messages');
    for (const [n, name] of names.entries()) {
      const texts = [...seen, ...stream.messages].filter(({ channel }) => channel === name).map(({ data }) => data);
      const expected = range(5).flatMap((round) => range(9).filter((i) => i % 3 === n).map((i) => `${round}:${i}`));
      assert.deepEqual([...new Set(texts)].filter((text) => text !== 'end'), expected, 'in order, nothing skipped');
    }
    await stream.close();
    assert.ok(server.port);
  });

  once(rig, 'curl -N shows an answer being written', async ({ clients, server }) => {
    const name = unique('curl');
    const channel = (await clients.connected({ transportParams: { appendRollupWindow: 0 } })).channels.get(name);
    const reader = curl(server, `/sse?channels=${name}&v=1.2`, '-u', 'app.key:secret');
    await until(() => reader.out.includes('id: '), 'the stream to begin');
    const { serials } = await channel.publish('answer', '');
    for (const token of ['It ', 'just ', 'goes ', 'on.']) {
      await channel.appendMessage({ serial: serials[0], data: token });
      await until(() => reader.out.includes(`"data":"${token}"`) || reader.out.includes(`${token}"`), `${token} to be shown`);
    }
    const shown = [...reader.out.matchAll(/^data: (.*)$/gm)].map(([, json]) => JSON.parse(json));
    const text = shown.reduce((all, { action, data = '' }) => (action === 5 ? all + data : data), '');
    assert.equal(text, 'It just goes on.');
    assert.ok(shown.every(({ serial }) => serial === serials[0]));
    reader.end();
    await reader.exit;
  });

  once(rig, 'a reader that comes back in the middle of an answer gets it whole and then what is new', async ({ clients, server }) => {
    const name = unique('middle');
    const channel = (await clients.connected()).channels.get(name);
    const first = await Events.open(server, { channels: name });
    await first.placed();
    const { serials } = await channel.publish('answer', 'one ');
    await first.until((all) => all.length === 1, 'the beginning');
    await first.close();
    await channel.appendMessage({ serial: serials[0], data: 'two ' });
    const second = await Events.open(server, { channels: name, lastEvent: first.lastEventId });
    await second.until((all) => all.length === 1, 'the answer so far');
    await channel.appendMessage({ serial: serials[0], data: 'three' });
    const [whole, delta] = await second.until((all) => all.length === 2, 'what is new');
    assert.deepEqual([whole.action, whole.data], [1, 'one two ']);
    assert.deepEqual([delta.action, delta.data], [5, 'three']);
    await second.close();
  });

  once(rig, 'presence is told, and data alone when asked for', async ({ clients, server }) => {
    const name = unique('presence');
    const stream = await Events.open(server, { channels: name, enveloped: 'false' });
    await stream.placed();
    const client = await clients.connected({ clientId: 'ada' });
    await client.channels.get(name).presence.enter('hello');
    await client.channels.get(name).publish('n', { some: ['json'] });
    const entered = await stream.inbox.first(({ event }) => event === 'presence', 'a presence event');
    assert.equal(entered.data, 'hello');
    const told = await stream.inbox.first(({ event }) => event === 'message', 'a message');
    assert.deepEqual(JSON.parse(told.data), { some: ['json'] });
    await stream.close();
  });

  once(rig, 'rewind, tokens in every place, and what may not be read', async ({ clients, server }) => {
    const name = unique('auth');
    const rest = clients.rest();
    await rest.channels.get(name).publish('n', 'kept');
    const { token } = await rest.auth.requestToken({ capability: { [name]: ['subscribe'] } });
    const bearer = { authorization: `Bearer ${Buffer.from(token).toString('base64')}` };
    for (const [params, headers] of [[{ accessToken: token }, {}], [{ access_token: token }, {}], [{}, bearer]]) {
      const stream = await Events.open(server, { channels: name, rewind: '1', ...params }, { key: null, headers });
      const [message] = await stream.until((all) => all.length === 1, 'the last message');
      assert.equal(message.data, 'kept');
      await stream.close();
    }
    const refused = await Events.open(server, { channels: unique('other'), accessToken: token }, { key: null });
    assert.equal(refused.response.status, 401);
    assert.equal(refused.response.headers.get('x-ably-errorcode'), '40160');
    await refused.close();
  });

  once(rig, 'tokens for several channels, and one of them that may not be read or is no channel', async ({ clients, server }) => {
    const names = ['a', 'b'].map((stem) => unique(`several-${stem}`));
    const rest = clients.rest();
    const { token: accessToken } = await rest.auth.requestToken({ capability: Object.fromEntries(names.map((name) => [name, ['subscribe']])) });
    const stream = await Events.open(server, { channels: names.join(','), accessToken }, { key: null });
    await stream.placed();
    for (const name of names) await rest.channels.get(name).publish('n', name);
    assert.deepEqual((await stream.until((all) => all.length === 2, 'both')).map(({ data }) => data), names);
    await stream.close();
    for (const round of range(10)) {
      for (const [other, status, code] of [[unique('other'), 401, 40160], [':no-channel', 400, 40010]]) {
        const channels = (round % 2 ? [...names, other] : [other, ...names]).join(',');
        const refused = await Events.open(server, { channels, accessToken }, { key: null });
        assert.deepEqual([refused.response.status, refused.response.headers.get('x-ably-errorcode')], [status, String(code)]);
        await refused.close();
      }
    }
  });

  once(rig, 'rewindLimit bounds what comes from before', async ({ clients, server }) => {
    const name = unique('limit');
    for (const data of ['1', '2', '3']) await clients.rest().channels.get(name).publish('n', data);
    const stream = await Events.open(server, { channels: name, rewind: '2m', rewindLimit: '2' });
    await clients.rest().channels.get(name).publish('n', 'live');
    await stream.until((all) => all.some(({ data }) => data === 'live'), 'all');
    assert.deepEqual(stream.messages.map(({ data }) => data), ['2', '3', 'live']);
    await stream.close();
  });

  once(rig, 'a browser of any origin may read', async ({ server }) => {
    const stream = await Events.open(server, { channels: unique('cors') }, { headers: { origin: 'http://page.example' } });
    assert.equal(stream.response.headers.get('access-control-allow-origin'), 'http://page.example');
    assert.equal(stream.response.headers.get('content-type'), 'text/event-stream');
    await stream.close();
  });

  once(rig, 'a reader that stops reading is let go, and can go on from where it was', async ({ clients, server }) => {
    const name = unique('stalled');
    const reader = curl(server, `/sse?channels=${name}&key=app.key:secret`);
    await until(() => reader.out.includes('id: '), 'the stream to begin');
    const id = /^id: (\S+)/m.exec(reader.out)[1];
    const stalled = spawn('sh', ['-c', `curl -sN 'http://127.0.0.1:${server.port}/sse?channels=${name}&key=app.key:secret' | sleep 60`]);
    const publisher = await clients.connected();
    await pause(300);
    for (let i = 0; i < 8; i++) {
      await within(Promise.all(range(25).map(() => publisher.channels.get(name).publish('n', 'x'.repeat(60_000)))), 30_000, 'publishes');
    }
    const metrics = await (await fetch(`http://127.0.0.1:${server.port}/healthz`)).text();
    assert.equal(metrics, 'ok\n');
    const again = await Events.open(server, { channels: name, lastEvent: id });
    await again.until((all) => all.length === 200, 'all of them', 30_000);
    await again.close();
    reader.end();
    stalled.kill();
    await reader.exit;
  });

  once(rig, 'lines of JSON, and names between what the reader says', async ({ clients, server }) => {
    const names = [unique('a,b'), unique('c')];
    const query = new URLSearchParams({ channels: names.join('|'), separator: '|', rewind: '1', v: '1.2', key: 'app.key:secret' });
    for (const name of names) await clients.rest().channels.get(name).publish('n', name);
    const answer = await fetch(`${server.url}/event-stream?${query}`);
    assert.equal(answer.status, 200);
    let text = '';
    for await (const chunk of answer.body.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      if (names.every((name) => text.includes(`"data":"${name}"`) || text.includes(`"${name}`)) && text.endsWith('\n') && text.split('\n').filter((line) => line.includes('"message"')).length >= 2) break;
    }
    const lines = text.split('\n').filter(Boolean).map((line) => JSON.parse(line));
    const told = lines.filter(({ event }) => event === 'message').map(({ data }) => data.data);
    assert.deepEqual(told.sort(), [...names].sort());
  });

  once(rig, 'what no stream is made of is refused', async ({ server }) => {
    for (const [params, status] of [[{}, 400], [{ channels: '[bad' }, 400], [{ channels: 'a', rewind: 'soon' }, 400], [{ channels: range(101).join(',') }, 400], [{ channels: 'a', heartbeats: 'often' }, 400], [{ channels: 'a', rewind: '1', rewindLimit: 'x' }, 400]]) {
      const stream = await Events.open(server, params);
      assert.equal(stream.response.status, status, JSON.stringify(params).slice(0, 60));
      await stream.close();
    }
    const posted = await fetch(`${server.url}/sse?channels=a&key=app.key:secret`, { method: 'POST' });
    assert.equal(posted.status, 405);
  });
});
