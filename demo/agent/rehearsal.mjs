// What the rehearsed model does with a question: a list of acts, { kind, text } or { toolName, input }.
import { USUAL } from '../shared/board.mjs';
import { chapters, length, thoughts } from './repertoire.mjs';
import { numberOf } from './tools.mjs';
import { wantedWords } from './wishes.mjs';

const QUOTED = 120;

const textOf = ({ content }) => content.filter(({ type }) => type === 'text').map(({ text }) => text).join('');
const quote = (text) => {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > QUOTED ? `${line.slice(0, QUOTED).trimEnd()} …` : line;
};

/** Pieces of a few characters, about as long as a model's; together they are the text. */
export const tokensOf = (text) => text.match(/\n+|[ \t]*[^\s]{1,6}|[ \t]+/gu) ?? [];

const WANTS = {
  weather: /\b(weather|forecast|tool)\b/i,
  deploy: /\b(deploy|release|approv)/i,
  failure: /\b(fail|break down)\b/i,
  short: /\b(short|brief|briefly)\b/i,
};

const said = (text) => ({ kind: 'text', text });
const thought = (text) => ({ kind: 'reasoning', text });

/** The results of tools that were called since the last question, newest last. */
function resultsOf(prompt) {
  const from = prompt.findLastIndex(({ role }) => role === 'user');
  return prompt.slice(from + 1).filter(({ role }) => role === 'tool').flatMap(({ content }) => content)
    .filter(({ type }) => type === 'tool-result');
}

const PLAIN = [
  (q) => `You asked: “${q}”. Let me answer that the long way, because the short way is only true on a good day.`,
  (q) => `“${q}” – let me try that again from another side.`,
  (q) => `A third attempt at “${q}”, then, and this time with a different story.`,
  (q) => `Once more: “${q}”. There is always another way to tell it.`,
];

const OPENINGS = {
  plain: PLAIN,
  warm: [
    (q) => `What a lovely thing to ask: “${q}”. Sit down, there is tea, and I will tell you a story about it.`,
    (q) => `Gladly once more, my friend: “${q}”. Here is another one I have been keeping for you.`,
  ],
  dry: [(q) => `Re: “${q}”. The facts, in order.`, (q) => `Re: “${q}”, further copy.`],
};
const CLOSINGS = {
  warm: 'And that is how it was. Come back whenever you like, my friend: I will be here, and so will every word of this. 🫖',
  dry: 'End of statement.',
};

/** Paragraphs of a long answer, the same for the same question, attempt and wishes. */
function paragraphs(question, attempt, wishes) {
  const words = wantedWords(question, wishes);
  const seed = numberOf(question.toLowerCase()) + attempt;
  const openings = OPENINGS[wishes.tone];
  const out = [openings[attempt % openings.length](quote(question))];
  let count = length(out[0]);
  for (let chapter = 0; count < words; chapter++) {
    for (const paragraph of chapters(seed, chapter, wishes.stories)) {
      if (count >= words) break;
      out.push(paragraph);
      count += length(paragraph);
    }
  }
  if (CLOSINGS[wishes.tone]) out.push(CLOSINGS[wishes.tone]);
  return out;
}

function afterTool({ toolName, output }) {
  const { value } = output;
  // A denial comes back as text.
  if (output.type !== 'json') {
    return [said(`Then I will leave it. Nothing has been touched: the old version goes on running, and this conversation keeps a note of who said no, and when.\n\nAsk again when the time is better. The request, your answer and this sentence are all in the same log, so whoever opens this session next – you on your phone, a colleague tomorrow morning – sees the same three lines in the same order.`)];
  }
  if (toolName === 'weather') {
    return [said(`In **${value.city}** it is ${value.temperatureC} °C, with ${value.sky} and wind from ${value.wind}.\n\nI should be honest about the source: this is a rehearsed agent, and the forecast is ${value.source}. But the call was real. The arguments were streamed as they were made, the tool ran in the agent's process for a little over a second, and its output is a message of its own. Close this window while the next answer runs a tool, and open it again: you will find the call where it was, with its result, once.\n\nTake a coat anyway. 🧥`)];
  }
  return [said(`Done: **${value.service} ${value.version}** is ${value.state} on ${value.instances} instances. (It is a pretended deployment; the approval was real.)\n\nWhile it waited for you, nobody waited *with* it. The run was suspended: no process held it, no connection was kept open for it, and the agent that asked may not even be the one that read your answer. All there was is a line in the session's log that said “may I?”, and that line would have stayed there over a weekend just as well.\n\nWhoever answers first, on whatever device, answers for everybody. The card on the other screens has closed by now.`)];
}

/** The acts that answer a prompt of the `ai` package. */
export function answerTo(prompt, { attempt = 0, steer = null, question: first = null, wishes = USUAL } = {}) {
  const results = resultsOf(prompt);
  if (results.length > 0) return afterTool(results.at(-1));
  const last = prompt.findLast(({ role }) => role === 'user');
  const question = first ?? (last ? textOf(last) : '');
  if (steer) return steered({ prompt, question, attempt, steer, wishes });
  if (WANTS.deploy.test(question)) {
    const version = /\bv?(\d+(?:\.\d+)+)\b/.exec(question)?.[1] ?? `1.${attempt + 4}.0`;
    const service = /\bdeploy(?:ing)?\s+(?:the\s+)?(?!again|please|that|this|something)([a-z][a-z0-9-]{2,30})/i.exec(question)?.[1] ?? 'checkout';
    return [thought(`They want ${service} ${version} in production. I have a tool for that, and it needs a person’s approval. I will say so, ask, and let go of everything while I wait: nobody knows how long that takes.`), said(`I can do that. Putting something into production is not mine to decide, so I will ask first.`),
      { toolName: 'deploy', input: { service, version } }];
  }
  if (WANTS.weather.test(question)) {
    const city = /\bin\s+(\p{Lu}[\p{L}' -]{1,40}?)(?=[?.!,]|\s+(?:today|tomorrow|now)\b|$)/u.exec(question)?.[1] ?? 'Lisbon';
    return [thought(`The weather in ${city} is not something to make up. There is a tool for it; I will call it and read what it says.`), said(`Let me look that up instead of guessing.`), { toolName: 'weather', input: { city } }];
  }
  const thinking = thought(thoughts(quote(question), attempt));
  const all = paragraphs(question, attempt, wishes);
  if (WANTS.failure.test(question)) return [thinking, said(all.slice(0, 2).join('\n\n')), { fails: 'The rehearsed model was asked to fail, and did.' }];
  if (WANTS.short.test(question)) return [said(`You asked: “${quote(question)}”. In short: yes, and it will still be here when you come back.${attempt > 0 ? ` (That is my ${attempt + 1}. way of saying so.)` : ''}`)];
  return [thinking, said(all.join('\n\n'))];
}

/** Takes up what was added, then goes on where it was. */
function steered({ prompt, question, attempt, steer, wishes }) {
  const before = prompt.filter(({ role }) => role === 'assistant').map(textOf).join('\n\n');
  const rest = paragraphs(question, attempt, wishes).filter((paragraph) => !before.includes(paragraph));
  const taken = `**“${quote(steer)}”** – I have read that while I was writing, so let me take it up at once. What you see above stays as it was: I had said it, and taking words back would be a different kind of machine. From here on I write with your remark in mind.`;
  return [said([taken, ...rest].join('\n\n'))];
}
