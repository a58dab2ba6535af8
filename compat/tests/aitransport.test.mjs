// The AI transport package, unmodified: runs, steps, branches and devices over a failing network.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { describe } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createToolResultFork } from '@ably/ai-transport/vercel';
import { approvalRequest, paced, reasoning, text, toolCall, toolOutput, turn } from '../lib/chunks.mjs';
import { unique } from '../lib/clients.mjs';
import { range } from '../lib/inbox.mjs';
import { prose } from '../lib/prose.mjs';
import { inBothFormats, serverForAll } from '../lib/rig.mjs';
import { agent, codec, invocationOf, lastMessage, paged, person, reasoningOf, sameForAll, settled, textOf, userMessage, viewOf } from '../lib/sessions.mjs';
import { difference } from '../lib/subscriber.mjs';
import { until, within } from '../lib/wait.mjs';

const ADOPTER = fileURLToPath(new URL('../lib/adopter.mjs', import.meta.url));

/** Runs the second process; resolves with its exit and what it printed. */
function adopter(job) {
  const child = spawn(process.execPath, [ADOPTER, JSON.stringify(job)], { stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk) => (out += chunk));
  child.stderr.on('data', (chunk) => (err += chunk));
  const ended = new Promise((done) => child.once('close', (code, signal) => done({ code, signal, out, err })));
  return within(ended, 40_000, 'the second process').finally(() => child.kill('SIGKILL'));
}

/** A person, a second device and an agent on one new channel. */
async function cast(clients, proxies = {}) {
  const name = unique('ai');
  const connect = (clientId, at) => clients.connected({ clientId, ...(at ? { at } : {}) });
  const me = await person(await connect('ada', proxies.me), name);
  const device = await person(await connect('ada', proxies.device), name);
  const bot = await agent(await connect('bot', proxies.bot), name);
  const reader = () => connect('reader');
  return { name, me, device, bot, reader };
}

const noErrors = (...parties) => parties.forEach(({ errors }) => assert.deepEqual(errors.map(String), []));

describe('AI sessions', { concurrency: 4 }, () => {
  const rig = serverForAll();

  inBothFormats(rig, 'reasoning and a long text stream whole to all devices through cuts', async ({ t, clients, proxy }) => {
    const proxies = { me: await proxy(), device: await proxy(), bot: await proxy() };
    const { name, me, device, bot, reader } = await cast(clients, proxies);
    const [thought, answer] = [prose(400, 71), prose(4_000, 72)];
    const run = await me.view.send(userMessage('Tell me a long story.'));
    const chunks = turn(reasoning(thought, 150), text(answer, 1_500));
    const at = {
      120: () => proxies.me.cut(),
      300: () => void proxies.device.outage(1_500),
      500: () => proxies.bot.cut(),
      800: () => void proxies.me.outage(2_000),
      1_000: () => proxies.bot.cut({ rst: false }),
      1_300: () => proxies.device.cut(),
      1_500: () => void proxies.bot.outage(500),
    };
    await bot.answer(run, paced(chunks, 200, at));
    for (const { view } of [me, device]) {
      await settled(view, 'complete');
      const message = lastMessage(view);
      assert.equal(difference(reasoningOf(message), thought), null);
      assert.equal(difference(textOf(message), answer), null);
    }
    await sameForAll(reader, name, [me.view, device.view]);
    noErrors(me, device, bot);
    const wire = await (await reader()).channels.get(name).history({ limit: 100 });
    t.diagnostic(`${answer.length + thought.length} characters in ${chunks.length} chunks are ${wire.items.length} messages in history`);
    assert.ok(wire.items.length < 20);
  }, { timeout: 120_000 });

  inBothFormats(rig, 'a tool the agent executes shows input, output and the text after it', async ({ clients }) => {
    const { name, me, device, bot, reader } = await cast(clients);
    const run = await me.view.send(userMessage('How is the weather?'));
    await bot.answer(run, paced(turn(toolCall('call-1', 'weather', { city: 'São Bento', days: 3 }), toolOutput('call-1', { sky: 'clear' }), text('It is clear.', 4))));
    await settled(me.view, 'complete');
    await settled(device.view, 'complete');
    const [, message] = viewOf(me.view);
    const tool = message.parts.find((part) => part.toolCallId === 'call-1');
    assert.deepEqual([tool.state, tool.input, tool.output], ['output-available', { city: 'São Bento', days: 3 }, { sky: 'clear' }]);
    assert.equal(textOf(message), 'It is clear.');
    await sameForAll(reader, name, [me.view, device.view]);
    noErrors(me, device, bot);
  });

  inBothFormats(rig, 'a tool the client executes resolves a suspended run by a fork', async ({ clients, proxy }) => {
    const proxies = { me: await proxy(), bot: await proxy() };
    const { name, me, device, bot, reader } = await cast(clients, proxies);
    const asked = await me.view.send(userMessage('Where am I?'));
    const first = bot.createRun(asked);
    await first.start();
    await first.pipe(paced(turn(text('Let me look.', 3), toolCall('call-2', 'location', { precise: true }))));
    await first.suspend();
    await settled(me.view, 'suspended');
    proxies.me.cut();
    const node = me.session.tree.getRunNode(first.runId);
    const { input, sendOptions } = createToolResultFork({
      runMessages: codec.getMessages(node.projection),
      parentCodecMessageId: node.parentCodecMessageId,
      toolCallId: 'call-2',
      result: { output: { lat: 1.5, lon: -2 } },
      supersedesRunId: node.runId,
    });
    const forked = await me.view.send([input], sendOptions);
    proxies.bot.cut();
    const second = await bot.answer(forked, paced(turn(text('You are at sea.', 4))));
    assert.notEqual(second.runId, first.runId);
    for (const { view } of [me, device]) {
      await until(() => view.runs().some((run) => run.runId === second.runId && run.status === 'complete'), 'the fork to complete', 15_000);
      assert.deepEqual(view.runs().map((run) => run.runId), [second.runId], 'the superseded run is hidden');
      const messages = viewOf(view);
      const parts = messages.flatMap((m) => m.parts);
      assert.deepEqual(parts.filter((part) => part.toolCallId === 'call-2').map((part) => [part.state, part.output]), [['output-available', { lat: 1.5, lon: -2 }]]);
      assert.equal(messages.map(textOf).join('|'), ['Where am I?', 'Let me look.', 'You are at sea.'].join('|'));
    }
    await sameForAll(reader, name, [me.view, device.view]);
    noErrors(me, device, bot);
  });

  inBothFormats(rig, 'an approval suspends a run and resumes it', async ({ clients, proxy }) => {
    const proxies = { me: await proxy(), device: await proxy(), bot: await proxy() };
    const { name, me, device, bot, reader } = await cast(clients, proxies);
    const asked = await me.view.send(userMessage('Delete my files.'));
    const first = bot.createRun(asked);
    await first.start();
    await first.pipe(paced(turn(toolCall('call-3', 'rm', { path: '/' }), approvalRequest('call-3', 'approval-1'))));
    await first.suspend();
    await settled(device.view, 'suspended');
    await settled(me.view, 'suspended');
    const pending = me.view.getMessages().at(-1);
    assert.equal(pending.message.parts.find((part) => part.toolCallId === 'call-3').state, 'approval-requested');
    proxies.device.cut();
    // The other device answers.
    const approve = codec.createToolApprovalResponse(pending.codecMessageId, { toolCallId: 'call-3', approved: true, reason: 'sure' });
    const resumed = await device.view.send([approve], { runId: first.runId });
    proxies.bot.cut();
    const second = await bot.answer(resumed, paced(turn(toolOutput('call-3', { gone: true }), text('Done.', 2))));
    assert.equal(second.runId, first.runId);
    for (const { view } of [me, device]) {
      await settled(view, 'complete');
      const parts = viewOf(view).flatMap((m) => m.parts);
      assert.deepEqual(parts.filter((part) => part.toolCallId === 'call-3').map((part) => [part.state, part.output]), [['output-available', { gone: true }]]);
      assert.equal(textOf(lastMessage(view)), 'Done.');
    }
    await sameForAll(reader, name, [me.view, device.view]);
    noErrors(me, device, bot);
  });

  inBothFormats(rig, 'a run cancelled before its start is cancelled when it starts', async ({ clients, proxy }) => {
    const through = await proxy();
    const { me, device, bot } = await cast(clients, { bot: through });
    const run = await me.view.send(userMessage('Never mind'));
    await run.cancel();
    through.cut();
    await until(() => bot.session.tree.findAblyMessageByEventId(run.inputEventId), 'the agent to have the input');
    const started = bot.createRun(run);
    await started.start();
    await until(() => started.abortSignal.aborted, 'the early cancel to be honoured', 10_000);
    const answer = prose(100, 82);
    const { reason } = await started.pipe(paced(turn(text(answer, 200)), 100));
    assert.equal(reason, 'cancelled');
    await started.end({ reason: 'cancelled' });
    for (const { view } of [me, device]) {
      await settled(view, 'cancelled');
      const said = view.getMessages().slice(1).map((m) => textOf(m.message)).join('');
      assert.ok(answer.startsWith(said) && said.length < 50, 'hardly anything was said');
    }
    noErrors(me, device, bot);
  });

  inBothFormats(rig, 'a run cancelled while it streams ends cancelled for everybody', async ({ clients, proxy }) => {
    const proxies = { me: await proxy(), bot: await proxy() };
    const { name, me, device, bot, reader } = await cast(clients, proxies);
    const answer = prose(600, 81);
    const asked = await me.view.send(userMessage('Go on for ever'));
    const run = bot.createRun(asked);
    await run.start();
    const piping = run.pipe(paced(turn(text(answer, 1_000)), 100, { 60: () => proxies.me.cut() }));
    await within(asked.started, 10_000, 'the run to start');
    await until(() => textOf(lastMessage(me.view)).length > 300, 'some text', 20_000);
    proxies.bot.cut();
    await asked.cancel();
    const { reason } = await within(piping, 20_000, 'the pipe to end');
    assert.equal(reason, 'cancelled');
    assert.equal(run.abortSignal.aborted, true);
    await run.end({ reason: 'cancelled' });
    for (const { view } of [me, device]) {
      await settled(view, 'cancelled');
      const got = textOf(lastMessage(view));
      assert.ok(got.length < answer.length && answer.startsWith(got), 'a part of the text, from its beginning');
    }
    await sameForAll(reader, name, [me.view, device.view]);
    noErrors(me, device, bot);
  });

  inBothFormats(rig, 'a steer is consumed by the running run', async ({ clients, proxy }) => {
    const proxies = { me: await proxy(), bot: await proxy() };
    const { me, device, bot } = await cast(clients, proxies);
    const asked = await me.view.send(userMessage('Write about ships'));
    let steered = 0;
    const run = bot.createRun(asked, undefined, { onSteer: () => steered++ });
    await run.start();
    assert.equal(run.hasInput(), true);
    const piping = run.pipe(paced(turn(text(prose(60, 91), 120)), 100));
    await within(asked.started, 10_000, 'the run to start');
    await until(() => lastMessage(me.view).role === 'assistant' && textOf(lastMessage(me.view)).length > 5, 'some text', 10_000);
    proxies.me.cut();
    const { published, outcome } = asked.steer(userMessage('Mention whales'));
    assert.ok((await within(published, 15_000, 'the steer to be published')).serial);
    await until(() => steered === 1, 'the agent to be told');
    proxies.bot.cut();
    await piping;
    assert.equal(run.hasInput(), true, 'there is something left to answer');
    await run.pipe(paced(turn(text('A whale.', 3))));
    assert.equal(run.hasInput(), false);
    await run.end({ reason: 'complete' });
    assert.deepEqual(await within(outcome, 15_000, 'the outcome'), { consumed: true, runTerminalReason: 'complete' });
    for (const { view } of [me, device]) {
      await settled(view, 'complete');
      assert.deepEqual(viewOf(view).map((m) => m.role), ['user', 'assistant', 'user', 'assistant']);
      assert.equal(textOf(lastMessage(view)), 'A whale.');
    }
    noErrors(me, device, bot);
  });

  inBothFormats(rig, 'an edit and a regeneration branch the conversation', async ({ clients, proxy }) => {
    const proxies = { me: await proxy(), bot: await proxy() };
    const { name, me, device, bot, reader } = await cast(clients, proxies);
    const say = async (run, words) => {
      await bot.answer(run, paced(turn(text(words, 3))));
      await until(() => textOf(lastMessage(me.view)) === words, `the answer ${words}`, 15_000);
    };
    await say(await me.view.send(userMessage('first question')), 'first answer');
    const [question, answer] = me.view.getMessages().map((m) => m.codecMessageId);
    proxies.me.cut();
    await say(await me.view.regenerate(answer), 'second answer');
    const regenerated = me.view.branchSelection(me.view.getMessages().at(-1).codecMessageId);
    assert.equal(regenerated.hasSiblings, true);
    assert.deepEqual(regenerated.siblings.map(textOf), ['first answer', 'second answer']);
    proxies.bot.cut();
    await say(await me.view.edit(question, [userMessage('edited question')]), 'third answer');
    assert.deepEqual(me.view.getMessages().map((m) => textOf(m.message)), ['edited question', 'third answer']);
    const edited = me.view.branchSelection(me.view.getMessages()[0].codecMessageId);
    assert.deepEqual(edited.siblings.map(textOf), ['first question', 'edited question']);
    edited.select(0);
    assert.deepEqual(me.view.getMessages().map((m) => textOf(m.message)), ['first question', 'second answer']);
    me.view.branchSelection(me.view.getMessages()[1].codecMessageId).select(0);
    assert.deepEqual(me.view.getMessages().map((m) => textOf(m.message)), ['first question', 'first answer']);
    const late = await paged(reader, name);
    const newest = ['edited question', 'third answer'];
    assert.deepEqual(late.view.getMessages().map((m) => textOf(m.message)), newest);
    const other = late.view.branchSelection(late.view.getMessages()[0].codecMessageId);
    assert.deepEqual(other.siblings.map(textOf), ['first question', 'edited question']);
    await until(() => device.session.view.branchSelection(question).siblings.length === 2, 'the other device to know the branches');
    noErrors(me, device, bot);
  });

  inBothFormats(rig, 'two devices write in turns and at once', async ({ clients, proxy }) => {
    const proxies = { me: await proxy(), device: await proxy() };
    const { name, me, device, bot, reader } = await cast(clients, proxies);
    for (const i of range(4)) {
      const who = i % 2 ? device : me;
      const run = await who.view.send(userMessage(`question ${i}`));
      await bot.answer(run, paced(turn(text(`answer ${i}`, 3))));
      for (const { view } of [me, device]) await until(() => textOf(lastMessage(view)) === `answer ${i}`, `answer ${i}`, 15_000);
      (i % 2 ? proxies.me : proxies.device).cut();
    }
    assert.deepEqual(viewOf(me.view).map(textOf), range(4).flatMap((i) => [`question ${i}`, `answer ${i}`]));
    await sameForAll(reader, name, [me.view, device.view]);
    const two = await Promise.all([me, device].map(({ view }, i) => view.send(userMessage(`at once ${i}`))));
    await Promise.all(two.map((run, i) => bot.answer(run, paced(turn(text(`reply ${i}`, 5)), 100))));
    await within(Promise.all(two.map((run) => run.started)), 10_000, 'both runs to start');
    const ids = two.map((run) => run.runId);
    const replies = (session) => ids.map((id) => {
      const node = session.tree.getRunNode(id);
      return node ? `${node.state.status}: ${textOf(codec.getMessages(node.projection).at(-1).message)}` : 'unknown';
    });
    const expected = ['complete: reply 0', 'complete: reply 1'];
    for (const { session } of [me, device]) {
      await until(() => JSON.stringify(replies(session)) === JSON.stringify(expected), () => `both replies, not ${replies(session)}`);
    }
    assert.deepEqual(replies((await paged(reader, name)).session), expected);
    noErrors(me, device, bot);
  });

  inBothFormats(rig, 'older messages load page by page until the beginning', async ({ clients }) => {
    const { name, me, bot, reader } = await cast(clients);
    const turns = 15;
    for (const i of range(turns)) {
      const run = await me.view.send(userMessage(`question ${i}`));
      await bot.answer(run, paced(turn(reasoning(`thought ${i}`, 2), text(`answer ${i} ${prose(20, i)}`, 10)), 2_000));
    }
    await settled(me.view, 'complete', (messages) => messages.length === turns * 2);
    const expected = viewOf(me.view);
    for (const options of [{ step: 4, historyPageSize: 7 }, { step: 100, historyPageSize: 1_000 }, { step: 1, historyPageSize: 50 }]) {
      const late = await paged(reader, name, options);
      assert.deepEqual(viewOf(late.view), expected, JSON.stringify(options));
      // Where a page ends inside a run the package may leave that run active; in one page it may not.
      if (options.historyPageSize === 1_000) assert.ok(late.view.runs().every((run) => run.status === 'complete'));
      if (options.step === 4) assert.ok(late.pages >= 8, `${late.pages} pages`);
      await late.session.close();
    }
    // An agent that was not there reads the whole conversation for its prompt.
    const asked = await me.view.send(userMessage('and now?'));
    const fresh = await agent(await clients.connected({ clientId: 'bot-2' }), name, { historyPageSize: 1_000 });
    const run = fresh.createRun(asked);
    while (run.view.hasOlder()) await run.view.loadOlder();
    await run.start();
    assert.equal(run.view.getMessages().length, turns * 2 + 1);
    await run.end({ reason: 'complete' });
    noErrors(me, bot, fresh);
  });

  inBothFormats(rig, 'a second process adopts a run and ends it', async ({ clients, server, useBinaryProtocol }) => {
    const { name, me, device, bot, reader } = await cast(clients);
    const asked = await me.view.send(userMessage('A long job, please'));
    const run = bot.createRun(asked, { runId: unique('run'), invocationId: unique('invocation') });
    await run.start();
    const step = run.createStep({ stepId: 'step-1' });
    await step.start();
    await step.pipe(paced(turn(text('The first half.', 4))));
    await step.end();
    await bot.session.detach();
    const words = prose(300, 5);
    const done = await adopter({ port: server.port, binary: useBinaryProtocol, invocation: invocationOf(asked).toJSON(), runId: run.runId, stepId: 'step-2', text: words, count: 150, end: true });
    assert.equal(done.code, 0, done.err);
    assert.equal(JSON.parse(done.out).reason, 'complete');
    for (const { view } of [me, device]) {
      await settled(view, 'complete');
      assert.deepEqual(view.getMessages().map((m) => textOf(m.message)), ['A long job, please', 'The first half.', words]);
      assert.deepEqual(view.runs().map((each) => each.runId), [run.runId]);
    }
    await sameForAll(reader, name, [me.view, device.view]);
    noErrors(me, device, bot);
  });

  inBothFormats(rig, 'a step tried again after its process was killed supersedes what it had written', async ({ clients, server, proxy, useBinaryProtocol }) => {
    const proxies = { me: await proxy() };
    const { name, me, device, bot, reader } = await cast(clients, proxies);
    const asked = await me.view.send(userMessage('Try hard'));
    const run = bot.createRun(asked, { runId: unique('run'), invocationId: unique('invocation') });
    await run.start();
    await bot.session.detach();
    const job = { port: server.port, binary: useBinaryProtocol, invocation: invocationOf(asked).toJSON(), runId: run.runId, stepId: 'only-step' };
    const killed = await adopter({ ...job, text: prose(200, 6), count: 100, dieAt: 60, end: true });
    assert.equal(killed.signal, 'SIGKILL', killed.err);
    await until(() => textOf(lastMessage(me.view)).length > 50, 'the first attempt to be seen', 10_000);
    proxies.me.cut();
    const words = prose(200, 7);
    const done = await adopter({ ...job, text: words, count: 100, end: true });
    assert.equal(done.code, 0, done.err);
    for (const { view } of [me, device]) {
      await settled(view, 'complete');
      assert.deepEqual(view.getMessages().map((m) => textOf(m.message)), ['Try hard', words], 'only the last attempt');
    }
    await sameForAll(reader, name, [me.view, device.view]);
    noErrors(me, device, bot);
  });

  inBothFormats(rig, 'transient parts are seen live and are not kept', async ({ clients }) => {
    const { name, me, bot, reader } = await cast(clients);
    const seen = [];
    me.session.tree.on('output', (event) => seen.push(JSON.stringify(event)));
    const run = await me.view.send(userMessage('Show progress'));
    await bot.answer(run, paced(turn(text('one', 1), [{ type: 'data-progress', data: { percent: 50 }, transient: true }], text('two', 1))));
    await settled(me.view, 'complete');
    assert.ok(seen.some((event) => event.includes('data-progress')), 'seen live');
    const { items } = await (await reader()).channels.get(name).history({ limit: 100 });
    assert.ok(items.every((m) => !m.extras?.ephemeral), 'not in history');
    noErrors(me, bot);
  });
});

describe('AI sessions when the server is killed', () => {
  const rig = serverForAll();

  inBothFormats(rig, 'an answer that streams while the server is killed twice comes out whole', async ({ clients, server }) => {
    const { name, me, device, bot, reader } = await cast(clients);
    const [thought, answer] = [prose(200, 75), prose(2_000, 76)];
    const run = await me.view.send(userMessage('Tell me a story.'));
    let restarts = Promise.resolve();
    const kill = () => (restarts = restarts.then(() => server.restart()));
    await bot.answer(run, paced(turn(reasoning(thought, 100), text(answer, 900)), 150, { 300: kill, 700: kill }));
    await restarts;
    for (const { view } of [me, device]) {
      await settled(view, 'complete');
      assert.equal(difference(reasoningOf(lastMessage(view)), thought), null);
      assert.equal(difference(textOf(lastMessage(view)), answer), null);
    }
    await sameForAll(reader, name, [me.view, device.view]);
    noErrors(me, device, bot);
  }, { timeout: 120_000 });
});
