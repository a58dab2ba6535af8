// Two windows on one conversation: stopping, steering, branches, approvals, and an address that the
// browser does not trust.
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { Person } from './lib/person.mjs';
import { demoForAll, inSession, sameAsSaid } from './lib/rig.mjs';
import { until } from './lib/wait.mjs';

const STOPS_WITHIN_MS = 500;
const HOST = 'demo.test';

const bob = { client: 'bob', name: 'Bob' };

/** A run's end as it was written: its reason, and when by the server's clock. */
async function endOf(demo, session, runId) {
  const { body: { token } } = await demo.api('token', { session, clientId: 'reader' });
  const channel = `${demo.serverUrl}/channels/${encodeURIComponent(`demo:${session}`)}`;
  const response = await fetch(`${channel}/messages?limit=100`, { headers: { authorization: `Bearer ${token}`, accept: 'application/json' } });
  const ends = (await response.json()).filter(({ name }) => name === 'ai-run-end').map(({ timestamp, extras }) => ({ at: timestamp, ...extras.ai.transport }));
  const own = ends.filter((end) => end['run-id'] === runId);
  assert.equal(own.length, 1);
  return { reason: own[0]['run-reason'], at: own[0].at };
}

describe('Two windows', { concurrency: 3 }, () => {
  const rig = demoForAll({ browserArgs: [`--host-resolver-rules=MAP ${HOST} 127.0.0.1`] });

  inSession(rig, 'see what was added while the answer was written, and that it was taken up', async ({ demo, open }) => {
    const first = await open();
    const second = await open(bob);
    await first.send('Tell me about carrying on, in 900 words');
    const runId = await first.newRun();
    await first.hasSaid(runId, 100);
    // Whoever is here may add something, not only who asked.
    await second.at('composer-text').fill('Mention whales, please');
    await second.at('steer').click();
    for (const window of [first, second]) {
      await until(async () => (await window.said(runId)).includes('**“Mention whales, please”**'), 'the remark to be taken up', 60_000);
      const [asked, , steer] = await window.messages();
      assert.deepEqual([asked.role, steer.role, steer.text], ['user', 'user', 'Mention whales, please']);
    }
    for (const window of [first, second]) await window.settled(runId, 'complete');
    await until(async () => (await second.messages())[2].steer === 'consumed', 'the steer to be shown as consumed');
    await sameAsSaid(demo, runId, [first, second]);
    assert.deepEqual((await second.messages()).map(({ role }) => role), ['user', 'assistant', 'user', 'assistant']);
  });

  inSession(rig, 'walk the branches that editing and trying again make', async ({ open }) => {
    const first = await open();
    await first.send('A short answer, please');
    const one = await first.newRun();
    await first.settled(one, 'complete');
    await first.at('regenerate').click();
    const two = await first.newRun([one]);
    await first.settled(two, 'complete');
    const second = await open(bob);
    await first.at('edit').click();
    await first.at('edit-text').fill('Another short answer, please');
    await first.at('edit-save').click();
    const three = await first.newRun([one, two]);
    await first.settled(three, 'complete');
    const runOf = async (window) => (await window.messages()).at(-1).runId;
    for (const window of [first, second]) {
      await window.page.getByTestId('branch').first().waitFor();
      const question = window.page.locator('[data-testid=message][data-role=user]').first();
      const answer = window.page.locator('[data-testid=message][data-role=assistant]').last();
      // A window that did not make the edit may stay where it was; it can walk there.
      const position = question.getByTestId('branch-position');
      if ((await position.textContent()).trim() === '1 / 2') await question.getByTestId('branch-next').click();
      await until(async () => (await runOf(window)) === three, 'the edited question’s answer');
      assert.equal((await window.messages())[0].text, 'Another short answer, please');
      await question.getByTestId('branch-prev').click();
      await until(async () => [one, two].includes(await runOf(window)), 'an answer to the first question');
      const walk = (await runOf(window)) === two ? ['branch-prev', one, '1 / 2'] : ['branch-next', two, '2 / 2'];
      await answer.getByTestId(walk[0]).click();
      await until(async () => (await runOf(window)) === walk[1], 'the other answer');
      assert.equal((await answer.getByTestId('branch-position').textContent()).trim(), walk[2]);
    }
    const texts = await Promise.all([first, second].map(async (window) => (await window.messages())[0].text));
    assert.deepEqual(texts, ['A short answer, please', 'A short answer, please']);
  });

  inSession(rig, 'show the tool that was called, and who is here and what they do', async ({ open }) => {
    const first = await open();
    const second = await open(bob);
    const members = (window) => window.page.getByTestId('presence-member').evaluateAll((all) => all.map(({ dataset }) => `${dataset.kind} ${dataset.clientId}`).sort());
    for (const window of [first, second]) {
      await until(async () => (await members(window)).join() === 'agent agent,person ada,person bob', async () => `everybody; there are ${await members(window)}`, 60_000);
    }
    await first.send('What is the weather in Oslo?');
    const runId = await second.newRun();
    const doing = () => second.page.locator('[data-testid=presence-member][data-kind=agent]').getAttribute('data-doing');
    const seen = new Set();
    await until(async () => seen.add(await doing()) && (await second.status(runId)) === 'complete', 'the answer', 30_000);
    assert.ok(seen.has('calling a tool'), [...seen].join());
    for (const window of [first, second]) {
      await window.settled(runId, 'complete');
      assert.deepEqual((await window.messages())[1].tools, [{ tool: 'weather', state: 'output-available' }]);
      assert.match(await window.at('tool-output').textContent(), /Oslo/);
    }
    await second.close();
    await until(async () => !(await members(first)).includes('person bob'), 'the other one to have left', 30_000);
  });

  inSession(rig, 'deny in one what was asked in the other', async ({ open }) => {
    const first = await open();
    const second = await open(bob);
    await first.send('Please deploy billing 2.4');
    const runId = await first.newRun();
    await second.at('deny').click();
    for (const window of [first, second]) {
      await window.settled(runId, 'complete');
      assert.equal(await window.at('approval').count(), 0);
      assert.match(await window.said(runId), /Then I will leave it/);
    }
  });

  inSession(rig, 'keep to the first answer when another one comes late', async ({ demo, session, open }) => {
    const first = await open();
    const second = await open(bob);
    await first.send('Please deploy billing 2.4');
    const runId = await first.newRun();
    for (const window of [first, second]) await window.at('approve').waitFor();
    const late = await Person.join(demo, session, 'late');
    const question = late.pending();
    await second.offline(true);
    await second.connectionIs(['disconnected', 'suspended']);
    await until(() => second.at('approve').isDisabled(), 'nobody to answer who cannot be heard');
    assert.ok(await second.at('deny').isDisabled());
    assert.match(await second.at('run-status').textContent(), /Was waiting for approval when the connection broke/);
    await first.at('deny').click();
    await first.settled(runId, 'complete');
    await late.respond(true, question);
    await second.offline(false);
    await second.connectionIs('connected');
    await first.send('A short answer, please');
    const next = await first.newRun([runId]);
    for (const [window, words] of [[first, 'Denied by you'], [second, 'Denied by Ada']]) {
      await window.settled(next, 'complete');
      assert.deepEqual((await window.messages())[1].tools, [{ tool: 'deploy', state: 'output-denied' }]);
      assert.equal(await window.at('decision').textContent(), words);
    }
    late.close();
  });

  inSession(rig, 'say on a phone that one is offline, what goes on meanwhile, and what cannot be done', async ({ open }) => {
    const phone = await open({ context: { viewport: { width: 360, height: 740 } } });
    const { page } = phone;
    for (const [role, name] of [['button', 'Share'], ['heading', 'Holdfast']]) assert.equal(await page.getByRole(role, { name, exact: true }).count(), 1, name);
    await phone.send('A short answer, please');
    const done = await phone.newRun();
    await phone.settled(done, 'complete');
    await phone.send('Tell me about carrying on');
    const runId = await phone.newRun([done]);
    await phone.hasSaid(runId, 100);
    await phone.offline(true);
    await phone.connectionIs(['disconnected', 'suspended']);
    const line = phone.at('connection');
    assert.match(await line.innerText(), /Offline[\s\S]*no network\. The answer goes on without you/);
    const { width, height } = await line.boundingBox();
    assert.ok(width > 320 && height > 40, `${width} by ${height}`);
    assert.ok(await line.evaluate((element) => element.scrollWidth <= element.clientWidth), 'nothing is cut off');
    assert.ok(await phone.at('regenerate').isDisabled());
    await phone.at('stop').click();
    await until(async () => (await phone.at('run-status').textContent()) === 'Will be stopped when the connection is back', 'the stop to be noted');
    await phone.send('A short answer again, please');
    await phone.at('pending').waitFor();
    assert.equal((await phone.messages()).at(-1).runId, runId, 'it does not look sent');
    await phone.offline(false);
    await phone.settled(runId, 'cancelled');
    const next = await phone.newRun([done, runId]);
    await phone.settled(next, 'complete');
    assert.equal((await phone.messages()).filter(({ text }) => text === 'A short answer again, please').length, 1);
  });

  inSession(rig, 'read a long conversation from its end, and what is older when they ask for it', async ({ demo, session, open }) => {
    const turns = 20;
    const ada = await Person.join(demo, session);
    for (let i = 0; i < turns; i++) {
      const run = await ada.ask(`Short answer number ${i}, please`);
      await ada.settled(run.runId, 'complete');
    }
    ada.close();
    const first = await open();
    const questions = async () => (await first.messages()).filter(({ role }) => role === 'user').map(({ text }) => Number(/\d+/.exec(text)[0]));
    const before = await questions();
    assert.equal(before.at(-1), turns - 1);
    assert.ok(before.length < turns, 'not everything at once');
    for (let clicks = 0; (await first.at('load-older').count()) > 0; clicks++) {
      assert.ok(clicks < turns, 'it comes to an end');
      const had = (await questions()).length;
      await first.at('load-older').click();
      await until(async () => (await questions()).length > had || (await first.at('load-older').count()) === 0, 'older messages');
    }
    assert.deepEqual(await questions(), Array.from({ length: turns }, (_, i) => i));
    assert.equal((await first.messages()).length, turns * 2);
  });

  inSession(rig, 'work under an address the browser does not trust', async ({ demo, open }) => {
    const base = `http://${HOST}:${demo.port}`;
    const first = await open({ base });
    const second = await open({ ...bob, base });
    assert.deepEqual(await first.page.evaluate(() => [location.hostname, isSecureContext]), [HOST, false]);
    await first.send('A short answer, please');
    const runId = await second.newRun();
    for (const window of [first, second]) await window.settled(runId, 'complete');
    await sameAsSaid(demo, runId, [first, second]);
  });

  inSession(rig, 'meet by the link that one shows', async ({ demo, session, open }) => {
    const first = await open();
    if (!(await first.at('share-link').isVisible())) await first.at('share').click();
    await first.at('share-qr').waitFor();
    const link = await first.at('share-link').evaluate((element) => element.value ?? element.textContent);
    const { pathname, port } = new URL(link.trim());
    assert.deepEqual([pathname, port], [`/s/${session}`, String(demo.port)]);
  });
});

describe('A second window', () => {
  const rig = demoForAll();

  inSession(rig, 'stops what the first one started, at once', async ({ t, demo, session, open }) => {
    const first = await open();
    const second = await open(bob);
    await first.send('Tell me about carrying on');
    const runId = await second.newRun();
    await second.hasSaid(runId, 200);
    await second.at('stop').waitFor();
    await second.page.evaluate(() => addEventListener('click', () => (window.clickedAt = Date.now()), true));
    await second.at('stop').click();
    for (const window of [first, second]) await window.settled(runId, 'cancelled', 5_000);
    const clickedAt = await second.page.evaluate(() => window.clickedAt);
    const lastWord = demo.lastWordAt(runId) - clickedAt;
    const { reason, at } = await endOf(demo, session, runId);
    t.diagnostic(`after the click: the agent's last word ${Math.round(lastWord)} ms, the run's end ${at - clickedAt} ms`);
    assert.equal(reason, 'cancelled');
    assert.ok(lastWord < STOPS_WITHIN_MS, `the agent went on for ${lastWord} ms`);
    const partial = await first.said(runId);
    assert.ok(partial.length >= 200 && demo.transcript(runId).startsWith(partial), 'the partial answer stays');
    assert.equal(await second.said(runId), partial);
  });
});
