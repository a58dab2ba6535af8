// What people and the agent share beside the conversation: how it shall answer, what it is doing, and
// how much it has said. Everything stands flat under the channel's root, so that two windows that
// write for the first time at once write to the same place. Whoever may write here may write
// anything, so what cannot be read counts as not said.

export const LENGTHS = [
  { id: 'brief', label: 'Brief', words: 120 },
  { id: 'usual', label: 'Usual', words: 620 },
  { id: 'long', label: 'Long', words: 1_400 },
];
export const TONES = [
  { id: 'plain', label: 'Plain' },
  { id: 'warm', label: 'Warm' },
  { id: 'dry', label: 'Dry' },
];
export const STORIES = [
  { id: 'lighthouse', label: 'Lighthouse' },
  { id: 'post', label: 'Mountain post' },
  { id: 'exchange', label: 'Night exchange' },
];

/** What the agent does when nobody has chosen anything; no story chosen leaves the choice to it. */
export const USUAL = { length: 'usual', tone: 'plain', stories: [], by: {} };

const WISH = 'wish:';
const STORY = 'story:';
const RUN = 'run:';

export const keys = {
  length: `${WISH}length`,
  tone: `${WISH}tone`,
  story: (id) => `${STORY}${id}`,
  run: (id) => `${RUN}${id}`,
  answers: 'answers',
  words: 'words',
};

const among = (all, id) => all.some((each) => each.id === id);
const number = (value) => (typeof value === 'number' && Number.isFinite(value) ? Math.max(0, Math.round(value)) : 0);

/** What was chosen, and by whom, out of everything that stands under the root. */
export function wishesIn(board) {
  const wishes = { ...USUAL, stories: [], by: {} };
  const take = (key, name, all) => {
    const { is, by } = board[key] ?? {};
    if (!among(all, is)) return;
    wishes[name] = is;
    if (typeof by === 'string') wishes.by[name] = by;
  };
  take(keys.length, 'length', LENGTHS);
  take(keys.tone, 'tone', TONES);
  for (const { id } of STORIES) if (board[keys.story(id)]?.is === true) wishes.stories.push(id);
  return wishes;
}

/** The answers that are being written, as far as their agents have said. */
export function progressIn(board) {
  return Object.entries(board)
    .filter(([key, value]) => key.startsWith(RUN) && typeof value === 'object' && value !== null)
    .map(([key, { doing, words, wanted, wishes }]) => ({
      run: key.slice(RUN.length),
      doing: typeof doing === 'string' ? doing : '',
      words: number(words),
      wanted: number(wanted),
      wishes: typeof wishes === 'string' ? wishes : '',
    }));
}

/** How far an answer is, in percent: never done before its end. Nobody knows it of one without an aim. */
export const percent = ({ words, wanted }) => (wanted > 0 ? Math.min(99, Math.floor((words / wanted) * 100)) : undefined);

export const totalsIn = (board) => ({ answers: number(board[keys.answers]), words: number(board[keys.words]) });

const labelOf = (all, id) => all.find((each) => each.id === id)?.label ?? '';

/** Wishes in a few words; '' when all is as usual. */
export function wishWords({ length, tone, stories }) {
  const words = [
    length === USUAL.length ? '' : labelOf(LENGTHS, length).toLowerCase(),
    tone === USUAL.tone ? '' : labelOf(TONES, tone).toLowerCase(),
    ...stories.map((id) => labelOf(STORIES, id)),
  ];
  return words.filter(Boolean).join(', ');
}
