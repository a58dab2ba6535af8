// The server or the agent is killed in the middle of it.
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { itsAgentMayBeKilled } from './lib/kills.mjs';
import { demoForAll, inSession, sameAsSaid } from './lib/rig.mjs';

describe('When a process is killed', () => {
  const rig = demoForAll();

  inSession(rig, 'an answer survives the server', async ({ demo, open }) => {
    const first = await open();
    const second = await open({ client: 'bob', name: 'Bob' });
    await first.send('Tell me about carrying on, in 2200 words');
    const runId = await first.newRun();
    const early = await first.hasSaid(runId, 200);
    const pid = await demo.kill('server');
    await first.connectionIs(['disconnected', 'connecting', 'suspended']);
    await demo.pidOf('server', pid);
    for (const window of [first, second]) await window.connectionIs('connected', 60_000);
    assert.equal(await first.status(runId), 'active', 'the answer is still being written');
    const later = await first.hasSaid(runId, early.length + 1);
    assert.ok(later.startsWith(early));
    for (const window of [first, second]) {
      await window.settled(runId, 'complete');
      assert.equal(await window.at('gone').count(), 0, 'its agent was there all the time');
    }
    await sameAsSaid(demo, runId, [first, second]);
  });

  itsAgentMayBeKilled(rig);
});
