// What people's wishes mean to the agent: how many words, and what a model is told of them.
import { LENGTHS, STORIES, USUAL } from '../shared/board.mjs';

const LEAST_WORDS = 20;
const MOST_WORDS = 8_000;

/** How many words an answer is to have: those the question names, else those of the wish. */
export function wantedWords(question, { length }) {
  const named = /(\d{2,5})\s*words/i.exec(question)?.[1];
  const wished = LENGTHS.find(({ id }) => id === length)?.words;
  return Math.min(Math.max(Number(named ?? wished), LEAST_WORDS), MOST_WORDS);
}

const TOLD = {
  plain: 'Write plainly.',
  warm: 'Write warmly, as to a friend.',
  dry: 'Write dryly: facts in order, no ornament.',
};

/** The wishes as an instruction. */
export function instructionOf(wishes) {
  const length = wishes.length === USUAL.length ? [] : [`Use about ${wantedWords('', wishes)} words.`];
  const stories = STORIES.filter(({ id }) => wishes.stories.includes(id)).map(({ label }) => label.toLowerCase());
  const about = stories.length === 0 ? [] : [`Where an example helps, take it from: ${stories.join(', ')}.`];
  return ['The people here have chosen how you answer.', TOLD[wishes.tone], ...length, ...about].join(' ');
}
