import { diff3Merge } from 'node-diff3';
import { asBuffer } from './text.ts';

/** Files above this size are not merged line by line. */
const maxMergeBytes = 8 * 1024 * 1024;
/** Pairs of equal lines that the line comparison may look at; repetitive files above it are a conflict. */
const maxLinePairs = 20_000_000;

/** What a merge of three texts came to. */
export type TextMerge =
  | { readonly kind: 'merged'; readonly data: Buffer }
  | { readonly kind: 'conflict'; readonly reason: 'content' | 'binary' };

/**
 * Merges two changed versions of a file, line by line; changes that touch or overlap and differ are a conflict.
 *
 * Guarantees: bytes are kept as they are, whatever their encoding and line ends.
 */
export function mergeText(base: Uint8Array, ours: Uint8Array, theirs: Uint8Array): TextMerge {
  const sides = [base, ours, theirs].map(asBuffer);
  if (sides.some(isBinary)) return { kind: 'conflict', reason: 'binary' };
  if (sides.some((side) => side.length > maxMergeBytes)) return { kind: 'conflict', reason: 'content' };
  const [o = [], a = [], b = []] = sides.map((side) => splitLines(side.toString('latin1')));
  const { prefix, suffix } = commonEnds(o, a, b);
  const [o2, a2, b2] = [o, a, b].map((lines) => lines.slice(prefix, lines.length - suffix));
  if (o2 === undefined || a2 === undefined || b2 === undefined)
    return { kind: 'conflict', reason: 'content' };
  if (countPairs(o2, a2) > maxLinePairs || countPairs(o2, b2) > maxLinePairs) {
    return { kind: 'conflict', reason: 'content' };
  }
  const middle: string[] = [];
  for (const region of diff3Merge(a2, o2, b2, { excludeFalseConflicts: true })) {
    if (region.ok === undefined) return { kind: 'conflict', reason: 'content' };
    middle.push(...region.ok);
  }
  const lines = [...o.slice(0, prefix), ...middle, ...o.slice(o.length - suffix)];
  return { kind: 'merged', data: Buffer.from(lines.join(''), 'latin1') };
}

function isBinary(data: Buffer): boolean {
  return data.subarray(0, 8000).includes(0);
}

function splitLines(text: string): string[] {
  return text === '' ? [] : text.split(/(?<=\n)/);
}

/** How many lines all three have in common at the start and, beyond that, at the end. */
function commonEnds(o: string[], a: string[], b: string[]): { prefix: number; suffix: number } {
  const shortest = Math.min(o.length, a.length, b.length);
  let prefix = 0;
  while (prefix < shortest && o[prefix] === a[prefix] && o[prefix] === b[prefix]) prefix++;
  let suffix = 0;
  while (suffix < shortest - prefix) {
    const line = o[o.length - 1 - suffix];
    if (line !== a[a.length - 1 - suffix] || line !== b[b.length - 1 - suffix]) break;
    suffix++;
  }
  return { prefix, suffix };
}

function countPairs(left: readonly string[], right: readonly string[]): number {
  const counts = new Map<string, number>();
  for (const line of left) counts.set(line, (counts.get(line) ?? 0) + 1);
  let pairs = 0;
  for (const line of right) pairs += counts.get(line) ?? 0;
  return pairs;
}
