import { expect, test } from 'vitest';
import { parseObjectId } from '../wire/git/index.ts';
import { isShortId, pickByShortId } from './short-ids.ts';

const id = (start: string) => parseObjectId(start.padEnd(40, '0'));
const ids = new Set([id('abcd1'), id('abcd2'), id('ffff')]);
const url = 'https://git.example/a/b';

test.each([
  { short: 'ffff', want: id('ffff') },
  { short: 'abcd1', want: id('abcd1') },
])('$short is one', ({ short, want }) => {
  expect(pickByShortId(ids, short, url)).toBe(want);
});

test.each([
  { short: 'abcd', says: 'several', because: 'nobody knows which is meant' },
  { short: 'eeee', says: 'no commit', because: 'there is none' },
])('$short is told: $says', ({ short, says, because }) => {
  const pick = () => pickByShortId(ids, short, url);
  expect(pick, because).toThrow(expect.objectContaining({ code: 'git.ref-not-found' }));
  expect(pick, because).toThrow(says);
});

test.each([
  { text: 'abcd', is: true },
  { text: 'abc', is: false },
  { text: 'main', is: false },
  { text: 'a'.repeat(40), is: false },
])('$text may be the beginning of an id: $is', ({ text, is }) => {
  expect(isShortId(text)).toBe(is);
});
