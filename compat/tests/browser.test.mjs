// A page in a real browser, with and without WebSockets.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { launch, serveThePage } from '../lib/browser.mjs';
import { Clients, unique } from '../lib/clients.mjs';
import { HttpProxy } from '../lib/httpproxy.mjs';
import { range } from '../lib/inbox.mjs';
import { Proxy } from '../lib/proxy.mjs';
import { serverForAll } from '../lib/rig.mjs';
import { pause, until } from '../lib/wait.mjs';

/** The SDK gives a WebSocket 10 s before it takes to polling; the rest is ours. */
const FALLS_BACK_WITHIN_MS = 10_000 + 5_000;

const TOKENS = range(60).map((i) => `t${i} `);

describe('a page in Chromium', { concurrency: 3 }, () => {
  const rig = serverForAll();
  let browser;
  let pages;
  before(async () => {
    browser = await launch();
    pages = await serveThePage();
  });
  after(async () => {
    await browser?.close();
    await pages?.close();
  });

  /** The page reads an answer that is written while its network is cut, and writes one itself. */
  async function readsAndWrites(proxy, transport, cuts) {
    const clients = new Clients(rig.server);
    const name = unique('page');
    const context = await browser.newContext();
    try {
      const page = await context.newPage();
      const faults = [];
      page.on('pageerror', (fault) => faults.push(fault));
      const began = performance.now();
      await page.goto(pages.url(proxy, name));
      await page.waitForFunction(() => window.channel.state === 'attached', null, { timeout: 30_000 });
      const took = performance.now() - began;
      assert.equal(await page.evaluate(() => window.transport()), transport);
      await page.evaluate(() => window.channel.presence.enter());
      const channel = (await clients.connected()).channels.get(name);
      const { serials } = await channel.publish('answer', '');
      for (const [i, token] of TOKENS.entries()) {
        if (cuts && i % 20 === 10) proxy.cut();
        await channel.appendMessage({ serial: serials[0], data: token });
        await pause(40);
      }
      const text = () => page.evaluate((serial) => window.seen.texts[serial], serials[0]);
      await until(async () => (await text()) === TOKENS.join(''), 'the page to show the answer', 30_000, 100).catch(async (error) => {
        error.message += JSON.stringify(await page.evaluate(() => window.seen));
        throw error;
      });
      await page.evaluate(() => window.channel.publish('own', 'from the page'));
      const { items } = await channel.history();
      assert.deepEqual(items.map(({ data }) => data), ['from the page', TOKENS.join('')]);
      const members = await channel.presence.get();
      assert.deepEqual(members.map(({ clientId }) => clientId), ['ada']);
      const { states, transportNow } = await page.evaluate(() => ({ states: window.seen.states, transportNow: window.transport() }));
      assert.equal(transportNow, transport);
      assert.equal(states.includes('disconnected'), false, 'every loss has a reason');
      if (!cuts) assert.deepEqual(states, ['connecting', 'connected']);
      assert.deepEqual(faults, []);
      return took;
    } finally {
      await context.close();
      await clients.close();
      await proxy.close();
    }
  }

  it('speaks over a WebSocket where it can, through cuts', { timeout: 90_000 }, async () => {
    await readsAndWrites(await Proxy.start(rig.server.port), 'web_socket', true);
  });

  it('falls to polling within the SDK’s own time where WebSockets are swallowed', { timeout: 90_000 }, async (t) => {
    const took = await readsAndWrites(await HttpProxy.start(rig.server.port), 'xhr_polling', false);
    t.diagnostic(`attached after ${Math.round(took)} ms`);
    assert.ok(took < FALLS_BACK_WITHIN_MS, `${took} ms`);
  });

  it('goes on polling through cuts', { timeout: 90_000 }, async () => {
    await readsAndWrites(await HttpProxy.start(rig.server.port), 'xhr_polling', true);
  });

  it('polls through a proxy that hands on whole answers only', { timeout: 90_000 }, async () => {
    await readsAndWrites(await HttpProxy.start(rig.server.port, { collects: true }), 'xhr_polling', false);
  });

  it('reads an event stream with what every browser has', { timeout: 60_000 }, async () => {
    const clients = new Clients(rig.server);
    const name = unique('event-source');
    const proxy = await Proxy.start(rig.server.port);
    const context = await browser.newContext();
    try {
      const page = await context.newPage();
      await page.goto(pages.url(proxy, unique('other')));
      await page.evaluate(
        ({ port, channel }) => {
          window.told = [];
          window.events = new EventSource(`http://127.0.0.1:${port}/sse?v=1.2&channels=${channel}&key=app.key:secret`);
          window.events.onmessage = ({ data }) => window.told.push(JSON.parse(data).data);
          return new Promise((done) => (window.events.onopen = done));
        },
        { port: proxy.port, channel: name },
      );
      const channel = (await clients.connected()).channels.get(name);
      for (const i of range(10)) {
        if (i === 5) proxy.cut();
        await channel.publish('n', String(i));
      }
      const told = () => page.evaluate(() => window.told);
      await until(async () => (await told()).includes('9'), 'the last one', 30_000, 100);
      assert.deepEqual([...new Set(await told())], range(10).map(String), 'nothing is skipped');
    } finally {
      await context.close();
      await clients.close();
      await proxy.close();
    }
  });
});
