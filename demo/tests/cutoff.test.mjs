// The agent is cut off for longer than a connection is kept: the server stands still for minutes.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { newSession, Person } from './lib/person.mjs';
import { demoForAll } from './lib/rig.mjs';
import { pause, until } from './lib/wait.mjs';

// The SDK notices after 25 s and gives up its connection 2 minutes later.
const STANDS_STILL_MS = 155_000;

describe('An agent that was cut off for too long', () => {
  const rig = demoForAll({ browser: false });

  it('says so, with everything it had said, and answers the next question', { timeout: 300_000 }, async () => {
    const { demo } = rig;
    const session = newSession();
    const ada = await Person.join(demo, session);
    const agent = await demo.pidOf('agent');
    const run = await ada.ask('Tell me about carrying on, in 8000 words');
    await until(() => ada.said(run.runId).length > 200, 'some text', 20_000);
    const pid = await demo.pidOf('server');
    process.kill(pid, 'SIGSTOP');
    try {
      await pause(STANDS_STILL_MS);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    ada.close();
    // One who comes before it is over, and one who comes after.
    const bob = await Person.join(demo, session, 'bob');
    await bob.settled(run.runId, 'error', 60_000);
    const eve = await Person.join(demo, session, 'eve');
    for (const person of [bob, eve]) {
      assert.match(person.view.run(run.runId).error.message, /cut off/);
      assert.ok(person.said(run.runId) === demo.transcript(run.runId), `${person.clientId} has ${person.said(run.runId).length} of ${demo.transcript(run.runId).length} characters`);
    }
    await until(async () => (await bob.agents()).every(({ doing, runs }) => doing === 'idle' && runs.length === 0), 'the agent to be idle');
    assert.equal(await demo.pidOf('agent'), agent, 'the same one');
    const next = await bob.ask('A short answer, please');
    await bob.settled(next.runId, 'complete');
    for (const person of [bob, eve]) person.close();
  });
});
