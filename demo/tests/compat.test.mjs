// The agent in JavaScript, on the published packages, does the same as the one in Java that the other
// tests run with; and each goes on with what the other began.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { questionsAreAnswered } from './lib/answers.mjs';
import { Demo } from './lib/demo.mjs';
import { itsAgentMayBeKilled } from './lib/kills.mjs';
import { newSession, Person } from './lib/person.mjs';
import { demoForAll } from './lib/rig.mjs';

questionsAreAnswered('The agent in JavaScript', { agent: 'js' });
describe('The agent in JavaScript, seen in a browser', () => itsAgentMayBeKilled(demoForAll({ agent: 'js' })));

describe('An agent in the other language', { concurrency: 2 }, () => {
  for (const [first, second] of [['java', 'js'], ['js', 'java']]) {
    it(`goes on with what was asked: ${first}, then ${second}`, { timeout: 120_000 }, async () => {
      const demo = await Demo.start({ agent: first });
      try {
        const session = newSession();
        const ada = await Person.join(demo, session);
        const run = await ada.ask('Please deploy billing 2.4');
        await ada.settled(run.runId, 'suspended');
        ada.close();
        await demo.stop();
        Object.assign(demo, { agent: second, output: '' });
        await demo.launch();
        const bob = await Person.join(demo, session, 'bob');
        await bob.decide(true);
        await bob.settled(run.runId, 'complete');
        assert.match(bob.said(run.runId), /Done: \*\*billing 2\.4\*\* is live on 3 instances/);
        assert.equal(bob.said(run.runId), demo.transcript(run.runId));
        const next = await bob.ask('And the weather in Oslo?');
        await bob.settled(next.runId, 'complete');
        assert.match(bob.said(next.runId), /In \*\*Oslo\*\* it is \d+ °C/);
        bob.close();
      } finally {
        await demo.dispose();
      }
    });
  }
});
