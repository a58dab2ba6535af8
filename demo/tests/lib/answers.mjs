// What an agent does when it is asked, whichever agent it is: the client SDK against a demo.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { answerTo } from '../../agent/rehearsal.mjs';
import { newSession, Person, textOf } from './person.mjs';
import { demoForAll } from './rig.mjs';
import { until } from './wait.mjs';

// The SDK reports a run that ended as failed as an error of the session as well.
const RUN_FAILED = 104008;

/** What is said in answer to a question, the first time or again. */
function rehearsed(question, attempt = 0) {
  const prompt = [{ role: 'user', content: [{ type: 'text', text: question }] }];
  return answerTo(prompt, { question, attempt }).filter(({ kind }) => kind === 'text').map(({ text }) => text).join('');
}

export function withPeople(rig, title, body) {
  it(title, { timeout: 120_000 }, async (t) => {
    const session = newSession();
    const people = [];
    const join = async (clientId) => {
      const person = await Person.join(rig.demo, session, clientId);
      people.push(person);
      return person;
    };
    try {
      await body({ t, demo: rig.demo, session, join });
      const faults = people.flatMap(({ errors }) => errors).filter(({ code }) => code !== RUN_FAILED);
      assert.deepEqual(faults.map(String), []);
    } finally {
      for (const person of people) person.close();
    }
  });
}

/** @param how what the demo is like, as for `demoForAll` */
export const questionsAreAnswered = (title, how) => describe(title, { concurrency: 4 }, () => {
  const rig = demoForAll({ ...how, browser: false });

  withPeople(rig, 'writes a long answer at a readable pace, after thinking', async ({ t, demo, join }) => {
    const ada = await join('ada');
    const question = 'What makes a conversation durable?';
    const run = await ada.ask(question);
    await until(() => ada.said(run.runId).length > 0, 'text', 20_000);
    const began = performance.now();
    await ada.settled(run.runId, 'complete');
    const said = ada.said(run.runId);
    assert.equal(said, demo.transcript(run.runId));
    assert.equal(said, rehearsed(question), 'the agents in Java and in JavaScript say the same');
    const words = said.split(/\s+/).length;
    assert.ok(words >= 600, `${words} words`);
    const wordsPerSecond = (words * 1000) / (performance.now() - began);
    t.diagnostic(`${words} words, ${wordsPerSecond.toFixed(1)} a second`);
    assert.ok(wordsPerSecond > 25 && wordsPerSecond < 60, 'about 50 tokens a second');
    assert.ok(ada.messages()[1].parts.some(({ type, text }) => type === 'reasoning' && text.length > 100));
  });

  withPeople(rig, 'says what it is doing, and which answers it has in hand', async ({ join }) => {
    const ada = await join('ada');
    await until(async () => (await ada.agents())[0]?.doing === 'idle', 'an idle agent');
    const run = await ada.ask('Please deploy billing 2.4');
    await until(async () => (await ada.agents())[0].runs.includes(run.runId), 'the run to be in hand');
    await ada.settled(run.runId, 'suspended');
    await until(async () => (await ada.agents())[0].doing === 'waiting for approval', 'it to wait');
    assert.deepEqual((await ada.agents())[0].runs, []);
  });

  withPeople(rig, 'starts a run once, however often it is asked to', async ({ demo, session, join }) => {
    const ada = await join('ada');
    const run = await ada.ask('A short answer, please');
    const invocation = run.toInvocation().toJSON();
    const asked = await Promise.all([1, 2, 3].map(() => demo.api('run', { session, invocation })));
    assert.deepEqual(asked.map(({ status }) => status), [202, 202, 202]);
    await ada.settled(run.runId, 'complete');
    assert.equal(ada.view.runs().length, 1);
  });

  withPeople(rig, 'gives another answer when asked again, and ends one that fails as failed', async ({ demo, join }) => {
    const ada = await join('ada');
    const run = await ada.ask('Please fail');
    await ada.settled(run.runId, 'error');
    const failed = ada.view.getMessages().at(-1);
    assert.match(ada.view.run(run.runId).error.message, /asked to fail/);
    assert.equal(textOf(failed.message), demo.transcript(run.runId));
    assert.ok(textOf(failed.message).length > 100, 'what it said before stays');
    const again = await ada.regenerate(failed.codecMessageId);
    await ada.settled(again.runId, 'error');
    assert.notEqual(ada.said(again.runId).slice(0, 60), ada.said(run.runId).slice(0, 60));
    assert.deepEqual([run, again].map(({ runId }) => ada.said(runId)), [rehearsed('Please fail'), rehearsed('Please fail', 1)]);
  });

  withPeople(rig, 'does what was answered first, whoever answers after that', async ({ demo, join }) => {
    const [ada, bob] = [await join('ada'), await join('bob')];
    for (const approved of [false, true]) {
      const run = await ada.ask('Please deploy billing 2.4');
      for (const each of [ada, bob]) await each.settled(run.runId, 'suspended');
      const question = ada.pending();
      await bob.respond(approved, question);
      const second = await ada.respond(!approved, question);
      // Whichever answer wakes it.
      await ada.wake(second);
      await ada.settled(run.runId, 'complete');
      const first = approved ? /is live on 3 instances/ : /Then I will leave it/;
      assert.match(demo.transcript(run.runId), first);
      const late = await bob.respond(!approved, question);
      await bob.wake(late);
      const next = await ada.ask('A short answer, please');
      await ada.settled(next.runId, 'complete');
      assert.equal(demo.transcript(run.runId).match(new RegExp(first, 'g')).length, 1);
    }
  });

  withPeople(rig, 'remembers what was said before', async ({ join }) => {
    const ada = await join('ada');
    const first = await ada.ask('A short answer, please');
    await ada.settled(first.runId, 'complete');
    const bob = await join('bob');
    const second = await bob.ask('And another short one');
    await ada.settled(second.runId, 'complete');
    assert.deepEqual(ada.messages().map(({ role }) => role), ['user', 'assistant', 'user', 'assistant']);
  });
});
