// Whatever happens to a window while an answer is written, it ends with exactly what the agent said.
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { demoForAll, inSession, sameAsSaid } from './lib/rig.mjs';
import { pause } from './lib/wait.mjs';

/** About 50 tokens a second: 100 words take some 2.4 s. */
const ask = (words) => `Tell me about carrying on, in ${words} words`;

const UNCONNECTED = ['disconnected', 'suspended', 'connecting', 'lost'];

/** Waits until the answer has gone on from `before` and says so; it is still being written then. */
async function goesOn(window, runId, before) {
  assert.equal(await window.status(runId), 'active', 'the answer is still being written');
  const now = await window.hasSaid(runId, before.length + 1);
  assert.ok(now.startsWith(before), 'what was there stays as it was');
}

describe('An answer that is being written', { concurrency: 8 }, () => {
  const rig = demoForAll();

  inSession(rig, 'is whole in a window that is refreshed, in a second one and in a third that comes late', async ({ demo, open }) => {
    const first = await open();
    await first.send(ask(2200));
    const runId = await first.newRun();
    const early = await first.hasSaid(runId, 300);
    await first.reload();
    await goesOn(first, runId, early);
    const second = await open({ client: 'bob', name: 'Bob' });
    await goesOn(second, runId, early);
    for (const window of [first, second]) await window.settled(runId, 'complete');
    const third = await open({ client: 'eve', name: 'Eve' });
    await third.settled(runId, 'complete');
    const said = await sameAsSaid(demo, runId, [first, second, third]);
    assert.ok(said.split(/\s+/).length > 2000, 'a long answer');
    assert.ok((await third.messages())[1].reasoning.length > 100, 'what it thought is there too');
  });

  // Offline by the developer tools stalls an open WebSocket and tells the page that it is offline; a
  // network that goes away below the browser closes it and tells nothing. Both happen to people.
  const ways = {
    'as the browser sees it': (window) => ({ leave: () => window.offline(true), come: () => window.offline(false) }),
    'below the browser': (_, through) => ({ leave: () => through.refuse(), come: () => through.accept() }),
  };
  for (const [how, way] of Object.entries(ways)) {
    inSession(rig, `is whole after the network was away for 8 seconds, ${how}`, async ({ demo, open, proxy }) => {
      const through = await proxy();
      const first = await open({ through: through.port });
      const second = await open({ client: 'bob', name: 'Bob' });
      const network = way(first, through);
      await first.send(ask(2200));
      const runId = await first.newRun();
      await first.hasSaid(runId, 200);
      await network.leave();
      await first.connectionIs(UNCONNECTED);
      const early = await first.said(runId);
      await pause(8_000);
      assert.notEqual(await first.connection(), 'connected');
      assert.equal(await first.said(runId), early, 'nothing comes from nowhere');
      await network.come();
      await first.connectionIs('connected');
      await goesOn(first, runId, early);
      for (const window of [first, second]) await window.settled(runId, 'complete');
      await sameAsSaid(demo, runId, [first, second]);
    });
  }

  inSession(rig, 'is whole after the network was away for 130 seconds', async ({ demo, open, proxy }) => {
    // Both ways at once: nothing of an open connection may linger.
    const through = await proxy();
    const first = await open({ through: through.port });
    await first.send(ask(2500));
    const runId = await first.newRun();
    await first.hasSaid(runId, 200);
    await Promise.all([first.offline(true), through.refuse()]);
    await first.connectionIs(UNCONNECTED);
    await pause(130_000);
    await first.connectionIs(['suspended', 'disconnected', 'connecting']);
    assert.match(await first.at('connection').textContent(), /\w/, 'it says so in words');
    await Promise.all([first.offline(false), through.accept()]);
    await first.connectionIs('connected', 60_000);
    await first.settled(runId, 'complete', 60_000);
    await sameAsSaid(demo, runId, [first]);
    await first.send('And a short one');
    const next = await first.newRun([runId]);
    await first.settled(next, 'complete');
  }, { timeout: 300_000 });

  inSession(rig, 'is whole after its connection was reset again and again', async ({ t, demo, open, proxy }) => {
    const through = await proxy();
    const first = await open({ through: through.port });
    const second = await open({ client: 'bob', name: 'Bob' });
    await first.send(ask(2200));
    const runId = await first.newRun();
    let early = await first.hasSaid(runId, 200);
    for (let round = 0; round < 3; round++) {
      assert.ok(through.open > 0, 'the page is connected through the proxy');
      through.cut();
      await goesOn(first, runId, early);
      early = await first.hasSaid(runId, early.length + 300);
    }
    t.diagnostic(`reset three times, after ${early.length} characters at the latest`);
    for (const window of [first, second]) await window.settled(runId, 'complete');
    await sameAsSaid(demo, runId, [first, second]);
  });

  inSession(rig, 'is whole in a tab that was frozen for a minute', async ({ t, demo, openTab }) => {
    const first = await openTab();
    await first.send(ask(5000));
    const runId = await first.newRun();
    const early = await first.hasSaid(runId, 200);
    await first.page.freeze();
    const seen = await first.said(runId);
    await pause(60_000);
    assert.equal(await first.said(runId), seen, 'nothing happens in it');
    await first.page.thaw();
    const ms = await first.page.frozenFor();
    t.diagnostic(`frozen for ${Math.round(ms)} ms`);
    assert.ok(ms >= 59_000, `${ms} ms`);
    await first.connectionIs('connected');
    await goesOn(first, runId, early);
    await first.settled(runId, 'complete', 150_000);
    await sameAsSaid(demo, runId, [first]);
  }, { timeout: 300_000 });
});
