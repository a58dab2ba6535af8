// What the rehearsed model does with a question: a list of acts, { kind, text } or { toolName, input }.
import { USUAL } from '../shared/board.mjs';
import { chapters, filled, length, repertoire, thoughts } from './repertoire.mjs';
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

/** Paragraphs of a long answer, the same for the same question, attempt and wishes. */
function paragraphs(question, attempt, wishes) {
  const words = wantedWords(question, wishes);
  const seed = numberOf(question.toLowerCase()) + attempt;
  const openings = repertoire.openings[wishes.tone];
  const out = [filled(openings[attempt % openings.length], { question: quote(question) })];
  let count = length(out[0]);
  for (let chapter = 0; count < words; chapter++) {
    for (const paragraph of chapters(seed, chapter, wishes.stories)) {
      if (count >= words) break;
      out.push(paragraph);
      count += length(paragraph);
    }
  }
  const closing = repertoire.closings[wishes.tone];
  if (closing) out.push(closing);
  return out;
}

function afterTool({ toolName, output }) {
  const { value } = output;
  // A denial comes back as text.
  if (output.type !== 'json') return [said(repertoire.denied)];
  return [said(filled(toolName === 'weather' ? repertoire.forecast : repertoire.deployed, value))];
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
    const input = { service, version };
    return [thought(filled(repertoire.deployThought, input)), said(repertoire.deploySaid), { toolName: 'deploy', input }];
  }
  if (WANTS.weather.test(question)) {
    const city = /\bin\s+(\p{Lu}[\p{L}' -]{1,40}?)(?=[?.!,]|\s+(?:today|tomorrow|now)\b|$)/u.exec(question)?.[1] ?? 'Lisbon';
    return [thought(filled(repertoire.weatherThought, { city })), said(repertoire.weatherSaid), { toolName: 'weather', input: { city } }];
  }
  const thinking = thought(thoughts(quote(question), attempt));
  const all = paragraphs(question, attempt, wishes);
  if (WANTS.failure.test(question)) return [thinking, said(all.slice(0, 2).join('\n\n')), { fails: repertoire.failure }];
  if (WANTS.short.test(question)) {
    const again = attempt > 0 ? filled(repertoire.shortAgain, { times: attempt + 1 }) : '';
    return [said(filled(repertoire.short, { question: quote(question) }) + again)];
  }
  return [thinking, said(all.join('\n\n'))];
}

/** Takes up what was added, then goes on where it was. */
function steered({ prompt, question, attempt, steer, wishes }) {
  const before = prompt.filter(({ role }) => role === 'assistant').map(textOf).join('\n\n');
  const rest = paragraphs(question, attempt, wishes).filter((paragraph) => !before.includes(paragraph));
  const taken = filled(repertoire.remark, { remark: quote(steer) });
  return [said([taken, ...rest].join('\n\n'))];
}
