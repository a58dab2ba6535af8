// History: paging both ways, bounds, and the seam with a live attachment.
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { unique } from '../lib/clients.mjs';
import { allPages, dataOf, inboxOf, range } from '../lib/inbox.mjs';
import { inEveryWay, serverForAll } from '../lib/rig.mjs';
import { pause, rejection } from '../lib/wait.mjs';

const texts = (n) => range(n).map(String);

describe('history', { concurrency: 4 }, () => {
  const rig = serverForAll();

  inEveryWay(rig, 'pages in both directions, each message once, in order', async ({ clients }) => {
    const name = unique('pages');
    const channel = (await clients.connected()).channels.get(name);
    await Promise.all(texts(57).map((data) => channel.publish('n', data)));
    for (const source of [channel, clients.rest().channels.get(name)]) {
      for (const limit of [1, 10, 56, 57, 100]) {
        const forwards = await allPages(await source.history({ direction: 'forwards', limit }));
        assert.deepEqual(dataOf(forwards.items), texts(57), `forwards by ${limit}`);
        assert.ok(Math.max(...forwards.sizes) <= limit);
        const backwards = await allPages(await source.history({ limit }));
        assert.deepEqual(dataOf(backwards.items), texts(57).reverse(), `backwards by ${limit}`);
      }
    }
  });

  inEveryWay(rig, 'a page leads to first, next and nothing beyond the last', async ({ clients }) => {
    const channel = (await clients.connected()).channels.get(unique('links'));
    for (const data of texts(5)) await channel.publish('n', data);
    const one = await channel.history({ limit: 2 });
    const two = await one.next();
    const three = await two.next();
    assert.deepEqual(dataOf(three.items), ['0']);
    assert.equal(three.hasNext(), false);
    assert.equal(three.isLast(), true);
    assert.deepEqual(dataOf((await three.first()).items), ['4', '3']);
  });

  inEveryWay(rig, 'an empty channel has an empty history', async ({ clients }) => {
    const page = await (await clients.connected()).channels.get(unique('empty')).history();
    assert.deepEqual(page.items, []);
    assert.equal(page.hasNext(), false);
  });

  inEveryWay(rig, 'start and end bound by time, inclusively', async ({ clients }) => {
    const channel = (await clients.connected()).channels.get(unique('time'));
    for (const data of texts(6)) {
      await channel.publish('n', data);
      await pause(15);
    }
    const { items } = await channel.history({ direction: 'forwards' });
    const [, second, , , fifth] = items;
    const expected = items.filter((m) => m.timestamp >= second.timestamp && m.timestamp <= fifth.timestamp);
    const bounded = { start: second.timestamp, end: fifth.timestamp };
    const forwards = await channel.history({ ...bounded, direction: 'forwards' });
    assert.deepEqual(dataOf(forwards.items), dataOf(expected));
    const backwards = await allPages(await channel.history({ ...bounded, limit: 2 }));
    assert.deepEqual(dataOf(backwards.items), dataOf(expected).reverse());
    const after = await channel.history({ start: items[5].timestamp + 60_000, end: items[5].timestamp + 120_000 });
    assert.deepEqual(after.items, []);
  });

  inEveryWay(rig, 'wrong parameters are refused', async ({ clients }) => {
    const rest = clients.rest().channels.get(unique('params'));
    for (const params of [{ limit: -1 }, { direction: 'sideways' }, { start: 'yesterday' }]) {
      const error = await rejection(rest.history(params));
      assert.equal(error.statusCode, 400, JSON.stringify(params));
    }
  });

  inEveryWay(rig, 'untilAttach meets the live messages without gap or overlap while others publish', async ({ clients }) => {
    const name = unique('seam');
    const publisher = (await clients.connected()).channels.get(name);
    const total = 400;
    const publishing = (async () => {
      const acks = [];
      for (const data of texts(total)) {
        acks.push(publisher.publish('n', data));
        if (acks.length % 10 === 0) await pause(5);
      }
      await Promise.all(acks);
    })();
    const readers = range(4).map(async (i) => {
      await pause(30 + i * 40);
      const channel = (await clients.connected()).channels.get(name);
      const inbox = await inboxOf(channel);
      const { items } = await allPages(await channel.history({ untilAttach: true, limit: 7 }));
      return { inbox, items };
    });
    await publishing;
    for (const { inbox, items } of await Promise.all(readers)) {
      await inbox.when((live) => live.at(-1)?.data === String(total - 1), 'the last live message');
      assert.deepEqual([...dataOf(items).reverse(), ...dataOf(inbox.items)], texts(total));
    }
  });

  inEveryWay(rig, 'paging is stable while messages arrive and change', async ({ clients }) => {
    const channel = (await clients.connected()).channels.get(unique('stable'));
    const results = await Promise.all(texts(30).map((data) => channel.publish('n', data)));
    let page = await channel.history({ limit: 6 });
    const seen = [...page.items];
    for (let i = 0; page.hasNext(); i++) {
      await channel.publish('n', `late ${i}`);
      await channel.appendMessage({ serial: results[i].serials[0], data: '+' });
      await channel.updateMessage({ serial: results[29 - i].serials[0], data: 'changed' });
      page = await page.next();
      seen.push(...page.items);
    }
    const serials = seen.map((m) => m.serial);
    assert.deepEqual(serials, results.map((r) => r.serials[0]).reverse());
  });

  inEveryWay(rig, 'a message keeps its place with its latest version', async ({ clients }) => {
    const channel = (await clients.connected()).channels.get(unique('place'));
    const { serials } = await channel.publish('n', 'first');
    await channel.publish('n', 'second');
    await channel.updateMessage({ serial: serials[0], data: 'first, changed' });
    const { items } = await channel.history({ direction: 'forwards' });
    assert.deepEqual(items.map((m) => [m.action, m.data]), [['message.update', 'first, changed'], ['message.create', 'second']]);
  });

  inEveryWay(rig, 'is read at once after the acknowledgement', async ({ clients }) => {
    const name = unique('durable');
    const channel = (await clients.connected()).channels.get(name);
    const rest = clients.rest().channels.get(name);
    for (const data of texts(20)) {
      await channel.publish('n', data);
      assert.equal((await rest.history({ limit: 1 })).items[0].data, data);
    }
  });
});
