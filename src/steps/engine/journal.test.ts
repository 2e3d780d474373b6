import { describe, expect, test } from 'vitest';
import { claimPointer, type Journal, journalKey, readState, writeState } from './journal.ts';

const journal: Journal = {
  clone: { config: 'h', pins: { './src': 'c1' } },
  'task::push': { config: 'h', claim: { branch: 'main', head: 'c2' } },
  compose: { config: 'h', verbatim: ['/tag'] },
};

describe('a state', () => {
  test('reads back as it was written', () => {
    const outputs = { clone: { commits: {} }, other: null };
    const state: unknown = JSON.parse(JSON.stringify(writeState(outputs, journal)));
    expect(readState(state)).toEqual({ outputs, journal });
  });

  test('shows nothing of the journal in the outputs', () => {
    const { outputs } = readState(writeState({ a: 1 }, journal));
    expect(Object.keys(outputs)).toEqual(['a']);
  });

  test('has no journal when there is nothing to say', () => {
    expect(writeState({ a: 1 }, {})).toEqual({ a: 1 });
    expect(writeState({}, { a: {} })).toEqual({});
  });
});

test.each([
  { name: 'nothing', state: undefined },
  { name: 'a text', state: 'x' },
  { name: 'another version', state: { [journalKey]: { version: 2, steps: journal } } },
  { name: 'no steps', state: { [journalKey]: { version: 1 } } },
  { name: 'no object', state: { [journalKey]: [] } },
])('a journal that is $name is none', ({ state }) => {
  expect(readState(state)).toEqual({ outputs: {}, journal: {} });
});

test('what is not as expected in an entry is left out', () => {
  const steps = { a: { config: 1, pins: [], claim: 'x', verbatim: ['/a', 2] }, b: 'x' };
  const { journal: read } = readState({ [journalKey]: { version: 1, steps } });
  expect(read).toEqual({ a: { verbatim: ['/a'] }, b: {} });
});

test('has at most 64 KiB', () => {
  const entry = (size: number): Journal => ({ a: { config: 'x'.repeat(size) } });
  const around = JSON.stringify(entry(0)).length;
  expect(() => writeState({}, entry(64 * 1024 - around))).not.toThrow();
  expect(() => writeState({}, entry(64 * 1024 - around + 1))).toThrow(
    expect.objectContaining({ code: 'step.journal-full' }),
  );
});

test('points at a claim', () => {
  expect(claimPointer('a/b~c')).toBe('/status/state/gantry.io~1journal/steps/a~1b~0c/claim');
});
