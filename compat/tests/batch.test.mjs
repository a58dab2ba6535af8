// REST that asks of many channels at once, and who is on a channel.
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { unique } from '../lib/clients.mjs';
import { configArgs } from '../lib/config.mjs';
import { allPages, range } from '../lib/inbox.mjs';
import { jwt } from '../lib/jwt.mjs';
import { inBothFormats, inEveryWay, once, serverForAll } from '../lib/rig.mjs';
import { rejection, until } from '../lib/wait.mjs';

const narrow = async (clients, open) => {
  const details = await clients.rest().auth.requestToken({ capability: { [open]: ['publish', 'presence', 'history'] } });
  return clients.rest({ token: details.token });
};

describe('batches', { concurrency: 4 }, () => {
  const rig = serverForAll();

  inBothFormats(rig, 'publishes to many channels, each with its own outcome', async ({ clients }) => {
    const [open, shut] = [unique('open'), unique('shut')];
    const rest = await narrow(clients, open);
    const spec = { channels: [open, shut], messages: [{ name: 'n', data: 'x' }, { name: 'n', data: 'y' }] };
    const one = await rest.batchPublish(spec);
    assert.deepEqual([one.successCount, one.failureCount], [1, 1]);
    assert.deepEqual([one.results[0].channel, one.results[1].channel, one.results[1].error.code], [open, shut, 40160]);
    const many = await rest.batchPublish([spec, { channels: [shut], messages: { data: 'z' } }]);
    assert.deepEqual(many.map((r) => [r.successCount, r.failureCount]), [[1, 1], [0, 1]]);
    assert.equal((await rest.channels.get(open).history()).items.length, 4);
  });

  inBothFormats(rig, 'answers old versions flat, and as an error when part of it failed', async ({ clients }) => {
    const [open, shut] = [unique('open'), unique('shut')];
    const rest = await narrow(clients, open);
    const good = await rest.request('POST', '/messages', 2, {}, { channels: [open], messages: { data: 'x' } }, {});
    assert.deepEqual([good.statusCode, good.items[0].channel], [201, open]);
    const bad = await rest.request('POST', '/messages', 2, {}, { channels: [open, shut], messages: { data: 'x' } }, {});
    assert.deepEqual([bad.statusCode, bad.errorCode, bad.success], [400, 40020, false]);
    assert.deepEqual(bad.items[0].batchResponse.map((r) => r.error?.code), [undefined, 40160]);
    assert.equal((await rest.request('POST', '/messages', 6, {}, { channels: [], messages: [] }, {})).errorCode, 40000);
  });

  inBothFormats(rig, 'gets the members of many channels', async ({ clients }) => {
    const [open, shut] = [unique('open'), unique('shut')];
    const client = await clients.connected({ clientId: 'ada' });
    await client.channels.get(open).presence.enter({ a: 1 });
    const rest = await narrow(clients, open);
    const result = await rest.batchPresence([open, shut]);
    assert.deepEqual([result.successCount, result.failureCount], [1, 1]);
    assert.equal(result.results[0].presence[0].clientId, 'ada');
    assert.equal(result.results[1].error.statusCode, 401);
  });

  inBothFormats(rig, 'answers stats with a page', async ({ clients }) => {
    assert.ok(Array.isArray((await clients.rest().stats()).items));
    const weak = await narrow(clients, 'a');
    assert.equal((await rejection(weak.stats())).code, 40160);
  });

  once(rig, 'publishes a bare body and a form', async ({ clients, server }) => {
    const name = unique('bare');
    const headers = { Authorization: `Basic ${Buffer.from('app.key:secret').toString('base64')}` };
    const post = (query, type, body, more) =>
      fetch(`${server.url}/channels/${name}/messages${query}`, { method: 'POST', headers: { ...headers, 'Content-Type': type, ...more }, body });
    assert.equal((await post('?enveloped=false', 'text/plain', 'text', { 'X-Ably-Name': 'a' })).status, 201);
    assert.equal((await post('?enveloped=false&name=b', 'application/json', '{"x":1}')).status, 201);
    assert.equal((await post('?enveloped=false&name=c', 'application/octet-stream', Buffer.from([1, 2]))).status, 201);
    assert.equal((await post('', 'application/x-www-form-urlencoded', 'name=d&data=some+text')).status, 201);
    assert.equal((await post('?enveloped=false', 'application/json', '{')).status, 400);
    const speaker = await clients.connected({ clientId: 'ada' });
    const all = { 'X-Ably-Name': 'e', 'X-Ably-MessageId': `${name}-mine`, 'X-Ably-Encoding': 'utf-8' };
    const behalf = { ...all, 'X-Ably-ConnectionKey': speaker.connection.key };
    const first = await post('?enveloped=false', 'text/plain', 'spoken for', behalf);
    assert.equal(first.status, 201);
    assert.deepEqual(await (await post('?enveloped=false', 'text/plain', 'spoken for', behalf)).json(), await first.json(), 'the same id is the same message');
    assert.equal((await post('?enveloped=false', 'text/plain', 'x', { 'X-Ably-Name': 'f', 'X-Ably-ClientId': Buffer.from('bob').toString('base64') })).status, 201);
    assert.equal((await post('?enveloped=false', 'text/plain', 'x', { 'X-Ably-ConnectionKey': 'nobody' })).status, 400);
    const { items } = await clients.rest().channels.get(name).history({ direction: 'forwards' });
    assert.deepEqual(items.map((m) => m.name), ['a', 'b', 'c', 'd', 'e', 'f']);
    assert.deepEqual([items[4].id, items[4].data, items[4].connectionId, items[4].clientId], [`${name}-mine`, 'spoken for', speaker.connection.id, 'ada']);
    assert.equal(items[5].clientId, 'bob');
    assert.deepEqual([items[0].data, items[1].data, [...items[2].data], items[3].data], ['text', { x: 1 }, [1, 2], 'some text']);
  });

  inBothFormats(rig, 'refuses what is no batch, or too much of one', async ({ clients }) => {
    const rest = clients.rest();
    const post = async (body) => (await rest.request('post', '/messages', 6, null, body, null)).errorCode;
    const messages = { data: 'x' };
    const many = range(101).map((i) => `c${i}`);
    for (const body of [[], { channels: [], messages }, { channels: ['a'], messages: [] }, { channels: many, messages }, { channels: 'a' }]) {
      assert.equal(await post(body), 40000, JSON.stringify(body).slice(0, 60));
    }
    const [one] = (await rest.request('post', '/messages', 6, null, { channels: unique('single'), messages }, null)).items;
    assert.deepEqual([one.successCount, one.failureCount], [1, 0]);
    const tooLarge = (await rest.request('post', '/messages', 6, null, { channels: ['a'], messages: { data: 'x'.repeat(70_000) } }, null)).items[0];
    assert.equal(tooLarge.results[0].error.code, 40009);
    const get = async (query) => rest.request('get', '/presence', 6, query, null, null);
    assert.equal((await get({})).errorCode, 40003);
    assert.equal((await get({ channels: many.join(',') })).errorCode, 40003);
    const [separated] = (await get({ channels: 'a,b;c', separator: ';' })).items;
    assert.deepEqual(separated.results.map(({ channel }) => channel), ['a,b', 'c']);
    const flat = await rest.request('get', '/presence', 2, { channels: 'a,b' }, null, null);
    assert.deepEqual(flat.items.map(({ channel, presence }) => [channel, presence]), [['a', []], ['b', []]]);
  });

});

// One after the other: an app's channels are listed once at a time (42912).
describe('channels in use', { concurrency: 1 }, () => {
  const rig = serverForAll();

  inBothFormats(rig, 'tells who is on a channel and which are in use', async ({ clients }) => {
    const name = unique('status');
    const rest = clients.rest();
    assert.equal((await rest.channels.get(name).status()).status.isActive, true, 'to ask is to use it');
    const client = await clients.connected({ clientId: 'ada' });
    await client.channels.get(name, { modes: ['SUBSCRIBE', 'PRESENCE'] }).presence.enter();
    const { channelId, status } = await rest.channels.get(name).status();
    assert.deepEqual([channelId, status.isActive], [name, true]);
    const { connections, publishers, subscribers, presenceMembers, presenceConnections, presenceSubscribers } = status.occupancy.metrics;
    assert.deepEqual([connections, publishers, subscribers, presenceMembers, presenceConnections, presenceSubscribers], [1, 0, 1, 1, 1, 0]);
    const qualified = `[?rewind=1]${name}`;
    assert.equal((await rest.channels.get(qualified).status()).status.isActive, true);
    assert.equal((await rest.batchPresence([qualified])).results[0].presence[0].clientId, 'ada');
    const listed = await rest.request('get', '/channels', 6, { prefix: name }, null, null);
    assert.deepEqual(listed.items, [name]);
    const whole = await rest.request('get', '/channels', 2, { prefix: name }, null, null);
    assert.equal(whole.items[0].channelId, name);
    const weak = await narrow(clients, name);
    assert.equal((await rejection(weak.channels.get(name).status())).code, 40160);
    assert.equal((await weak.request('get', '/channels', 6, null, null, null)).errorCode, 40160);
  });

  inBothFormats(rig, 'lists channels page by page, by name or with their state', async ({ clients }) => {
    const prefix = unique('list');
    const client = await clients.connected();
    const names = range(3).map((i) => `${prefix}:${i}`);
    await Promise.all(names.map((name) => client.channels.get(name).attach()));
    const rest = clients.rest();
    const list = (query) => rest.request('get', '/channels', 6, { prefix, ...query }, null, null);
    const { items, sizes } = await allPages(await list({ limit: 2 }));
    assert.deepEqual([items, sizes], [names, [2, 1]]);
    const [whole] = (await list({ by: 'value', limit: 1 })).items;
    assert.deepEqual([whole.channelId, whole.status.isActive, whole.status.occupancy.metrics.connections], [names[0], true, 1]);
    for (const query of [{ by: 'colour' }, { limit: 0 }, { limit: 1001 }]) assert.equal((await list(query)).errorCode, 40003, JSON.stringify(query));
    assert.equal((await rest.request('get', '/channels/%5Bbad', 6, null, null, null)).errorCode, 40010);
  });
});

describe('channels listed by many', () => {
  const rig = serverForAll();

  inBothFormats(rig, 'an app’s channels are listed once at a time, and whoever comes meanwhile is told to come again', async ({ clients, server }) => {
    const client = await clients.connected();
    await Promise.all(range(300).map((i) => client.channels.get(`${unique('busy')}:${i}`).attach()));
    const headers = { authorization: `Basic ${Buffer.from('app.key:secret').toString('base64')}` };
    const busy = [];
    await until(async () => {
      const answers = await Promise.all(range(20).map(() => fetch(`${server.url}/channels?by=value&limit=1000`, { headers })));
      assert.ok(answers.some(({ status }) => status === 200), 'one of them is answered');
      for (const answer of answers) {
        const body = await answer.json();
        if (answer.status !== 200) busy.push([answer.status, body.error.code, answer.headers.get('retry-after')]);
      }
      return busy.length > 0;
    }, 'two at once');
    assert.deepEqual(busy[0], [429, 42912, '1']);
  });
});

describe('rates', () => {
  const rig = serverForAll({ args: configArgs('limits:\n  connectionMessageRate: 10\n  channelMessageRate: 20\n') });

  inEveryWay(rig, 'what is published too fast is refused and the connection goes on', async ({ clients }) => {
    const client = await clients.connected();
    const channel = client.channels.get(unique('fast'));
    // a second's worth in one, so that a slow machine is fast enough
    const outcomes = await Promise.allSettled(range(3).map(() => channel.publish(range(10).map(() => ({ data: 'x' })))));
    const refused = outcomes.filter((o) => o.status === 'rejected');
    assert.ok(outcomes[0].status === 'fulfilled' && refused.length > 0, `${refused.length} were refused`);
    assert.ok(refused.every((o) => o.reason.code === 42911));
    assert.equal(client.connection.state, 'connected');
    const rest = clients.rest().channels.get(unique('fast'));
    const slowed = [];
    await until(async () => {
      // in a few requests, so that they are fast enough on a slow machine too
      const many = await Promise.allSettled(range(4).map(() => rest.publish(range(10).map(() => ({ data: 'x' })))));
      slowed.push(...many.filter((o) => o.status === 'rejected' && o.reason.code === 42913));
      return slowed.length > 0;
    }, 'some to be refused');
    assert.ok(slowed.every((o) => /Try again in \d+ (ms|s)\./.test(o.reason.message)), String(slowed[0]?.reason));
  });

  inBothFormats(rig, 'who is refused for coming too fast is told when to come again', async ({ server, useBinaryProtocol }) => {
    const path = `${server.url}/channels/${unique('when')}/messages`;
    const accept = useBinaryProtocol ? 'application/x-msgpack' : 'application/json';
    const headers = { authorization: `Basic ${Buffer.from('app.key:secret').toString('base64')}`, 'content-type': 'application/json', accept };
    const post = (query = '') => fetch(path + query, { method: 'POST', headers, body: JSON.stringify(range(20).map(() => ({ data: 'x' }))) });
    const answers = [await post(), await post(), await post('?envelope=json')];
    const refused = answers.slice(1).find(({ status }) => status === 429) ?? (await post());
    assert.equal(refused.status, 429);
    // Nodes that took some each have more to wait for together.
    const wait = server.nodes ? /^[123]$/ : /^1$/;
    assert.match(refused.headers.get('retry-after'), wait);
    assert.match(refused.headers.get('x-ably-errormessage'), /Try again in \d+ (ms|s)\.$/);
    const { statusCode, headers: wrapped } = await answers[2].json();
    assert.deepEqual([statusCode, Object.keys(wrapped)], [429, ['Retry-After']]);
    assert.match(wrapped['Retry-After'], wait);
  });

  inBothFormats(rig, 'a JWT slows its client down on the channels it names', async ({ clients }) => {
    const slow = unique('slow');
    const token = jwt({ clientId: 'me', claims: { [`ably.limits.publish.perAttachment.maxRate.${slow}`]: 0.001 } });
    const client = await clients.connected({ token });
    await client.channels.get(slow).publish('n', 'x');
    const { code, statusCode } = await rejection(client.channels.get(slow).publish('n', 'y'));
    assert.deepEqual([code, statusCode], [42911, 429]);
    await client.channels.get(unique('other')).publish('n', 'z');
    assert.equal((await clients.rest().channels.get(slow).history()).items.length, 1);
  });
});
