import { adjectives, animals } from './alias-words.ts';

/** Gives numbers in [0, 1); the `Random` port fits. */
export interface RandomNumbers {
  next(): number;
}

const maxPlainDraws = 200;

/**
 * A name for people: "adjective-animal", not taken yet.
 *
 * When chance finds only taken pairs, a number is appended, so that it always ends.
 */
export function createAlias(random: RandomNumbers, isTaken: (alias: string) => boolean): string {
  for (let draw = 0; draw < maxPlainDraws; draw += 1) {
    const alias = drawPair(random);
    if (!isTaken(alias)) return alias;
  }
  const pair = drawPair(random);
  for (let number = 2; ; number += 1) {
    const alias = `${pair}-${number}`;
    if (!isTaken(alias)) return alias;
  }
}

function drawPair(random: RandomNumbers): string {
  return `${pick(random, adjectives)}-${pick(random, animals)}`;
}

function pick(random: RandomNumbers, words: readonly string[]): string {
  return words[Math.floor(random.next() * words.length)] ?? words[0] ?? '';
}
