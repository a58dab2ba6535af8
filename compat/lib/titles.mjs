// The tests that there are, read from their files, and the ways each of them is run in.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FORMATS, WAYS } from './clients.mjs';

const TESTS = join(dirname(fileURLToPath(import.meta.url)), '..', 'tests');
const ENDING = '.test.mjs';

export const ALL_WAYS = WAYS.map(({ format }) => format);
const COMET = ALL_WAYS.slice(FORMATS.length);

/** What declares a test, and the ways it is then run in; without one the way does not matter to it. */
const DECLARED_BY = {
  inEveryWay: ALL_WAYS,
  inBothFormats: FORMATS.map(({ format }) => format),
  overComet: COMET,
  once: [],
};
const IN_A_RIG = Object.keys(DECLARED_BY).join('|');
const TITLE = new RegExp(`\\b(?:(${IN_A_RIG})\\(\\s*rig,|it\\()\\s*'((?:[^'\\\\]|\\\\.)+)'`, 'g');

/** The titles of a file's text, each with the ways it is run in. */
export function titlesIn(text) {
  const code = text.replace(/^\s*\/\/.*$/gm, '');
  return new Map([...code.matchAll(TITLE)].map(([, by, title]) => [title, by ? DECLARED_BY[by] : []]));
}

/** What switches a test off, in a file's text. */
export const switchedOff = (text) => /\b(skip|todo)\s*:|\.(skip|todo|only)\(/.test(text);

/** All test files: their short name, as in `frames` for frames.test.mjs, and their text. */
export function testFiles() {
  const names = readdirSync(TESTS).filter((name) => name.endsWith(ENDING));
  return new Map(names.map((name) => [name.slice(0, -ENDING.length), readFileSync(join(TESTS, name), 'utf8')]));
}
