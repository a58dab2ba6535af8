// What happens when the agent is killed in the middle of it, whichever agent it is.
import assert from 'node:assert/strict';
import { inSession, sameAsSaid } from './rig.mjs';
import { until } from './wait.mjs';

const GONE_WITHIN_MS = 20_000;

/** @param rig the demo and the browser, as `demoForAll` gives them */
export function itsAgentMayBeKilled(rig) {
  inSession(rig, 'an answer whose agent is gone is said to be, and can be tried again', async ({ t, demo, open }) => {
    const first = await open();
    const second = await open({ client: 'bob', name: 'Bob' });
    await first.send('Tell me about carrying on, in 1200 words');
    const runId = await first.newRun();
    await first.hasSaid(runId, 200);
    const killed = performance.now();
    const pid = await demo.kill('agent');
    await demo.pidOf('agent', pid);
    await until(async () => /No agent is writing this/.test(await first.at('run-status').last().textContent()), 'the page to say that nobody writes', 15_000);
    // The new agent is here before the old one's answer is given up.
    const agents = () => first.page.locator('[data-testid=presence-member][data-kind=agent]').count();
    await until(async () => (await agents()) > 0, 'an agent to be present', 10_000);
    for (const window of [first, second]) {
      await window.at('gone').waitFor({ timeout: GONE_WITHIN_MS - (performance.now() - killed) });
    }
    t.diagnostic(`gone after ${Math.round(performance.now() - killed)} ms`);
    assert.ok((await agents()) > 0, 'a new agent is present');
    assert.equal(await first.status(runId), 'gone');
    const partial = await first.said(runId);
    assert.ok(partial.length > 200 && demo.transcript(runId).startsWith(partial), 'what it had said stays');
    await second.at('try-again').click();
    const again = await second.newRun([runId]);
    await second.settled(again, 'complete');
    await first.settled(again, 'complete');
    await sameAsSaid(demo, again, [first, second]);
  });

  inSession(rig, 'an approval is given in the other window after the asking one closed and the agent was replaced', async ({ demo, open }) => {
    const asking = await open();
    await asking.send('Please deploy billing 2.4');
    const runId = await asking.newRun();
    await asking.settled(runId, 'suspended');
    const other = await open({ client: 'bob', name: 'Bob' });
    await asking.close();
    await demo.pidOf('agent', await demo.kill('agent'));
    await other.at('approve').click();
    await other.settled(runId, 'complete');
    const states = (await other.messages()).flatMap(({ tools }) => tools);
    assert.deepEqual(states, [{ tool: 'deploy', state: 'output-available' }]);
    assert.equal(await other.at('approval').count(), 0);
    assert.match(await other.said(runId), /Done: \*\*billing 2\.4\*\* is live/);
    await sameAsSaid(demo, runId, [other]);
  });
}
