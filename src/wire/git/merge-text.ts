import { diff3Merge } from 'node-diff3';
import { splitAtAnchors } from './anchors.ts';
import { asBuffer } from './text.ts';

/** Files above this size are not merged line by line. */
const maxMergeBytes = 8 * 1024 * 1024;
/** Steps that the comparison of lines may take, about a tenth of a second; above it, a passage is a conflict. */
const maxSteps = 100_000_000;

/** What a merge of three texts came to. */
export type TextMerge =
  | { readonly kind: 'merged'; readonly data: Buffer }
  | { readonly kind: 'conflict'; readonly reason: 'content' | 'binary' };

/**
 * Merges two changed versions of a file, line by line; changes that touch or overlap and differ are a conflict.
 *
 * Guarantees: bytes are kept as they are, whatever their encoding and line ends.
 * Limits: long passages that consist of a few lines over and over, changed on both sides, are a conflict.
 */
export function mergeText(base: Uint8Array, ours: Uint8Array, theirs: Uint8Array): TextMerge {
  const sides = [base, ours, theirs].map(asBuffer);
  if (sides.some(isBinary)) return { kind: 'conflict', reason: 'binary' };
  if (sides.some((side) => side.length > maxMergeBytes)) return { kind: 'conflict', reason: 'content' };
  const [o = [], a = [], b = []] = sides.map((side) => splitLines(side.toString('latin1')));
  const lines = mergeLines(o, a, b) ?? mergeByPlace(o, a, b) ?? mergePassages(o, a, b);
  if (lines === undefined) return { kind: 'conflict', reason: 'content' };
  return { kind: 'merged', data: Buffer.from(lines.join(''), 'latin1') };
}

function isBinary(data: Buffer): boolean {
  return data.subarray(0, 8000).includes(0);
}

function splitLines(text: string): string[] {
  return text === '' ? [] : text.split(/(?<=\n)/);
}

/** Merges passage by passage, so that comparing lines stays cheap in long files. */
function mergePassages(o: string[], a: string[], b: string[]): string[] | undefined {
  const merged: string[] = [];
  for (const [base, ours, theirs] of splitAtAnchors(o, a, b)) {
    const lines =
      mergeLines(base, ours, theirs) ??
      mergeByPlace(base, ours, theirs) ??
      compareAndMerge(base, ours, theirs);
    if (lines === undefined) return undefined;
    for (const line of lines) merged.push(line);
  }
  return merged;
}

/** Merges where no comparison is needed: one side unchanged, both alike, or each changed at a place of its own. */
function mergeLines(o: string[], a: string[], b: string[]): string[] | undefined {
  const ours = findChange(o, a);
  const theirs = findChange(o, b);
  if (ours === undefined) return b;
  if (theirs === undefined || findChange(a, b) === undefined) return a;
  if (ours.end < theirs.start) return [...a.slice(0, a.length - ours.after), ...b.slice(ours.end)];
  if (theirs.end < ours.start) return [...b.slice(0, b.length - theirs.after), ...a.slice(theirs.end)];
  return undefined;
}

/**
 * Merges where lines were only replaced, as edits of values do. Lines that follow each other and changed on any side
 * are one passage: it is taken where one side changed it or both alike, and else the places touch. Among equal lines
 * this is exact where a comparison could take one line for another.
 */
function mergeByPlace(o: string[], a: string[], b: string[]): string[] | undefined {
  if (o.length !== a.length || o.length !== b.length) return undefined;
  const merged: string[] = [];
  let passage = { ours: false, theirs: false, differ: false };
  for (const [at, line] of o.entries()) {
    const [ours = '', theirs = ''] = [a[at], b[at]];
    if (ours === line && theirs === line) passage = { ours: false, theirs: false, differ: false };
    if (ours !== line) passage.ours = true;
    if (theirs !== line) passage.theirs = true;
    if (ours !== theirs) passage.differ = true;
    if (passage.ours && passage.theirs && passage.differ) return undefined;
    merged.push(ours === line ? theirs : ours);
  }
  return merged;
}

interface Change {
  /** First line of the base that differs, and the one after the last. */
  readonly start: number;
  readonly end: number;
  /** How many lines after the change are alike. */
  readonly after: number;
}

function findChange(o: string[], side: string[]): Change | undefined {
  const shortest = Math.min(o.length, side.length);
  let start = 0;
  while (start < shortest && o[start] === side[start]) start++;
  if (start === o.length && start === side.length) return undefined;
  let after = 0;
  while (after < shortest - start && o[o.length - 1 - after] === side[side.length - 1 - after]) after++;
  return { start, end: o.length - after, after };
}

function compareAndMerge(o: string[], a: string[], b: string[]): string[] | undefined {
  if (countSteps(o, a) > maxSteps || countSteps(o, b) > maxSteps) return undefined;
  const merged: string[] = [];
  for (const region of diff3Merge(a, o, b, { excludeFalseConflicts: true })) {
    if (region.ok === undefined) return undefined;
    for (const line of region.ok) merged.push(line);
  }
  return merged;
}

/** An upper bound of what comparing costs: pairs of equal lines, times the candidates looked at for each. */
function countSteps(left: readonly string[], right: readonly string[]): number {
  const counts = new Map<string, number>();
  for (const line of left) counts.set(line, (counts.get(line) ?? 0) + 1);
  let pairs = 0;
  for (const line of right) pairs += counts.get(line) ?? 0;
  return pairs * Math.min(left.length, right.length);
}
