// The demo's parts that need no process.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, it } from 'node:test';
import { describeModel } from '../agent/choice.mjs';
import { untilParagraph } from '../agent/paragraphs.mjs';
import { answerTo, tokensOf } from '../agent/rehearsal.mjs';
import { instructionOf, wantedWords } from '../agent/wishes.mjs';
import { networkAddresses } from '../host/addresses.mjs';
import { Handover } from '../host/handover.mjs';
import { readOptions } from '../host/options.mjs';
import { sessionToken } from '../host/tokens.mjs';
import { keys, percent, progressIn, totalsIn, USUAL, wishesIn, wishWords } from '../shared/board.mjs';
import { Decisions } from '../shared/decisions.mjs';

const asked = (text) => [{ role: 'user', content: [{ type: 'text', text }] }];
const textOf = (acts) => acts.filter(({ kind }) => kind === 'text').map(({ text }) => text).join('');

async function* deltas(...texts) {
  yield { type: 'text-start', id: 't' };
  for (const delta of texts) yield { type: 'text-delta', id: 't', delta };
  yield { type: 'text-end', id: 't' };
}

async function through(chunks, wanted) {
  const out = [];
  let stopped = false;
  for await (const chunk of untilParagraph(chunks, wanted, () => (stopped = true))) out.push(chunk);
  return { text: out.map(({ delta = '' }) => delta).join(''), types: out.map(({ type }) => type), stopped };
}

describe('A stream that may end after a paragraph', () => {
  it('passes everything when nobody wants it to end', async () => {
    const { text, types, stopped } = await through(deltas('one\n', '\ntwo'), () => false);
    assert.deepEqual([text, stopped, types.at(-1)], ['one\n\ntwo', false, 'text-end']);
  });

  it('ends at the first empty line after it is wanted, closed as a model would', async () => {
    for (const pieces of [['one\n\ntwo', 'three'], ['on', 'e\n', '\ntwo'], ['one', '\n\n', 'two']]) {
      const { text, types, stopped } = await through(deltas(...pieces), () => true);
      assert.equal(text.trimEnd(), 'one');
      assert.deepEqual([types.slice(-3), stopped], [['text-end', 'finish-step', 'finish'], true]);
    }
  });
});

describe('The rehearsed model', () => {
  it('says the same to the same question and something else on every further attempt', () => {
    const say = (attempt) => textOf(answerTo(asked('What is durable?'), { attempt }));
    assert.equal(say(0), say(0));
    assert.equal(new Set([0, 1, 2, 3].map(say)).size, 4);
    assert.ok(say(0).includes('“What is durable?”'));
  });

  it('is as long as it is asked to be', () => {
    for (const words of [100, 900, 4_000]) {
      const said = textOf(answerTo(asked(`Tell me in ${words} words`))).split(/\s+/).length;
      assert.ok(said >= words && said < words + 130, `${said} words for ${words}`);
    }
  });

  it('loses no letter when it cuts its text into tokens', () => {
    const text = `${textOf(answerTo(asked('Why?')))}\n\n\tçöß 🌫️🧥  end `;
    assert.equal(tokensOf(text).join(''), text);
  });

  it('takes up what was added and then goes on where it was', () => {
    const whole = textOf(answerTo(asked('Why?'))).split('\n\n');
    const prompt = [...asked('Why?'), { role: 'assistant', content: [{ type: 'text', text: whole.slice(0, 3).join('\n\n') }] }, ...asked('Whales!')];
    const said = textOf(answerTo(prompt, { question: 'Why?', steer: 'Whales!' })).split('\n\n');
    assert.match(said[0], /“Whales!”/);
    assert.deepEqual(said.slice(1), whole.slice(3));
  });

  it('does as it is wished: length, tone and stories, and a question that names a length goes first', () => {
    const say = (question, wishes) => textOf(answerTo(asked(question), { wishes: { ...USUAL, ...wishes } }));
    const words = (text) => text.split(/\s+/).length;
    assert.ok(words(say('Why?', { length: 'brief' })) < 320);
    assert.ok(words(say('Why?', { length: 'long' })) >= 1_400);
    assert.ok(words(say('Why, in 900 words?', { length: 'brief' })) >= 900);
    assert.match(say('Why?', { tone: 'dry' }), /^Re: “Why\?”.*End of statement\.$/s);
    assert.match(say('Why?', { tone: 'warm' }), /my friend/);
    const headings = (stories) => new Set(say('Why, in 3000 words?', { stories }).match(/^## .*$/gm));
    assert.deepEqual(headings(['post']), new Set(['## Over the pass']));
    assert.equal(headings(['post', 'exchange']).size, 2);
    assert.equal(headings([]).size, 3);
  });

  it('asks before it deploys, and reads the city and the version from the question', () => {
    assert.deepEqual(answerTo(asked('Deploy billing 2.4.1')).at(-1), { toolName: 'deploy', input: { service: 'billing', version: '2.4.1' } });
    assert.deepEqual(answerTo(asked('How is the weather in São Bento today?')).at(-1), { toolName: 'weather', input: { city: 'São Bento' } });
  });
});

describe('The choice of a model', () => {
  it('is the rehearsed one until the environment names another', () => {
    assert.equal(describeModel({}).rehearsed, true);
    assert.deepEqual(describeModel({ OPENAI_API_KEY: 'k', OPENAI_MODEL: 'm' }), { name: 'm', rehearsed: false });
    assert.equal(describeModel({ OPENAI_BASE_URL: 'http://127.0.0.1:1/v1' }).rehearsed, false);
  });
});

describe('Answers to a tool call', () => {
  const message = (serial, name, clientId, codec, data) => ({ serial, name, clientId, data, extras: { ai: { codec } } });
  const response = (serial, by, approved) => message(serial, 'ai-input', by, { kind: 'tool-approval-response', toolCallId: 'c', approved: String(approved) });
  const part = (state) => ({ type: 'tool-deploy', toolCallId: 'c', state, input: { service: 'x' } });

  it('count by their place in the channel, in whatever order they are read', () => {
    for (const order of [[0, 1], [1, 0]]) {
      const decisions = new Decisions();
      const both = [response('1', 'bob', false), response('2', 'ada', true)];
      for (const i of order) decisions.note(both[i]);
      assert.deepEqual([decisions.first('c').by, decisions.first('c').approved], ['bob', false]);
      assert.deepEqual(decisions.settled(part('approval-responded')), { ...part('output-denied'), approval: { id: 'c', approved: false } });
    }
  });

  it('take nothing from the result', () => {
    const decisions = new Decisions();
    decisions.note(message('3', 'ai-output', 'agent', { kind: 'tool-output-available', toolCallId: 'c' }, { output: 7 }));
    for (const each of [response('1', 'bob', true), response('4', 'ada', false)]) decisions.note(each);
    for (const state of ['approval-responded', 'output-denied']) {
      assert.deepEqual(decisions.settled(part(state)), { ...part('output-available'), output: 7 });
    }
    const asking = part('approval-requested');
    assert.equal(decisions.settled(asking), asking);
  });
});

describe('The handover', () => {
  const job = (inputEventId) => ({ inputEventId, sessionName: 'demo:s' });

  it('gives the same job, by the same ids, to the next agent until one has taken it', () => {
    const handover = new Handover();
    const given = [];
    handover.give = (message) => given.push(message);
    handover.accept('s', job('e1'));
    handover.agentReady();
    assert.equal(given.length, 2);
    assert.deepEqual(given[0], given[1]);
    handover.taken('e1');
    handover.agentReady();
    handover.accept('s', job('e1'));
    assert.equal(given.length, 2);
  });

  it('forgets what nobody took, and has room for so many', () => {
    let now = 0;
    const handover = new Handover(() => now);
    for (let i = 0; i < 1_000; i++) assert.equal(handover.accept('s', job(`e${i}`)), true);
    assert.equal(handover.accept('s', job('one too many')), false);
    now = 3 * 60_000;
    assert.equal(handover.accept('s', job('later')), true);
  });

  it('shows the next agent which sessions are looked at', () => {
    let now = 0;
    const handover = new Handover(() => now);
    handover.opened('old');
    now = 20 * 60_000;
    handover.opened('new');
    const given = [];
    handover.give = ({ session }) => given.push(session);
    handover.agentReady();
    assert.deepEqual(given, ['new']);
  });
});

describe('The host’s small parts', () => {
  it('sign tokens for one channel and ten minutes', () => {
    const token = sessionToken('app.id:secret', 'demo:s', 'ada', 1_000_000);
    const [head, claims, signature] = token.split('.');
    const read = (part) => JSON.parse(Buffer.from(part, 'base64url'));
    assert.deepEqual(read(head), { typ: 'JWT', alg: 'HS256', kid: 'app.id' });
    assert.deepEqual(read(claims), {
      iat: 1_000, exp: 1_600, 'x-ably-clientId': 'ada', 'x-ably-capability': '{"demo:s":["publish","subscribe","history","presence","object-subscribe","object-publish"]}',
    });
    assert.equal(signature, createHmac('sha256', 'secret').update(`${head}.${claims}`).digest('base64url'));
  });

  it('prefer the addresses of real networks', () => {
    const v4 = (address, internal = false) => ({ family: 'IPv4', address, internal });
    const interfaces = { lo: [v4('127.0.0.1', true)], docker0: [v4('172.17.0.1')], eth0: [{ family: 'IPv6', address: 'fe80::1' }, v4('192.0.2.7')] };
    assert.deepEqual(networkAddresses(interfaces), ['192.0.2.7', '172.17.0.1']);
  });

  it('read their options and refuse what is wrong', () => {
    assert.deepEqual(readOptions(['--port', '9000', '--data=x']), { port: 9000, serverPort: 9001, data: 'x', agent: 'java' });
    assert.equal(readOptions(['--agent=js']).agent, 'js');
    assert.throws(() => readOptions(['--port', 'x']), /from 1 to 65535/);
    assert.throws(() => readOptions(['--agent', 'perl']), /java or js, not perl/);
    assert.throws(() => readOptions(['--nonsense']), /no option --nonsense/);
    assert.throws(() => readOptions(['--port', '9000', '--server-port', '9000']), /two ports/);
  });
});

describe('The board', () => {
  it('is read as far as it can be, whoever wrote there', () => {
    assert.deepEqual(wishesIn({}), USUAL);
    assert.deepEqual(wishesIn({ [keys.length]: { is: 'endless' }, [keys.tone]: 'warm', [keys.story('post')]: { is: 'yes' }, x: null }), USUAL);
    const chosen = { [keys.length]: { is: 'brief', by: 'ada' }, [keys.tone]: { is: 'dry', by: 7 }, [keys.story('post')]: { is: true } };
    assert.deepEqual(wishesIn(chosen), { length: 'brief', tone: 'dry', stories: ['post'], by: { length: 'ada' } });
    assert.equal(wishWords(wishesIn(chosen)), 'brief, dry, Mountain post');
    assert.equal(wishWords(USUAL), '');
    const runs = { [keys.run('a')]: { doing: 'writing', words: 60, wanted: 120, wishes: 'brief' }, [keys.run('b')]: { words: -1, wanted: 'x' }, [keys.run('c')]: 7 };
    assert.deepEqual(progressIn(runs), [
      { run: 'a', doing: 'writing', words: 60, wanted: 120, wishes: 'brief' },
      { run: 'b', doing: '', words: 0, wanted: 0, wishes: '' },
    ]);
    assert.deepEqual(totalsIn({ answers: 2, words: 'many' }), { answers: 2, words: 0 });
  });

  it('tells how far an answer is, which is never done before its end', () => {
    assert.deepEqual([0, 59, 120, 500].map((words) => percent({ words, wanted: 120 })), [0, 49, 99, 99]);
    assert.equal(percent({ words: 7, wanted: 0 }), undefined);
  });

  it('becomes an instruction to a model', () => {
    assert.equal(instructionOf(USUAL), 'The people here have chosen how you answer. Write plainly.');
    const told = instructionOf({ length: 'brief', tone: 'warm', stories: ['post', 'exchange'] });
    assert.match(told, /warmly.*about 120 words.*mountain post, night exchange/);
    assert.equal(wantedWords('in 900 words', { length: 'brief' }), 900);
    assert.equal(wantedWords('in 99999 words', { length: 'brief' }), 8_000);
  });
});
