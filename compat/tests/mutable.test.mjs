// Messages that change: update, delete, append, their versions, and where they may not.
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { unique } from '../lib/clients.mjs';
import { configArgs, FROZEN } from '../lib/config.mjs';
import { bytes, dataOf, inboxOf, range } from '../lib/inbox.mjs';
import { inEveryWay, serverForAll } from '../lib/rig.mjs';
import { Reader } from '../lib/subscriber.mjs';
import { inState, rejection, turn, until } from '../lib/wait.mjs';

describe('messages that change', { concurrency: 4 }, () => {
  const rig = serverForAll();

  inEveryWay(rig, 'an update replaces what it gives and keeps the rest', async ({ clients }) => {
    const channel = (await clients.connected({ clientId: 'ada' })).channels.get(unique('update'));
    const inbox = await inboxOf(channel);
    const { serials } = await channel.publish({ name: 'n', data: 'one', extras: { headers: { a: '1' } } });
    const operation = { description: 'typo', metadata: { why: 'spelling' } };
    const { versionSerial } = await channel.updateMessage({ serial: serials[0], data: 'two' }, operation);
    await inbox.count(2);
    const [created, updated] = inbox.items;
    assert.equal(updated.action, 'message.update');
    assert.equal(updated.serial, serials[0]);
    assert.equal(updated.name, 'n');
    assert.equal(updated.data, 'two');
    assert.deepEqual(updated.extras, { headers: { a: '1' } });
    assert.equal(updated.timestamp, created.timestamp);
    assert.equal(updated.version.serial, versionSerial);
    assert.ok(versionSerial > serials[0]);
    assert.ok(updated.version.timestamp >= created.timestamp);
    assert.equal(updated.version.clientId, 'ada');
    assert.equal(updated.version.description, 'typo');
    assert.deepEqual(updated.version.metadata, { why: 'spelling' });
    const latest = await channel.getMessage(serials[0]);
    assert.equal(latest.data, 'two');
    assert.equal(latest.version.serial, versionSerial);
    assert.equal(latest.clientId, 'ada');
  });

  inEveryWay(rig, 'a delete is delivered and leaves the message in its place, marked', async ({ clients }) => {
    const channel = (await clients.connected()).channels.get(unique('delete'));
    const inbox = await inboxOf(channel);
    const { serials } = await channel.publish('n', 'gone');
    await channel.publish('n', 'stays');
    await channel.deleteMessage({ serial: serials[0] }, { description: 'spam' });
    await inbox.count(3);
    assert.equal(inbox.items[2].action, 'message.delete');
    assert.equal(inbox.items[2].serial, serials[0]);
    assert.equal(inbox.items[2].version.description, 'spam');
    // as the SDK documents: data stays unless the delete brings some
    assert.equal(inbox.items[2].data, 'gone');
    const { items } = await channel.history({ direction: 'forwards' });
    assert.deepEqual(items.map((m) => m.action), ['message.delete', 'message.create']);
    assert.equal(items[0].serial, serials[0]);
    assert.equal(items[0].data, 'gone');
    await channel.deleteMessage({ serial: serials[0], data: '' });
    await inbox.count(4);
    assert.equal(inbox.items[3].data, '');
    assert.equal((await channel.getMessage(serials[0])).data, '');
  });

  inEveryWay(rig, 'appends carry the delta, the name, the latest extras and the first timestamp', async ({ clients }) => {
    const channel = (await clients.connected()).channels.get(unique('append'));
    const inbox = await inboxOf(channel);
    const { serials } = await channel.publish({ name: 'n', data: 'a', extras: { headers: { at: '0' } } });
    const [serial] = serials;
    const one = await channel.appendMessage({ serial, data: 'b', extras: { headers: { at: '1' } } });
    await channel.updateMessage({ serial, extras: { headers: { at: 'u' } } });
    const two = await channel.appendMessage({ serial, data: 'c', extras: { headers: { at: '2' } } });
    await inbox.count(4);
    const [created, appended, , last] = inbox.items;
    assert.equal(appended.action, 'message.append');
    assert.equal(appended.data, 'b');
    assert.equal(appended.name, 'n');
    assert.deepEqual(appended.extras, { headers: { at: '1' } });
    assert.equal(appended.timestamp, created.timestamp);
    assert.equal(appended.version.serial, one.versionSerial);
    assert.equal(last.data, 'c');
    assert.equal(last.version.serial, two.versionSerial);
    assert.ok(two.versionSerial > one.versionSerial && one.versionSerial > serial);
    const { items } = await channel.history();
    assert.equal(items.length, 1);
    assert.equal(items[0].data, 'abc');
    assert.equal(items[0].action, 'message.update');
    assert.deepEqual(items[0].extras, { headers: { at: '2' } });
  });

  inEveryWay(rig, 'bytes can be appended to bytes', async ({ clients }) => {
    const name = unique('append-bytes');
    const channel = (await clients.connected()).channels.get(name);
    const reader = new Reader();
    const other = (await clients.connected({ useBinaryProtocol: true })).channels.get(name);
    await other.subscribe(reader.take);
    await inState(other, 'attached');
    const { serials } = await channel.publish('n', bytes(0));
    await Promise.all(range(255, 1).map((i) => channel.appendMessage({ serial: serials[0], data: bytes(i) })));
    const whole = bytes(...range(256));
    await until(() => Buffer.from(reader.text(serials[0])).equals(whole), 'all bytes');
    assert.ok(whole.equals(Buffer.from((await channel.getMessage(serials[0])).data)));
  });

  inEveryWay(rig, 'interleaved appends to several messages keep each text', async ({ clients }) => {
    const name = unique('interleaved');
    const channel = (await clients.connected()).channels.get(name);
    const readerChannel = (await clients.connected()).channels.get(name);
    const reader = new Reader();
    await readerChannel.subscribe(reader.take);
    await inState(readerChannel, 'attached');
    const opened = await Promise.all(range(4).map((i) => channel.publish(`m${i}`, '')));
    const serials = opened.map((result) => result.serials[0]);
    const expected = serials.map(() => '');
    const acks = range(400).map((i) => {
      const which = (i * 7) % 4;
      expected[which] += `${i},`;
      return channel.appendMessage({ serial: serials[which], data: `${i},` });
    });
    await Promise.all(acks);
    await until(() => serials.every((serial, i) => reader.text(serial).length >= expected[i].length), 'all texts');
    assert.deepEqual(serials.map((serial) => reader.text(serial)), expected);
    const { items } = await channel.history({ direction: 'forwards' });
    assert.deepEqual(dataOf(items), expected);
    assert.deepEqual(items.map((m) => m.serial), serials);
  });

  inEveryWay(rig, 'publishes between appends are not overtaken', async ({ clients }) => {
    const name = unique('overtake');
    const channel = (await clients.connected()).channels.get(name);
    const inbox = await inboxOf((await clients.connected()).channels.get(name));
    const { serials } = await channel.publish('text', '');
    const acks = [];
    // The SDK encodes the two kinds in different numbers of ticks, so each gets a turn of its own.
    for (const i of range(50)) {
      acks.push(channel.appendMessage({ serial: serials[0], data: `${i};` }));
      await turn();
      acks.push(channel.publish('marker', String(i)));
      await turn();
    }
    await Promise.all(acks);
    await inbox.when((items) => items.some((m) => m.name === 'marker' && m.data === '49'), 'the last marker');
    let text = '';
    for (const message of inbox.items.slice(1)) {
      if (message.name === 'text') text = message.action === 'message.append' ? text + message.data : message.data;
      else assert.ok(text.endsWith(`${message.data};`), `marker ${message.data} came with ${text}`);
    }
  });

  inEveryWay(rig, 'versions are listed oldest first', async ({ clients }) => {
    const channel = (await clients.connected()).channels.get(unique('versions'));
    const { serials } = await channel.publish('n', 'v0');
    for (const i of range(5, 1)) await channel.updateMessage({ serial: serials[0], data: `v${i}` });
    const { items } = await channel.getMessageVersions(serials[0]);
    assert.deepEqual(dataOf(items), ['v0', 'v1', 'v2', 'v3', 'v4', 'v5']);
    assert.equal(new Set(items.map((m) => m.version.serial)).size, 6);
  });

  inEveryWay(rig, 'what an update or a delete said stays among the versions when appends follow', async ({ clients }) => {
    const channel = (await clients.connected()).channels.get(unique('kept'));
    const { serials: [serial] } = await channel.publish('n', 'a');
    const versions = async () => (await channel.getMessageVersions(serial)).items.map(({ action, data, version }) => [action, data, version.description, version.metadata]);
    await channel.appendMessage({ serial, data: 'b' });
    assert.deepEqual(await versions(), [['message.update', 'ab', undefined, undefined]], 'appends are one running version, in the place of what was created');
    const why = ['legal hold', { by: 'mod-7' }];
    await channel.updateMessage({ serial, data: 'edited' }, { description: why[0], metadata: why[1] });
    await channel.appendMessage({ serial, data: '+' });
    await channel.appendMessage({ serial, data: '+' });
    await channel.deleteMessage({ serial }, { description: 'gone' });
    await channel.updateMessage({ serial, data: 'back' });
    await channel.appendMessage({ serial, data: '!' });
    assert.deepEqual(await versions(), [
      ['message.update', 'ab', undefined, undefined],
      ['message.update', 'edited', ...why],
      ['message.update', 'edited++', undefined, undefined],
      ['message.delete', 'edited++', 'gone', undefined],
      ['message.update', 'back', undefined, undefined],
      ['message.update', 'back!', undefined, undefined],
    ]);
  });

  inEveryWay(rig, 'changing a message that does not exist is refused, the channel goes on', async ({ clients }) => {
    const channel = (await clients.connected()).channels.get(unique('missing'));
    const { serials } = await channel.publish('n', 'x');
    const missing = serials[0].replace(/[0-9a-f](?=[^0-9a-f]*$)/i, (c) => (c === '7' ? '6' : '7'));
    for (const serial of [missing, 'nonsense', '\u0000', 'z'.repeat(500)]) {
      for (const change of ['appendMessage', 'updateMessage', 'deleteMessage']) {
        const error = await rejection(channel[change]({ serial, data: 'y' }));
        assert.ok(error.code >= 40000 && error.code < 50000, `${change}: ${error.code} ${error.message}`);
      }
    }
    const notFound = await rejection(channel.getMessage(missing));
    assert.equal(notFound.statusCode, 404);
    await channel.appendMessage({ serial: serials[0], data: 'y' });
    assert.equal((await channel.getMessage(serials[0])).data, 'xy');
  });

  inEveryWay(rig, 'a client with publish alone may append to its own message, not to another', async ({ clients }) => {
    const name = unique('own');
    const issuer = clients.rest();
    const client = async (clientId, ops) => {
      const { token } = await issuer.auth.requestToken({ clientId, capability: JSON.stringify({ '*': ops }) });
      return (await clients.connected({ token })).channels.get(name);
    };
    const ada = await client('ada', ['publish', 'subscribe', 'history']);
    const eve = await client('eve', ['publish', 'subscribe', 'history']);
    const { serials } = await ada.publish('n', 'mine');
    await ada.appendMessage({ serial: serials[0], data: '!' });
    const refused = await rejection(eve.appendMessage({ serial: serials[0], data: '?' }));
    assert.ok([40160, 40166].includes(refused.code), String(refused.code));
    const deleted = await rejection(eve.deleteMessage({ serial: serials[0] }));
    assert.ok([40160, 40166].includes(deleted.code), String(deleted.code));
    const editor = await client('zoe', ['publish', 'subscribe', 'message-update-any']);
    await editor.updateMessage({ serial: serials[0], data: 'edited' });
    assert.equal((await ada.getMessage(serials[0])).data, 'edited');
  });

  inEveryWay(rig, 'a reader that attaches late gets the whole message first and deltas after', async ({ clients }) => {
    const name = unique('late');
    const channel = (await clients.connected()).channels.get(name);
    const { serials } = await channel.publish({ name: 'n', data: 'a', extras: { headers: { at: '0' } } });
    for (const c of 'bcd') await channel.appendMessage({ serial: serials[0], data: c, extras: { headers: { at: c } } });
    const inbox = await inboxOf((await clients.connected()).channels.get(name));
    await channel.appendMessage({ serial: serials[0], data: 'e', extras: { headers: { at: 'e' } } });
    await inbox.count(1);
    await channel.appendMessage({ serial: serials[0], data: 'f', extras: { headers: { at: 'f' } } });
    await inbox.count(2);
    const [first, second] = inbox.items;
    assert.deepEqual([first.action, first.data, first.name, first.extras.headers.at], ['message.update', 'abcde', 'n', 'e']);
    assert.deepEqual([second.action, second.data, second.name, second.extras.headers.at], ['message.append', 'f', 'n', 'f']);
  });

  inEveryWay(rig, 'appendRollupWindow=0 delivers every append by itself', async ({ clients }) => {
    const name = unique('window');
    const channel = (await clients.connected({ transportParams: { appendRollupWindow: 0 } })).channels.get(name);
    const inbox = await inboxOf((await clients.connected()).channels.get(name));
    const { serials } = await channel.publish('n', '');
    const results = await Promise.all(range(60).map((i) => channel.appendMessage({ serial: serials[0], data: `${i},` })));
    await inbox.count(61);
    assert.deepEqual(dataOf(inbox.items.slice(1)), range(60).map((i) => `${i},`));
    assert.equal(new Set(results.map((r) => r.versionSerial)).size, 60);
  });

  inEveryWay(rig, 'appendRollupWindow=500 delivers a burst of appends as few', async ({ clients }) => {
    const name = unique('window');
    const channel = (await clients.connected({ transportParams: { appendRollupWindow: 500 } })).channels.get(name);
    const inbox = await inboxOf((await clients.connected()).channels.get(name));
    const { serials } = await channel.publish('n', '');
    await Promise.all(range(60).map((i) => channel.appendMessage({ serial: serials[0], data: `${i},` })));
    const text = range(60).map((i) => `${i},`).join('');
    await inbox.when((items) => dataOf(items).join('') === text, 'the whole text');
    assert.ok(inbox.length < 10, `${inbox.length} deliveries`);
  });

  inEveryWay(rig, 'a change may be in the name of another where anybody may be named', async ({ clients }) => {
    const channel = (await clients.connected()).channels.get(unique('behalf'));
    const inbox = await inboxOf(channel);
    const { serials } = await channel.publish({ name: 'n', data: 'x', clientId: 'ada' });
    await channel.updateMessage({ serial: serials[0], name: 'm', extras: { headers: { a: '2' } } }, { clientId: 'editor', description: 'd' });
    const [, updated] = await inbox.count(2);
    assert.deepEqual([updated.clientId, updated.version.clientId, updated.name, updated.data], ['ada', 'editor', 'm', 'x']);
    assert.deepEqual(updated.extras, { headers: { a: '2' } });
    assert.equal((await channel.getMessage(serials[0])).version.description, 'd');
  });
});

describe('a namespace', { concurrency: 4 }, () => {
  const rig = serverForAll({ args: configArgs('namespaces:\n  - id: brief\n    retention: 1s\nlimits:\n  resumeHorizon: 1s\n') });

  inEveryWay(rig, 'refuses update, delete and append with 93002 and still publishes', async ({ clients }) => {
    const channel = (await clients.connected()).channels.get(unique(`${FROZEN}:room`));
    const inbox = await inboxOf(channel);
    const { serials } = await channel.publish('n', 'fixed');
    for (const change of ['appendMessage', 'updateMessage', 'deleteMessage']) {
      assert.equal((await rejection(channel[change]({ serial: serials[0], data: 'x' }))).code, 93002, change);
    }
    const rest = clients.rest().channels.get(channel.name);
    assert.equal((await rejection(rest.appendMessage({ serial: serials[0], data: 'x' }))).code, 93002);
    await channel.publish('n', 'more');
    await inbox.count(2);
    assert.equal(channel.state, 'attached');
    const open = (await clients.connected()).channels.get(unique('open'));
    const result = await open.publish('n', 'a');
    await open.appendMessage({ serial: result.serials[0], data: 'b' });
  });

  inEveryWay(rig, 'a namespace is the channel of its name and all below it', async ({ clients }) => {
    const { channels } = await clients.connected();
    for (const [name, fixed] of [[FROZEN, true], [`${FROZEN}:${unique('a')}:b`, true], [`${FROZEN}${unique('x')}`, false], [`${unique('y')}:${FROZEN}`, false]]) {
      const { serials } = await channels.get(name).publish('n', 'x');
      const changed = channels.get(name).updateMessage({ serial: serials[0], data: 'y' });
      if (fixed) assert.equal((await rejection(changed)).code, 93002, name);
      else await changed;
    }
  });

  inEveryWay(rig, 'what is kept for a while is gone afterwards', async ({ clients }) => {
    const [brief, usual] = ['brief:', ''].map((prefix) => `${prefix}${unique('kept')}`);
    const { channels } = await clients.connected();
    for (const name of [brief, usual]) await channels.get(name).publish('n', 'x');
    await until(async () => (await channels.get(brief).history()).items.length === 0, 'it to be gone', 15_000, 100);
    assert.equal((await channels.get(usual).history()).items.length, 1);
  });
});
