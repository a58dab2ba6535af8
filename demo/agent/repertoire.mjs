// The prose of the rehearsed model. It stands in one file for both agents, this one and the one in
// Java, so that they say the same; {name} and {place} are filled in anew in every chapter.
import { readFileSync } from 'node:fs';

const FILE = new URL('../../demo-agent/src/main/resources/io/holdfast/demoagent/repertoire.json', import.meta.url);

export const repertoire = JSON.parse(readFileSync(FILE, 'utf8'));

/** A text with its gaps filled. */
export const filled = (text, values) => text.replace(/\{(\w+)\}/g, (gap, name) => values[name] ?? gap);

export const thoughts = (question, attempt) => filled(repertoire.thoughts[attempt % repertoire.thoughts.length], { question });

export const length = (text) => text.split(/\s+/).length;

/**
 * The paragraphs of one chapter. Neighbouring seeds and chapters give different stories, of those
 * that are chosen, or of all.
 */
export function chapters(seed, chapter, chosen) {
  const { names, places, stories } = repertoire;
  const turn = seed + chapter;
  const name = names[(turn + Math.floor(turn / stories.length)) % names.length];
  const place = places[(turn * 3 + chapter) % places.length];
  const pieces = stories.filter(({ id }) => chosen.length === 0 || chosen.includes(id));
  return pieces[turn % pieces.length].paragraphs.map((text) => filled(text, { name, place }));
}
