// The host and the agent, without a browser: the client SDK against the demo as people start it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { questionsAreAnswered, withPeople } from './lib/answers.mjs';
import { freePort } from './lib/demo.mjs';
import { newSession, Person, textOf } from './lib/person.mjs';
import { Provider } from './lib/provider.mjs';
import { demoForAll } from './lib/rig.mjs';
import { until, within } from './lib/wait.mjs';

const HOST = fileURLToPath(new URL('../host/main.mjs', import.meta.url));

/** A demo that cannot start, as what it said and how it ended. */
async function startsNot(args) {
  const child = spawn(process.execPath, [HOST, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text) => (said += text));
  const code = await within(new Promise((done) => child.once('close', done)), 20_000, 'the demo to end');
  return { code, said };
}

questionsAreAnswered('The agent');

describe('The host', () => {
  const rig = demoForAll({ browser: false });

  it('refuses what is wrong with a reason', async () => {
    const { demo } = rig;
    const session = newSession();
    const cases = [
      ['token', { session, clientId: 'agent' }, 400],
      ['token', { session, clientId: 'Agent-2' }, 400],
      ['token', { session, clientId: 'a b' }, 400],
      ['token', { session: '../x', clientId: 'ada' }, 400],
      ['run', { session, invocation: { inputEventId: 'x', sessionName: 'demo:other' } }, 400],
      ['run', { session }, 400],
      ['nothing', {}, 404],
    ];
    for (const [path, json, status] of cases) {
      const answer = await demo.api(path, json);
      assert.equal(answer.status, status, JSON.stringify([path, json]));
      assert.ok(answer.body.error.code && answer.body.error.message);
    }
    const plain = await fetch(`${demo.url}/api/token`, { method: 'POST', body: '{}' });
    assert.equal(plain.status, 400, 'a form of another site is not read');
  });

  it('gives tokens that reach no other session', async () => {
    const { demo } = rig;
    const mine = newSession();
    const { body } = await demo.api('token', { session: mine, clientId: 'ada' });
    const history = (session) =>
      fetch(`http://127.0.0.1:${demo.serverPort}/channels/${encodeURIComponent(`demo:${session}`)}/messages`, {
        headers: { authorization: `Bearer ${body.token}` },
      });
    assert.equal((await history(mine)).status, 200);
    assert.equal((await history(newSession())).status, 401);
  });

  it('leads to a new session each time', async () => {
    const to = async () => (await fetch(`${rig.demo.url}/`, { redirect: 'manual' })).headers.get('location');
    const [one, two] = [await to(), await to()];
    assert.match(one, /^\/s\/[A-Za-z0-9_-]{12}$/);
    assert.notEqual(one, two);
  });

  it('keeps files outside the page to itself', async () => {
    for (const path of ['/..%2f..%2fpackage.json', '/%2e%2e/vite.config.ts', '/s/..%2f..', '/assets/../../package.json']) {
      assert.equal((await fetch(rig.demo.url + path)).status, 404, path);
    }
  });

  it('lets a run wait for the next agent', async () => {
    const { demo } = rig;
    const session = newSession();
    const ada = await Person.join(demo, session);
    try {
      await demo.kill('agent');
      const run = await ada.ask('A short answer, please');
      await ada.settled(run.runId, 'complete');
      assert.equal(ada.said(run.runId), demo.transcript(run.runId));
    } finally {
      ada.close();
    }
  });

  it('leaves a demo alone that runs on the same data, and says which port is taken', async () => {
    const { demo } = rig;
    const server = await demo.pidOf('server');
    const second = await startsNot(['--port', String(await freePort()), '--data', demo.data]);
    assert.equal(second.code, 1);
    assert.match(second.said, /a demo \(process \d+\) already runs on .*; end it, or choose another directory with --data/);
    assert.equal(await demo.pidOf('server'), server);
    process.kill(server, 0);
    const data = mkdtempSync(join(tmpdir(), 'holdfast-demo-'));
    const third = await startsNot(['--port', String(await freePort()), '--server-port', String(demo.serverPort), '--data', data]);
    rmSync(data, { recursive: true });
    assert.deepEqual([third.code, third.said.trim()], [1, `demo: port ${demo.serverPort} is taken; choose another with --server-port`]);
  });

  it('ends what is being written with a reason when it is stopped, and everything is there after the next start', async () => {
    const { demo } = rig;
    const session = newSession();
    const ada = await Person.join(demo, session);
    const run = await ada.ask('Tell me about carrying on');
    await until(() => ada.said(run.runId).length > 200, 'some text', 20_000);
    const { code, ms } = await demo.stop();
    assert.deepEqual([code, ms < 10_000], [0, true]);
    ada.close();
    demo.output = '';
    await demo.launch();
    const bob = await Person.join(demo, session, 'bob');
    assert.equal(bob.status(run.runId), 'error');
    assert.match(bob.view.run(run.runId).error.message, /stopped/);
    const said = bob.said(run.runId);
    assert.ok(said.length > 200 && demo.transcript(run.runId).startsWith(said));
    bob.close();
  });
});

describe('With a provider in the environment', () => {
  const words = 'A real model says this, over and over, in paragraphs.\n\n'.repeat(12);
  let provider;
  const rig = demoForAll({
    browser: false,
    env: async () => {
      provider = await Provider.start(words);
      return { OPENAI_BASE_URL: provider.url, OPENAI_API_KEY: 'secret-of-the-provider', OPENAI_MODEL: 'some-model' };
    },
  });
  after(() => provider.close());

  withPeople(rig, 'the agent uses its model, and takes up what is added after the paragraph', async ({ demo, session, join }) => {
    assert.deepEqual((await demo.api(`session/${session}`)).body.model, { name: 'some-model', rehearsed: false });
    const ada = await join('ada');
    const run = await ada.ask('Who are you?');
    await until(() => ada.said(run.runId).length > 20, 'text', 20_000);
    await ada.steer(run, 'Be brief').published;
    await ada.settled(run.runId, 'complete');
    assert.equal(ada.said(run.runId), demo.transcript(run.runId));
    assert.deepEqual(ada.messages().map(({ role }) => role), ['user', 'assistant', 'user', 'assistant']);
    assert.equal(textOf(ada.messages().at(-1)), words);
    const [first, second] = provider.asked;
    assert.deepEqual([first.path, first.authorization, first.body.model], ['/v1/chat/completions', 'Bearer secret-of-the-provider', 'some-model']);
    assert.deepEqual(second.body.messages.map(({ role }) => role), ['system', 'user', 'assistant', 'user']);
    assert.equal(second.body.messages.at(-1).content, 'Be brief');
    assert.ok(!demo.output.includes('secret-of-the-provider'));
  });

  withPeople(rig, 'an answer says whose fault it is that it broke off', async ({ join }) => {
    const ada = await join('ada');
    provider.breaksAfter = 60;
    const run = await ada.ask('Who was that?');
    await ada.settled(run.runId, 'error');
    assert.match(ada.view.run(run.runId).error.message, /the model's provider broke off \(.+\)/);
    assert.ok(words.startsWith(ada.said(run.runId)));
  });

  withPeople(rig, 'a turn that was stopped is not forgotten', async ({ join }) => {
    const ada = await join('ada');
    const run = await ada.ask('Who were you?');
    await until(() => ada.said(run.runId).length > 20, 'text', 20_000);
    await run.cancel();
    await ada.settled(run.runId, 'cancelled');
    const next = await ada.ask('Go on');
    await ada.settled(next.runId, 'complete');
    const { messages } = provider.asked.at(-1).body;
    assert.deepEqual(messages.slice(1), [
      { role: 'user', content: 'Who were you?' }, { role: 'assistant', content: ada.said(run.runId) }, { role: 'user', content: 'Go on' },
    ]);
  });
});
