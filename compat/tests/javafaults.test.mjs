// The Java SDK when a process is killed or the network is away for long: what it says of the
// session is true each time, nothing that was acknowledged or shown is lost, and nothing is doubled.
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { text, turn } from '../lib/chunks.mjs';
import { Clients, unique } from '../lib/clients.mjs';
import { prose } from '../lib/prose.mjs';
import { Proxy } from '../lib/proxy.mjs';
import { inBothFormats, serverForAll } from '../lib/rig.mjs';
import { Scene, textsOf } from '../lib/scene.mjs';
import { Server } from '../lib/server.mjs';
import { until, within } from '../lib/wait.mjs';

const FULL = process.env.HOLDFAST_FULL === '1';
const CELL = { agent: 'Java', client: 'Java' };
const TOKENS = 400;
const PER_SECOND = 200;
/** After so long without a connection the server has forgotten it, and the SDK says so. */
const FORGOTTEN_S = 120;
const CUTS_S = [1, 10, ...(FULL ? [130] : [])];

const identity = () => ({ runId: unique('run'), invocationId: unique('invocation') });

describe('the Java SDK under kills and long cuts', { concurrency: 4 }, () => {
  const rig = serverForAll();

  const playing = (title, play, options = {}) => {
    inBothFormats(rig, title, async (way) => {
      const scene = new Scene(way, CELL, 'ui');
      try {
        await play(await scene.begin());
      } finally {
        await scene.close();
      }
    }, { timeout: 180_000, ...options });
  };

  const shown = async (party) => textsOf(await party.messages());

  /** A reader that was not there reads no less than what somebody was shown. */
  const noLessForOthers = async (scene, before) => {
    const late = await scene.person('Java', 'late', { peer: await scene.reader() });
    await late.loadOlder(100);
    const texts = await shown(late);
    assert.ok(before.every((seen, i) => texts[i]?.startsWith(seen)), `${JSON.stringify(texts)} where there was ${JSON.stringify(before)}`);
    await late.leave();
    return texts;
  };

  playing('kill -9 of the agent: the run stays open with what was said, and another goes on with it', async (scene) => {
    const answer = prose(600, 41);
    const asked = await scene.me.send('Tell me.');
    const who = identity();
    const run = await scene.bot.start(asked.invocation, who);
    const step = await run.step('only-step');
    let kill;
    const killed = new Promise((done) => (kill = done));
    const piping = scene.pipe(step, turn(text(answer, TOKENS)), { 200: () => kill(scene.bot.peer.kill()) }, PER_SECOND);
    await assert.rejects(piping, /SIGKILL/);
    await killed;
    const said = await shown(scene.me);
    assert.equal(said[0], 'Tell me.');
    assert.ok(said[1].length > 0 && said[1].length < answer.length && answer.startsWith(said[1]), said[1]);
    assert.deepEqual(await scene.me.runs(), [{ runId: who.runId, status: 'active' }]);
    const texts = await noLessForOthers(scene, said);
    assert.ok(answer.startsWith(texts[1]));

    scene.bot = await scene.another('Java', 'bot-2', { at: scene.proxies.bot });
    const adopted = await scene.bot.adopt(asked.invocation, { ...who, invocationId: unique('invocation') });
    const again = await adopted.step('only-step');
    assert.equal(await scene.pipe(again, turn(text(answer, TOKENS)), { 100: 'bot' }, 1_000), 'complete');
    await again.end();
    await adopted.end('complete');
    await scene.settled('complete');
    assert.deepEqual(await shown(scene.me), ['Tell me.', answer]);
    assert.deepEqual(await scene.me.runs(), [{ runId: who.runId, status: 'complete' }]);
    await scene.sameForLateReaders();
    await scene.end();
  });

  playing('kill -9 of the client: what it sent is there once, and it reads the whole answer when it is back', async (scene) => {
    const answer = prose(600, 42);
    const asked = await scene.me.send('Tell me.');
    const run = await scene.bot.start(asked.invocation);
    let kill;
    const killed = new Promise((done) => (kill = done));
    const piping = scene.pipe(run, turn(text(answer, TOKENS)), { 200: () => kill(scene.me.peer.kill()) }, PER_SECOND);
    await killed;
    const back = await scene.person('Java', 'ada', { at: scene.proxies.me });
    await back.loadOlder(100);
    const early = await shown(back);
    assert.ok(early[1].length > 0 && answer.startsWith(early[1]), early[1]);
    assert.deepEqual((await back.runs()).map(({ status }) => status), ['active']);
    assert.equal(await piping, 'complete');
    await run.end('complete');
    scene.me = back;
    await scene.settled('complete');
    assert.deepEqual(await shown(back), ['Tell me.', answer]);

    // Killed while it sends: what it was told is sent is there, the one under way is there or not.
    const sent = [];
    for (let i = 0; i < 10; i++) {
      await back.send(`sent ${i}`);
      sent.push(`sent ${i}`);
    }
    const last = back.send('under way').then(() => sent.push('under way'), () => {});
    await back.peer.kill();
    await last;
    scene.me = await scene.person('Java', 'ada', { at: scene.proxies.me });
    await scene.me.loadOlder(100);
    const texts = (await shown(scene.me)).slice(2);
    assert.deepEqual(texts.filter((said) => said !== 'under way'), sent.filter((said) => said !== 'under way'));
    const once = texts.filter((said) => said === 'under way').length;
    assert.ok(once <= 1 && once >= (sent.includes('under way') ? 1 : 0), `${once} times`);
    assert.deepEqual([await scene.me.faults(), await scene.bot.faults()], [[], []]);
  });

  inBothFormats(rig, 'kill -9 of the server, twice in one answer: both go on and say nothing is missing', async (way) => {
    const server = await Server.start();
    const clients = new Clients(server, { useBinaryProtocol: way.useBinaryProtocol });
    const proxies = [];
    const proxy = async () => proxies[proxies.push(await Proxy.start(server.port)) - 1];
    const scene = new Scene({ ...way, server, clients, proxy }, CELL, 'ui');
    try {
      await scene.begin();
      const answer = prose(600, 43);
      const asked = await scene.me.send('Tell me.');
      const run = await scene.bot.start(asked.invocation);
      const killing = [];
      const kill = () => {
        const before = killing.at(-1);
        killing.push((async () => {
          scene.cuts += 2;
          await before;
          await server.kill();
          const texts = await shown(scene.me);
          const runs = await scene.me.runs();
          await server.launch();
          return { texts, runs };
        })());
      };
      assert.equal(await scene.pipe(run, turn(text(answer, TOKENS)), { 100: kill, 300: kill }, PER_SECOND), 'complete');
      for (const { texts, runs } of await Promise.all(killing)) {
        assert.ok(answer.startsWith(texts[1] ?? ''), 'what is shown while the server is away was said');
        assert.deepEqual(runs.map(({ status }) => status), ['active']);
      }
      await run.end('complete');
      await scene.settled('complete');
      assert.deepEqual(await shown(scene.me), ['Tell me.', answer]);
      await scene.sameForLateReaders();
      await scene.end();
    } finally {
      await scene.close();
      await clients.close();
      await Promise.all(proxies.map((each) => each.close()));
      await server.dispose();
    }
  }, { timeout: 180_000 });

  for (const seconds of CUTS_S) {
    const forgotten = seconds > FORGOTTEN_S;
    const what = forgotten ? 'both say that messages may be missing, and the run can be gone on with' : 'the answer arrives whole, and nobody is told of a gap';
    playing(`${seconds} s without a network: ${what}`, async (scene) => {
      const { me, bot } = scene;
      me.peer.patience = bot.peer.patience = (seconds + 60) * 1_000;
      const answer = prose(600, 44);
      const asked = await me.send('Tell me.');
      const who = identity();
      const run = await bot.start(asked.invocation, who);
      const step = await run.step('only-step');
      const away = [];
      const outage = () => {
        scene.cuts += 2;
        away.push(...[scene.proxies.me, scene.proxies.bot].map((proxy) => proxy.outage(seconds * 1_000)));
      };
      const piping = scene.pipe(step, turn(text(answer, TOKENS)), { 200: outage }, PER_SECOND).then((reason) => ({ reason }), (error) => ({ error }));
      for (const party of [me, bot]) {
        await until(async () => away.length > 0 && ['disconnected', 'connecting'].includes((await party.state()).connection), 'the SDK to say that it is not connected', 20_000, 20);
      }
      const before = await shown(me);
      assert.ok(answer.startsWith(before[1] ?? ''));
      assert.deepEqual((await me.runs()).map(({ status }) => status), ['active']);
      if (forgotten) {
        for (const party of [me, bot]) {
          await until(async () => (await party.state()).channel === 'suspended', 'the SDK to say that the channel is suspended', 130_000, 200);
          const toldOfTheGap = async () => (await party.faults()).some((fault) => fault.startsWith('104006 '));
          await until(toldOfTheGap, 'the session to say that messages may be missing', 10_000, 50);
        }
      }
      const { reason, error } = await piping;
      await within(Promise.all(away), 60_000 + seconds * 1_000, 'the network to be back');
      for (const party of [me, bot]) {
        let state;
        const back = async () => (state = await party.state()).connection === 'connected' && state.channel === 'attached';
        await until(back, () => `the SDK to be connected: ${JSON.stringify(state)}`, 40_000, 50);
      }
      if (forgotten) {
        // What it could not say, it says it could not: an error with its code, or that it was stopped.
        assert.ok(error === undefined ? reason === 'cancelled' : [104000, 104005].includes(error.code), `${reason} ${error?.code} ${error}`);
        assert.deepEqual((await me.runs()).map(({ status }) => status), ['active']);
        const said = await noLessForOthers(scene, before);
        assert.ok(answer.startsWith(said[1]) && said[1].length < answer.length);
        const adopted = await bot.adopt(asked.invocation, { ...who, invocationId: unique('invocation') });
        const again = await adopted.step('only-step');
        assert.equal(await scene.pipe(again, turn(text(answer, TOKENS)), {}, 1_000), 'complete');
        await again.end();
        await adopted.end('complete');
      } else {
        assert.equal(reason, 'complete', String(error));
        await step.end();
        await run.end('complete');
        assert.deepEqual([await me.faults(), await bot.faults()], [[], []]);
      }
      await scene.settled('complete');
      assert.deepEqual(await shown(me), ['Tell me.', answer]);
      await scene.sameForLateReaders();
      scene.t.diagnostic(`${scene.tokens} tokens, ${scene.cuts} connections cut for ${seconds} s, ${scene.pages} pages`);
    }, { timeout: (seconds + 120) * 1_000 });
  }
});
