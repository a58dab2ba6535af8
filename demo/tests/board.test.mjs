// What the windows and the agent share beside the conversation: how it shall answer, which the agent
// obeys, and how far it is, which everybody sees.
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { demoForAll, inSession, sameAsSaid } from './lib/rig.mjs';
import { until } from './lib/wait.mjs';

const bob = { client: 'bob', name: 'Bob' };
const QUESTION = 'Tell me about carrying on';
const HEADINGS = { lighthouse: '## The keeper’s book', post: '## Over the pass', exchange: '## The night exchange' };
const wordsIn = (text) => text.split(/\s+/).filter(Boolean).length;

/** The choices as a window shows them. */
const wishesOf = (window) =>
  window.page.evaluate(() => {
    const radio = (name) => document.querySelector(`input[name=wish-${name}]:checked`)?.dataset.testid.split('-').at(-1);
    const pressed = [...document.querySelectorAll('[data-testid^=wish-story-][aria-pressed=true]')];
    return { length: radio('length'), tone: radio('tone'), stories: pressed.map(({ dataset }) => dataset.testid.split('-').at(-1)) };
  });

const shows = (window, wanted, ms = 20_000) =>
  until(async () => JSON.stringify(await wishesOf(window)) === JSON.stringify(wanted), async () => `${JSON.stringify(wanted)}; it shows ${JSON.stringify(await wishesOf(window))}`, ms);

const choose = (window, what, id) => (what === 'story' ? window.at(`wish-story-${id}`).click() : window.at(`wish-${what}-${id}`).check());

/** Once the board can be written to. */
const boardReady = (window) => window.page.locator('fieldset.wishes:enabled').waitFor();

/** What a window shows of an answer being written. */
const progressOf = (window, runId) =>
  window.page.evaluate((run) => {
    const shown = document.querySelector(`[data-testid=progress][data-run="${run}"]`);
    return shown && { ...shown.dataset, words: Number(shown.dataset.words), percent: Number(shown.dataset.percent), wanted: Number(shown.dataset.wanted) };
  }, runId);

const totalsOf = async (window) => {
  const totals = window.at('totals');
  return { answers: Number(await totals.getAttribute('data-answers')), words: Number(await totals.getAttribute('data-words')) };
};

/** Everything a window shows of an answer until it is taken down. */
async function watched(window, runId) {
  const seen = [];
  await until(() => progressOf(window, runId), 'the progress of the answer', 60_000);
  for (let now; (now = await progressOf(window, runId)); ) {
    if (JSON.stringify(now) !== JSON.stringify(seen.at(-1))) seen.push(now);
    await new Promise((done) => setTimeout(done, 50));
  }
  return seen;
}

describe('The board', { concurrency: 2 }, () => {
  const rig = demoForAll();

  inSession(rig, 'is edited in either window, and the agent does as it says', async ({ t, demo, open }) => {
    const first = await open();
    const second = await open(bob);
    for (const window of [first, second]) await boardReady(window);
    await shows(second, { length: 'usual', tone: 'plain', stories: [] });
    await choose(first, 'length', 'brief');
    await shows(second, { length: 'brief', tone: 'plain', stories: [] });
    await choose(second, 'tone', 'warm');
    await choose(second, 'story', 'post');
    for (const window of [first, second]) await shows(window, { length: 'brief', tone: 'warm', stories: ['post'] });
    assert.equal((await first.at('wish-tone-by').textContent()).trim(), 'Bob');
    assert.equal((await second.at('wish-length-by').textContent()).trim(), 'Ada');
    await first.send(QUESTION);
    const one = await first.newRun();
    for (const window of [first, second]) await window.settled(one, 'complete');
    const warm = await sameAsSaid(demo, one, [first, second]);
    assert.match(warm, /What a lovely thing to ask/);
    assert.match(warm, /my friend/);
    assert.ok(warm.includes(HEADINGS.post) && !warm.includes(HEADINGS.lighthouse) && !warm.includes(HEADINGS.exchange));
    assert.ok(wordsIn(warm) < 320, `${wordsIn(warm)} words`);
    await choose(second, 'length', 'usual');
    await choose(first, 'tone', 'dry');
    await choose(first, 'story', 'exchange');
    await choose(first, 'story', 'post');
    for (const window of [first, second]) await shows(window, { length: 'usual', tone: 'dry', stories: ['exchange'] });
    await second.send(QUESTION);
    const two = await second.newRun([one]);
    for (const window of [first, second]) await window.settled(two, 'complete');
    const dry = await sameAsSaid(demo, two, [first, second]);
    assert.match(dry, /^Re: /);
    assert.ok(dry.includes(HEADINGS.exchange) && !dry.includes(HEADINGS.post));
    assert.ok(wordsIn(dry) >= 600, `${wordsIn(dry)} words`);
    t.diagnostic(`brief and warm: ${wordsIn(warm)} words; usual and dry: ${wordsIn(dry)} words`);
  });

  inSession(rig, 'shows in every window how far the answer is, and what was said in all', async ({ t, demo, open }) => {
    const first = await open();
    const second = await open(bob);
    for (const window of [first, second]) await boardReady(window);
    await first.send(`${QUESTION}, in 400 words`);
    const runId = await second.newRun();
    const [mine, theirs] = await Promise.all([watched(first, runId), watched(second, runId)]);
    for (const seen of [mine, theirs]) {
      const words = seen.map((each) => each.words);
      assert.deepEqual(words, [...words].sort((a, b) => a - b), 'it only grows');
      assert.ok(new Set(words).size >= 5, `${words}`);
      assert.ok(seen.every(({ wanted }) => wanted === 400));
      assert.ok(seen.some(({ doing }) => doing === 'thinking') && seen.some(({ doing }) => doing === 'writing'));
      assert.ok(seen.some(({ percent }) => percent >= 50) && seen.every(({ percent }) => percent < 100));
    }
    const said = wordsIn(demo.transcript(runId));
    for (const window of [first, second]) {
      await window.settled(runId, 'complete');
      await until(async () => (await totalsOf(window)).answers === 1, 'the answer to be counted');
      assert.deepEqual(await totalsOf(window), { answers: 1, words: said });
    }
    t.diagnostic(`${mine.length} and ${theirs.length} steps seen of ${said} words`);
  });

  inSession(rig, 'is obeyed while an answer is written, at the end of the paragraph', async ({ t, demo, open }) => {
    const first = await open();
    const second = await open(bob);
    await boardReady(second);
    await choose(second, 'length', 'long');
    await shows(first, { length: 'long', tone: 'plain', stories: [] });
    await first.send(QUESTION);
    const runId = await first.newRun();
    await first.hasSaid(runId, 300);
    await until(async () => (await progressOf(second, runId))?.wanted === 1_400, 'what it aims at');
    await choose(second, 'length', 'brief');
    for (const window of [first, second]) await window.settled(runId, 'complete');
    const said = await sameAsSaid(demo, runId, [first, second]);
    assert.ok(wordsIn(said) < 700, `${wordsIn(said)} words of the 1,400 there were to be`);
    assert.match(said, /[.!?:”*`)’|]$/, 'it ends where a paragraph does');
    t.diagnostic(`${wordsIn(said)} words after a brief answer was wished for`);
  });

  inSession(rig, 'fits on a phone: a line above the message box that opens it', async ({ demo, open }) => {
    const phone = await open({ context: { viewport: { width: 375, height: 740 }, hasTouch: true, isMobile: true } });
    const other = await open(bob);
    const fits = () => phone.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);
    await phone.at('board-line').waitFor();
    assert.ok(await fits());
    await phone.at('board-line').tap();
    await boardReady(phone);
    const { x, width } = await phone.at('wishes').boundingBox();
    assert.ok(x >= 0 && x + width <= 375, `from ${x}, ${width} wide`);
    for (const name of ['wish-length-brief', 'wish-tone-dry', 'wish-story-exchange']) {
      const { height, width: wide } = await phone.at(name).boundingBox();
      assert.ok(height >= 36 && wide >= 44, `${name}: ${wide} by ${height}`);
    }
    await phone.at('wish-length-brief').tap();
    await phone.at('wish-story-exchange').tap();
    await shows(other, { length: 'brief', tone: 'plain', stories: ['exchange'] });
    await phone.page.keyboard.press('Escape');
    assert.match(await phone.at('board-line').textContent(), /brief, Night exchange/);
    await phone.send(QUESTION);
    const runId = await phone.newRun();
    await until(async () => /\d+(\/120)? words/.test(await phone.at('board-line').textContent()), 'how far it is', 60_000);
    assert.ok(await fits());
    await phone.settled(runId, 'complete');
    const said = await sameAsSaid(demo, runId, [phone, other]);
    assert.ok(said.includes(HEADINGS.exchange) && wordsIn(said) < 320);
  });
});

// A killed process is everybody's: nothing else is tested with that demo meanwhile.
describe('The board when a process is killed', () => {
  const rig = demoForAll();

  inSession(rig, 'is there after a reload, in a new window, and when the server was killed', async ({ demo, open }) => {
    const first = await open();
    await boardReady(first);
    await choose(first, 'length', 'brief');
    await choose(first, 'tone', 'dry');
    await choose(first, 'story', 'lighthouse');
    const chosen = { length: 'brief', tone: 'dry', stories: ['lighthouse'] };
    await until(async () => (await first.page.locator('.wish[data-pending=true]').count()) === 0, 'the choices to be told');
    await first.reload();
    await shows(first, chosen);
    const second = await open(bob);
    await shows(second, chosen);
    const pid = await demo.kill('server');
    await first.connectionIs(['disconnected', 'connecting', 'suspended']);
    // Chosen while there is no server: it is told when there is one.
    await choose(second, 'story', 'post');
    await demo.pidOf('server', pid);
    for (const window of [first, second]) {
      await window.connectionIs('connected', 60_000);
      await shows(window, { ...chosen, stories: ['lighthouse', 'post'] }, 60_000);
    }
    await first.send(QUESTION);
    const runId = await first.newRun();
    for (const window of [first, second]) await window.settled(runId, 'complete');
    const said = await sameAsSaid(demo, runId, [first, second]);
    assert.match(said, /^Re: /);
    assert.ok(!said.includes(HEADINGS.exchange));
  });

  inSession(rig, 'counts and shows right again after the agent was killed in the middle', async ({ demo, open }) => {
    const first = await open();
    await boardReady(first);
    await choose(first, 'length', 'brief');
    await first.send(QUESTION);
    const done = await first.newRun();
    await first.settled(done, 'complete');
    await until(async () => (await totalsOf(first)).answers === 1, 'the first answer to be counted');
    const before = await totalsOf(first);
    await first.send(`${QUESTION}, in 900 words`);
    const lost = await first.newRun([done]);
    await until(async () => (await progressOf(first, lost))?.words > 20, 'its progress');
    await demo.pidOf('agent', await demo.kill('agent'));
    await until(async () => (await progressOf(first, lost)) === null, 'the progress of an agent that is gone to go', 30_000);
    await first.at('try-again').click();
    const again = await first.newRun([done, lost]);
    await first.settled(again, 'complete');
    await until(async () => (await totalsOf(first)).answers === 2, 'the answer to be counted');
    assert.equal((await totalsOf(first)).words, before.words + wordsIn(demo.transcript(again)));
    assert.equal(await first.at('progress').count(), 0);
  });
});
