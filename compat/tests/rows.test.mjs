// The table of the protocol's rows against the tests it names.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { switchedOff, testFiles, titlesIn } from '../lib/titles.mjs';
import { LATER, NEEDS, ROWS, SECTIONS } from '../rows.mjs';

/** What is wrong with a row: nothing when all its tests are there and run in every way it needs. */
function faults({ id, needs, tests, later, theirs }, titles) {
  if (later !== undefined) return LATER.includes(later) ? [] : [`${id}: no later work is called ${later}`];
  if (theirs !== undefined) return [];
  if (!NEEDS[needs]) return [`${id}: nothing is known that needs ${needs}`];
  if (tests.length === 0) return [`${id}: names no test`];
  const found = [];
  const ways = new Set();
  for (const test of tests) {
    const [, file, title] = /^(\w+): (.*)$/.exec(test) ?? [];
    const runs = titles.get(file)?.get(title);
    if (!runs) found.push(`${id}: there is no test '${test}'`);
    for (const way of runs ?? []) ways.add(way);
  }
  const missing = NEEDS[needs].filter((way) => !ways.has(way));
  if (found.length === 0 && missing.length > 0) found.push(`${id}: not shown over ${missing.join(', ')}`);
  return found;
}

describe('the rows of the protocol', () => {
  const files = testFiles();
  const titles = new Map([...files].map(([name, text]) => [name, titlesIn(text)]));

  it('each names tests that are there, in every way it needs', () => {
    assert.deepEqual(ROWS.flatMap((row) => faults(row, titles)), []);
  });

  it('each has a name of its own and says what it is about', () => {
    const ids = ROWS.map(({ id }) => id);
    assert.deepEqual(ids.filter((id, i) => ids.indexOf(id) !== i), []);
    assert.deepEqual(ROWS.filter(({ id, says }) => !/^[a-z][\w.-]+$/.test(id) || !(says.length > 2)), []);
  });

  it('every section has some', () => {
    const there = new Set(ROWS.map(({ section }) => section));
    assert.deepEqual(SECTIONS.filter((section) => !there.has(section)), []);
  });

  it('no test is switched off', () => {
    const off = [...files].filter(([name, text]) => name !== 'rows' && switchedOff(text)).map(([name]) => name);
    assert.deepEqual(off, []);
  });

  it('a row without a test, with one that is gone or with a way missing is found', () => {
    const some = new Map([['a', titlesIn("inBothFormats(rig, 'one', x);\n  once(rig, 'two', x);\n// once(rig, 'gone', x);\n")]]);
    const of = (tests, needs = 'any') => faults({ id: 'x', needs, tests }, some);
    assert.deepEqual(of(['a: one'], 'rest'), []);
    assert.deepEqual(of(['a: two']), []);
    assert.deepEqual(of([]), ['x: names no test']);
    assert.deepEqual(of(['a: gone']), ["x: there is no test 'a: gone'"]);
    assert.deepEqual(of(['b: one']), ["x: there is no test 'b: one'"]);
    assert.deepEqual(of(['a: one'], 'realtime'), ['x: not shown over comet, long poll']);
    assert.deepEqual(of(['a: one'], 'nothing'), ['x: nothing is known that needs nothing']);
    assert.deepEqual(faults({ id: 'x', later: 'some day' }, some), ['x: no later work is called some day']);
    assert.ok(switchedOff("once(rig, 't', x, { skip: true })") && switchedOff("it.only('t')") && !switchedOff("items.skipped"));
  });
});
