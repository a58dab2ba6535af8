// Makes the README's pictures, not a test: `npm run record`. A still of a conversation, and an
// animation of two windows in which an answer goes on while the server is killed.
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Demo } from './lib/demo.mjs';
import { Film } from './lib/film.mjs';
import { newSession } from './lib/person.mjs';
import { startBrowser, Window } from './lib/window.mjs';

const IMAGES = fileURLToPath(new URL('../../docs/images', import.meta.url));
const STILL = { width: 1240, height: 860 };
const HALF = { width: 540, height: 620 };
// An outage that lasts longer, on a slow machine, is shown faster.
const WATCHED_OUTAGE_MS = 4_000;
// What a start costs is not what the film is about.
const QUICK_START = '-Xmx384m -XX:TieredStopAtLevel=1';
// Slow enough for an answer that fits into a window to be watched.
const TOKENS_PER_SECOND = '22';

const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const size = (bytes) => `${Math.round(bytes.length / 1024)} KB`;

function keep(name, bytes) {
  mkdirSync(IMAGES, { recursive: true });
  writeFileSync(`${IMAGES}/${name}`, bytes);
  process.stdout.write(`docs/images/${name} ${size(bytes)}\n`);
}

async function still(browser, demo) {
  const session = newSession();
  const ada = await Window.open(browser, demo, session, {
    client: 'ada',
    name: 'Ada Brandt',
    context: { viewport: STILL },
  });
  const ben = await Window.open(browser, demo, session, { client: 'ben', name: 'Ben Okafor' });
  await ben.send('A short answer: does a conversation survive a broken line?');
  await ben.settled(await ben.newRun(), 'complete');
  await ada.send('Good. Then deploy checkout 1.4.0 to production.');
  await ada.at('approve').waitFor();
  await ada.page.mouse.move(0, 0);
  await pause(600);
  keep('demo.png', await ada.page.screenshot());
  await Promise.all([ada.close(), ben.close()]);
}

async function animation(browser, demo) {
  const session = newSession();
  const context = { viewport: HALF };
  const ada = await Window.open(browser, demo, session, { client: 'ada', name: 'Ada Brandt', context });
  const ben = await Window.open(browser, demo, session, { client: 'ben', name: 'Ben Okafor', context });
  const film = await Film.of(
    browser,
    [
      { title: 'Ada, at her desk', page: ada.page },
      { title: 'Ben, somewhere else', page: ben.page },
    ],
    HALF,
  );
  film.says('One conversation, two windows');
  const rolling = film.roll();
  await ada
    .at('composer-text')
    .pressSequentially('How does a story survive a broken line, in 300 words?', { delay: 25 });
  await pause(300);
  await ada.at('send').click();
  const runId = await ada.newRun();
  film.says('An answer is written');
  await ada.hasSaid(runId, 150);
  const pid = await demo.kill('server');
  film.says(`kill -9 ${pid}: the server is gone`);
  await ada.connectionIs('disconnected');
  const patience = setTimeout(() => film.says(`kill -9 ${pid}: the server is gone`, 4), WATCHED_OUTAGE_MS);
  await demo.pidOf('server', pid);
  for (const window of [ada, ben]) await window.connectionIs('connected', 60_000);
  clearTimeout(patience);
  film.says('It is started again, and nothing is lost');
  await ben.settled(runId, 'complete');
  film.says('Equal in both windows, letter for letter');
  await pause(500);
  film.cut();
  await rolling;
  if ((await ada.said(runId)) !== demo.transcript(runId)) throw new Error('the animation would lie');
  keep('demo.gif', await film.gif());
}

const demo = await Demo.start({ env: { HOLDFAST_DEMO_PACE: TOKENS_PER_SECOND, HOLDFAST_JAVA_OPTS: QUICK_START } });
const browser = await startBrowser();
try {
  await still(browser, demo);
  await animation(browser, demo);
} finally {
  await browser.close();
  await demo.dispose();
}
process.exit(0);
