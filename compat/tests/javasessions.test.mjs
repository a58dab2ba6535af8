// Sessions between the published package and the Java SDK: every scenario with each of them as the
// agent and as the client, in both formats, over connections that are cut.
import assert from 'node:assert/strict';
import { after, describe } from 'node:test';
import { approvalRequest, reasoning, text, toolCall, toolOutput, turn } from '../lib/chunks.mjs';
import { unique } from '../lib/clients.mjs';
import { AGENTS, PEOPLE } from '../lib/parties.mjs';
import { prose } from '../lib/prose.mjs';
import { inBothFormats, serverForAll } from '../lib/rig.mjs';
import { said, Scene, textsOf, toolOf } from '../lib/scene.mjs';
import { until } from '../lib/wait.mjs';

const CELLS = Object.keys(AGENTS).flatMap((agent) => Object.keys(PEOPLE).map((client) => ({ agent, client })));

describe('sessions in two languages', { concurrency: 3 }, () => {
  const rig = serverForAll();

  /** What was done in each cell, by all scenarios together. */
  const totals = new Map(CELLS.map((cell) => [cell, { tokens: 0, cuts: 0, pages: 0, played: 0 }]));
  after(() => {
    for (const [{ agent, client }, total] of totals) console.log(`ℹ ${agent} agent, ${client} client: ${total.played} conversations, ${said(total)}`);
  });

  const inEveryCell = (title, play, dialect = 'ui') => {
    for (const cell of CELLS) {
      const body = async (way) => {
        const scene = new Scene(way, cell, dialect);
        try {
          await play(await scene.begin());
          await scene.end();
          const total = totals.get(cell);
          for (const counted of ['tokens', 'cuts', 'pages']) total[counted] += scene[counted];
          total.played++;
        } finally {
          await scene.close();
        }
      };
      inBothFormats(rig, `${cell.agent} agent, ${cell.client} client: ${title}`, body, { timeout: 300_000 });
    }
  };

  inEveryCell('reasoning and text stream whole', async (scene) => {
    const [thought, answer] = [prose(100, 171), prose(1_000, 172)];
    const asked = await scene.me.send('Tell me a story.');
    const run = await scene.bot.start(asked.invocation);
    assert.equal(await asked.started(), run.runId());
    const chunks = turn(reasoning(thought, 40), text(answer, 400));
    const reason = await scene.pipe(run, chunks, { 20: 'me', 60: 'bot', 150: 'me', 220: 'bot', 300: 'me' });
    assert.equal(reason, 'complete');
    await run.end('complete');
    await scene.settled('complete');
    const messages = await scene.me.messages();
    assert.deepEqual(messages.map(({ role }) => role), ['user', 'assistant']);
    assert.deepEqual(messages[1].parts.map(({ type, text: said }) => [type, said]), [['reasoning', thought], ['text', answer]]);
    const wire = await scene.sameForLateReaders();
    assert.ok(wire.length < 20, `${wire.length} messages`);
  });

  inEveryCell('a tool of the agent shows its input and output', async (scene) => {
    const asked = await scene.me.send('How is the weather?');
    await scene.say(asked, toolCall('call-1', 'weather', { city: 'São Bento', days: 3 }), toolOutput('call-1', { sky: 'clear' }), text('It is clear.', 4));
    await scene.settled('complete');
    const [tool] = toolOf(await scene.me.messages(), 'call-1');
    assert.deepEqual([tool.type, tool.state, tool.input, tool.output], ['tool-weather', 'output-available', { city: 'São Bento', days: 3 }, { sky: 'clear' }]);
    await scene.sameForLateReaders();
  });

  inEveryCell('a tool of the client resolves a suspended run by a fork', async (scene) => {
    const first = await scene.bot.start((await scene.me.send('Where am I?')).invocation);
    await scene.pipe(first, turn(text('Let me look.', 3), toolCall('call-2', 'location', { precise: true })), { 4: 'me' });
    await first.suspend();
    await scene.settled('suspended');
    const forked = await scene.me.answerTool(first.runId(), 'call-2', { lat: 1.5, lon: -2 });
    scene.cut('bot');
    const second = await scene.say(forked, text('You are at sea.', 4));
    await scene.settled('complete');
    assert.deepEqual((await scene.me.runs()).map(({ runId }) => runId), [second.runId()]);
    const messages = await scene.me.messages();
    assert.deepEqual(toolOf(messages, 'call-2').map(({ state, output }) => [state, output]), [['output-available', { lat: 1.5, lon: -2 }]]);
    assert.deepEqual(textsOf(messages), ['Where am I?', 'Let me look.', 'You are at sea.']);
    await scene.sameForLateReaders();
  });

  inEveryCell('an approval suspends a run and resumes it', async (scene) => {
    const first = await scene.bot.start((await scene.me.send('Delete my files.')).invocation);
    await scene.pipe(first, turn(toolCall('call-3', 'rm', { path: '/' }), approvalRequest('call-3', 'approval-1')), { 4: 'me' });
    await first.suspend();
    await scene.settled('suspended');
    const pending = (await scene.me.ids()).at(-1);
    assert.equal(toolOf(await scene.me.messages(), 'call-3')[0].state, 'approval-requested');
    const resumed = await scene.me.approve(pending, 'call-3', true, 'sure');
    scene.cut('bot');
    const second = await scene.bot.start(resumed.invocation);
    assert.equal(second.runId(), first.runId());
    await scene.pipe(second, turn(toolOutput('call-3', { gone: true }), text('Done.', 2)), { 3: 'me' });
    await second.end('complete');
    await scene.settled('complete');
    assert.deepEqual(toolOf(await scene.me.messages(), 'call-3').map(({ state, output }) => [state, output]), [['output-available', { gone: true }]]);
    await scene.sameForLateReaders();
  });

  inEveryCell('a refusal denies the tool call', async (scene) => {
    const first = await scene.bot.start((await scene.me.send('Delete my files.')).invocation);
    await scene.pipe(first, turn(toolCall('call-4', 'rm', { path: '/' }), approvalRequest('call-4', 'approval-2')), { 4: 'me' });
    await first.suspend();
    await scene.settled('suspended');
    const resumed = await scene.me.approve((await scene.me.ids()).at(-1), 'call-4', false);
    const second = await scene.bot.start(resumed.invocation);
    await scene.pipe(second, turn(text('Then not.', 2)), { 3: 'bot' });
    await second.end('complete');
    await scene.settled('complete');
    assert.equal(toolOf(await scene.me.messages(), 'call-4')[0].state, 'output-denied');
    await scene.sameForLateReaders();
  });

  inEveryCell('a run cancelled before its start is cancelled when it starts', async (scene) => {
    await scene.say(await scene.me.send('First this'), text('Done with this.', 9));
    const asked = await scene.me.send('Never mind');
    await asked.cancel();
    // What the agent hears next comes behind the cancel.
    const behind = await scene.me.send('Is it there?');
    const other = await scene.bot.start(behind.invocation);
    await other.end('complete');
    const run = await scene.bot.start(asked.invocation);
    await until(run.aborted, 'the early cancel to be honoured', 10_000);
    assert.equal(await scene.pipe(run, turn(text(prose(100, 82), 200)), {}, 100), 'cancelled');
    await run.end('cancelled');
    await until(async () => (await scene.me.runs()).some(({ runId, status }) => runId === run.runId() && status === 'cancelled'), 'the run to be cancelled', 20_000);
    await scene.sameForLateReaders();
  });

  inEveryCell('a run cancelled while it streams ends cancelled', async (scene) => {
    const answer = prose(600, 81);
    const asked = await scene.me.send('Go on for ever');
    const run = await scene.bot.start(asked.invocation);
    const piping = scene.pipe(run, turn(text(answer, 1_000)), { 60: 'me', 90: 'bot' }, 100);
    await until(async () => (textsOf(await scene.me.messages())[1] ?? '').length > 300, 'some text', 20_000);
    await asked.cancel();
    assert.equal(await piping, 'cancelled');
    assert.equal(await run.aborted(), true);
    await run.end('cancelled');
    await scene.settled('cancelled');
    const got = textsOf(await scene.me.messages())[1];
    assert.ok(got.length < answer.length && answer.startsWith(got), 'a part of the text, from its beginning');
    await scene.sameForLateReaders();
  });

  inEveryCell('a steer is consumed, and one too late is not', async (scene) => {
    const asked = await scene.me.send('Write about ships');
    const run = await scene.bot.start(asked.invocation);
    assert.equal(await run.hasInput(), true);
    const piping = scene.pipe(run, turn(text(prose(60, 91), 120)), { 30: 'me' }, 100);
    await asked.started();
    await until(async () => (textsOf(await scene.me.messages())[1] ?? '').length > 5, 'some text', 20_000);
    const steer = await asked.steer('Mention whales');
    assert.ok(await steer.published());
    scene.cut('bot');
    await piping;
    await until(run.hasInput, 'something to be left to answer', 20_000);
    await scene.pipe(run, turn(text('A whale.', 3)));
    assert.equal(await run.hasInput(), false);
    const late = await asked.steer('And a shark');
    assert.ok(await late.published());
    await run.end('complete');
    assert.deepEqual(await steer.outcome(), { consumed: true, reason: 'complete' });
    assert.deepEqual(await late.outcome(), { consumed: false, reason: 'complete' });
    await scene.settled('complete');
    const messages = await scene.me.messages();
    assert.deepEqual(messages.map(({ role }) => role), ['user', 'assistant', 'user', 'assistant', 'user']);
    await scene.sameForLateReaders();
  });

  inEveryCell('an edit and a regeneration branch the conversation', async (scene) => {
    const { me } = scene;
    const say = async (asked, words) => {
      await scene.say(asked, text(words, 4));
      await until(async () => textsOf(await me.messages()).at(-1) === words, `the answer ${words}`, 20_000);
    };
    await say(await me.send('first question'), 'first answer');
    const [question, answer] = await me.ids();
    await say(await me.regenerate(answer), 'second answer');
    const regenerated = (await me.ids()).at(-1);
    assert.deepEqual(await me.selection(regenerated), { index: 1, texts: ['first answer', 'second answer'] });
    await say(await me.edit(question, 'edited question'), 'third answer');
    assert.deepEqual(textsOf(await me.messages()), ['edited question', 'third answer']);
    await scene.sameForLateReaders();
    const edited = (await me.ids())[0];
    assert.deepEqual(await me.selection(edited), { index: 1, texts: ['first question', 'edited question'] });
    await me.select(edited, 0);
    assert.deepEqual(textsOf(await me.messages()), ['first question', 'second answer']);
    await me.select((await me.ids())[1], 0);
    assert.deepEqual(textsOf(await me.messages()), ['first question', 'first answer']);
    await say(await me.send('and then?'), 'nothing more');
    assert.deepEqual(textsOf(await me.messages()), ['first question', 'first answer', 'and then?', 'nothing more']);
  });

  inEveryCell('a fork asks something else in the middle of the conversation', async (scene) => {
    const { me } = scene;
    const say = async (asked, words) => {
      await scene.say(asked, text(words, 6));
      await until(async () => textsOf(await me.messages()).at(-1) === words, `the answer ${words}`, 20_000);
    };
    await say(await me.send('first question'), 'first answer');
    await say(await me.send('second question'), 'second answer');
    const [, behind, second] = await me.ids();
    await say(await me.fork(second, behind, 'something else'), 'other answer');
    const other = ['first question', 'first answer', 'something else', 'other answer'];
    assert.deepEqual(textsOf(await me.messages()), other);
    await scene.sameForLateReaders();
    // A fork of the fork stands beside both, and what follows it follows it alone.
    const fork = (await me.ids())[2];
    await say(await me.fork(fork, behind, 'a third thing'), 'third answer');
    await say(await me.send('and then?'), 'nothing more');
    const last = (await me.ids())[2];
    assert.deepEqual(await me.selection(last), { index: 2, texts: ['second question', 'something else', 'a third thing'] });
    await scene.sameForLateReaders();
    await me.select(last, 0);
    assert.deepEqual(textsOf(await me.messages()), ['first question', 'first answer', 'second question', 'second answer']);
    await me.select(second, 1);
    assert.deepEqual(textsOf(await me.messages()), other);
    await me.select(fork, 2);
    assert.deepEqual(textsOf(await me.messages()), ['first question', 'first answer', 'a third thing', 'third answer', 'and then?', 'nothing more']);
    assert.deepEqual((await me.runs()).map(({ status }) => status), ['complete', 'complete', 'complete']);
  });

  inEveryCell('an agent of the other language adopts a run and tries its step again', async (scene) => {
    const other = scene.cell.agent === 'Java' ? 'JS' : 'Java';
    const asked = await scene.me.send('Try hard');
    const [runId, answer] = [unique('run'), prose(200, 7)];
    const run = await scene.bot.start(asked.invocation, { runId, invocationId: unique('invocation') });
    const lost = await run.step('only-step');
    await scene.pipe(lost, [{ type: 'start' }, { type: 'start-step' }, ...text(prose(200, 6), 60).slice(0, 50)], { 20: 'me', 40: 'bot' });
    await scene.bot.close();
    const second = await scene.another(other, 'bot-2');
    const adopted = await second.adopt(asked.invocation, { runId, invocationId: unique('invocation') });
    const step = await adopted.step('only-step');
    assert.equal(await scene.pipe(step, turn(text(answer, 60)), { 30: 'me' }), 'complete');
    await step.end();
    await adopted.end('complete');
    await scene.settled('complete');
    assert.deepEqual(textsOf(await scene.me.messages()), ['Try hard', answer]);
    await scene.sameForLateReaders();
    scene.bot = second;
  });

  inEveryCell('an agent that comes late reads the whole conversation', async (scene) => {
    for (let i = 0; i < 4; i++) await scene.say(await scene.me.send(`question ${i}`), text(`answer ${i}`, 5));
    const asked = await scene.me.send('and now?');
    for (const language of Object.keys(AGENTS)) {
      const late = await scene.another(language, 'bot-2');
      const run = await late.start(asked.invocation);
      await run.load();
      assert.deepEqual(textsOf(await run.messages()), [...[0, 1, 2, 3].flatMap((i) => [`question ${i}`, `answer ${i}`]), 'and now?']);
      await run.end('cancelled');
    }
    await scene.sameForLateReaders();
  });

  /** A response as OpenAI streams it: a thought, a text and a call of a function. */
  const response = (words) => {
    const part = (type, more) => ({ type, item_id: 'ms', output_index: 1, content_index: 0, ...more });
    const item = { id: 'fc', type: 'function_call', call_id: 'call-9', name: 'find', arguments: '', status: 'in_progress' };
    return [
      { type: 'response.created', response: {} },
      { type: 'response.output_item.added', output_index: 0, item: { id: 'rs', type: 'reasoning', summary: [] } },
      { type: 'response.reasoning_summary_part.added', item_id: 'rs', output_index: 0, summary_index: 0, part: { type: 'summary_text', text: '' } },
      { type: 'response.reasoning_summary_text.delta', item_id: 'rs', output_index: 0, summary_index: 0, delta: 'Let me ' },
      { type: 'response.reasoning_summary_text.delta', item_id: 'rs', output_index: 0, summary_index: 0, delta: 'think.' },
      { type: 'response.reasoning_summary_text.done', item_id: 'rs', output_index: 0, summary_index: 0, text: 'Let me think.' },
      { type: 'response.output_item.done', output_index: 0, item: { id: 'rs', type: 'reasoning', summary: [], status: 'completed', encrypted_content: 'e' } },
      { type: 'response.output_item.added', output_index: 1, item: { id: 'ms', type: 'message', role: 'assistant', status: 'in_progress', content: [] } },
      part('response.content_part.added', { part: { type: 'output_text', text: '', annotations: [] } }),
      ...words.split(/(?<= )/).map((delta) => part('response.output_text.delta', { delta })),
      part('response.output_text.done', { text: words }),
      { type: 'response.output_item.done', output_index: 1, item: { id: 'ms', type: 'message', status: 'completed', content: [] } },
      { type: 'response.output_item.added', output_index: 2, item },
      { type: 'response.function_call_arguments.delta', item_id: 'fc', output_index: 2, delta: '{"q":' },
      { type: 'response.function_call_arguments.delta', item_id: 'fc', output_index: 2, delta: '1}' },
      { type: 'response.function_call_arguments.done', item_id: 'fc', output_index: 2, arguments: '{"q":1}' },
      { type: 'response.output_item.done', output_index: 2, item: { id: 'fc', type: 'function_call', status: 'completed' } },
      { type: 'response.completed', response: {} },
    ];
  };

  inEveryCell(`OpenAI's responses and a tool of the client's`, async (scene) => {
    const { me, bot } = scene;
    const words = prose(150, 12);
    const first = await bot.start((await me.send('Find it.')).invocation);
    const [middle, end] = [60, 120].map((index) => Math.min(index, response(words).length - 8));
    assert.equal(await scene.pipe(first, response(words), { 4: 'me', 10: 'bot', [middle]: 'me', [end]: 'bot' }), 'complete');
    await first.suspend();
    await until(async () => (await me.runs()).at(-1)?.status === 'suspended', 'the run to be suspended', 20_000);
    const call = (await me.ids()).at(-1);
    const answered = await me.giveResult(call, 'call-9', 'found', first.runId());
    const second = await bot.start(answered.invocation);
    assert.equal(second.runId(), first.runId());
    await scene.pipe(second, [
      { type: 'response.output_item.added', output_index: 0, item: { id: 'm2', type: 'message', role: 'assistant', status: 'in_progress', content: [] } },
      { type: 'response.content_part.added', item_id: 'm2', output_index: 0, content_index: 0, part: { type: 'output_text', text: '', annotations: [] } },
      ...['He', 're', '.'].map((delta) => ({ type: 'response.output_text.delta', item_id: 'm2', output_index: 0, content_index: 0, delta })),
      { type: 'response.output_text.done', item_id: 'm2', output_index: 0, content_index: 0, text: 'Here.' },
    ], { 3: 'bot', 4: 'me' });
    await second.end('complete');
    await scene.settled('complete');
    const messages = await me.messages();
    assert.deepEqual(messages.map(({ role }) => role), ['user', 'assistant', 'assistant']);
    const { items } = messages[1];
    assert.deepEqual(items.map(({ type }) => type), ['reasoning', 'message', 'function_call', 'function_call_output']);
    assert.deepEqual([items[0].summary[0].text, items[1].content[0].text, items[2].arguments], ['Let me think.', words, '{"q":1}']);
    assert.equal(messages[2].items[0].content[0].text, 'Here.');
    await scene.sameForLateReaders();
  }, 'responses');

  /** What was written, with a name in the place of every id and serial, in the order of the channel. */
  const traceOf = (items) => {
    const names = new Map();
    const serials = new Set(items.map(({ serial }) => serial));
    const named = (value) => {
      if (!names.has(value)) names.set(value, `#${names.size}`);
      return names.get(value);
    };
    const rename = (text) => (serials.has(text) ? named(text) : text.replace(/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/g, named));
    const walk = (value) => {
      if (typeof value === 'string') return rename(value);
      if (Array.isArray(value)) return value.map(walk);
      if (value === null || typeof value !== 'object') return value;
      return Object.fromEntries(Object.keys(value).sort().map((key) => [key, walk(value[key])]));
    };
    return items.map(({ name, data, clientId, extras }) => walk({ name, data, clientId, extras }));
  };

  inBothFormats(rig, 'both languages write the same, header for header', async ({ clients, server, useBinaryProtocol }) => {
    const traces = [];
    const said = (words) => [{ type: 'text-start', id: 't' }, ...words.split('').map((delta) => ({ type: 'text-delta', id: 't', delta })), { type: 'text-end', id: 't' }];
    for (const { agent, client } of CELLS) {
      const name = unique('ai');
      const where = { clients, server, useBinaryProtocol, name };
      const [me, bot] = [await PEOPLE[client].join({ ...where, clientId: 'ada' }), await AGENTS[agent].join({ ...where, clientId: 'bot' })];
      const seen = async (runId, status) => until(async () => (await me.runs()).some((run) => run.runId === runId && run.status === status), `the run to be ${status}`, 20_000);
      try {
        const everything = [
          { type: 'start', messageId: 'asst-1', messageMetadata: { model: 'm' } },
          { type: 'start-step' },
          { type: 'reasoning-start', id: 'r1', providerMetadata: { p: { signature: 's' } } }, { type: 'reasoning-delta', id: 'r1', delta: 'think' }, { type: 'reasoning-end', id: 'r1' },
          { type: 'text-start', id: 't1' }, { type: 'text-delta', id: 't1', delta: 'Hel' }, { type: 'text-delta', id: 't1', delta: 'lo' }, { type: 'text-end', id: 't1' },
          { type: 'tool-input-start', toolCallId: 'c1', toolName: 'find', dynamic: true, title: 'T', providerExecuted: true },
          { type: 'tool-input-delta', toolCallId: 'c1', inputTextDelta: '{"q":1}' },
          { type: 'tool-input-available', toolCallId: 'c1', toolName: 'find', input: { q: 1 } },
          { type: 'tool-output-available', toolCallId: 'c1', output: { a: [1, null, 'x'] }, preliminary: true },
          { type: 'tool-output-error', toolCallId: 'c1', errorText: 'no' },
          { type: 'tool-input-error', toolCallId: 'c2', toolName: 'find', input: 'x', errorText: 'bad' },
          { type: 'file', mediaType: 'image/png', url: 'https://x/y.png' },
          { type: 'source-url', sourceId: 's1', url: 'https://x', title: 'X' },
          { type: 'source-document', sourceId: 's2', mediaType: 'text/plain', title: 'D', filename: 'd.txt' },
          { type: 'data-weather', id: 'w', data: { sky: 'clear' } },
          { type: 'message-metadata', messageMetadata: { n: 1 } },
          { type: 'tool-input-available', toolCallId: 'c3', toolName: 'rm', input: { path: '/' } },
          { type: 'tool-approval-request', toolCallId: 'c3', approvalId: 'ap' },
          { type: 'finish-step' }, { type: 'finish', finishReason: 'tool-calls', messageMetadata: { n: 2 } },
        ];
        const first = await bot.start((await me.send('one')).invocation);
        await first.pipe(everything);
        await first.suspend();
        await seen(first.runId(), 'suspended');
        const resumed = await bot.start((await me.approve((await me.ids()).at(-1), 'c3', true, 'sure')).invocation);
        await resumed.pipe(said('Done.'));
        await resumed.end('complete');
        await seen(first.runId(), 'complete');
        const answer = (await me.ids()).at(-1);
        const again = await bot.start((await me.regenerate(answer)).invocation);
        const step = await again.step('named');
        await step.pipe(said('Done so.'));
        await step.end();
        await again.end('complete');
        await seen(again.runId(), 'complete');
        const edited = await bot.start((await me.edit((await me.ids())[0], 'two')).invocation);
        await edited.pipe([{ type: 'tool-input-available', toolCallId: 'c4', toolName: 'where', input: {} }]);
        await edited.suspend();
        await seen(edited.runId(), 'suspended');
        const fork = await me.answerTool(edited.runId(), 'c4', { lat: 1 });
        const forked = await bot.start(fork.invocation);
        await fork.started();
        assert.equal(await forked.hasInput(), true);
        await forked.pipe([]);
        const steer = await fork.steer('shorter');
        await steer.published();
        await until(forked.hasInput, 'the steer', 20_000);
        await forked.pipe(said('Sea.'));
        await fork.cancel();
        await until(forked.aborted, 'the cancel', 20_000);
        await forked.end('cancelled');
        const { items } = await (await clients.connected({ clientId: 'reader' })).channels.get(name).history({ limit: 1_000 });
        traces.push({ who: `${agent} agent, ${client} client`, trace: traceOf(items.reverse()) });
      } finally {
        await Promise.allSettled([me, bot].map((party) => party.close()));
      }
    }
    const [{ trace: expected }, ...others] = traces;
    assert.ok(expected.length > 40, `${expected.length} messages`);
    for (const { who, trace } of others) assert.deepEqual(trace, expected, who);
  }, { timeout: 600_000 });
});
