import { expect, test } from 'vitest';
import { createSeededRandom } from '../../../test/support/seeded-random.ts';
import { createAlias } from './alias.ts';
import { adjectives, animals } from './alias-words.ts';

test('an alias is free, even when chance finds only taken ones', () => {
  const random = createSeededRandom(5);
  expect(createAlias(random, () => false)).toMatch(/^[a-z]+-[a-z]+$/);
  expect(createAlias(random, (alias) => !alias.endsWith('-3'))).toMatch(/^[a-z]+-[a-z]+-3$/);
});

test('there are enough words, none twice, all fit for a label', () => {
  expect(adjectives.length * animals.length).toBeGreaterThan(20_000);
  for (const words of [adjectives, animals]) {
    expect(new Set(words).size).toBe(words.length);
    expect(words.every((word) => /^[a-z]{2,15}$/.test(word))).toBe(true);
  }
});
