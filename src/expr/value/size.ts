import { Fault } from '../problem.ts';
import { isList, mapEntries } from './kinds.ts';
import { Record_, type Value, Verbatim } from './types.ts';

/**
 * Faults with `expr.limit` when a value has more characters and items than `limit`.
 *
 * A list that holds another list many times over, level by level, is small in memory and endless when it is written or
 * compared; so this comes before both.
 */
export function assertSize(value: Value, limit: number): void {
  if (countParts(value, limit) > limit) {
    throw new Fault('expr.limit', `the value has more than ${limit} characters and items`);
  }
}

function countParts(value: Value, limit: number): number {
  if (typeof value === 'string') return value.length + 1;
  if (typeof value !== 'object' || value === null) return 1;
  if (value instanceof Verbatim) return value.text.length + 1;
  if (isList(value)) return countAll(value, limit);
  if (value instanceof Record_) {
    return countAll(
      value.spec.fields.map((field) => field.value),
      limit,
    );
  }
  return countAll(mapEntries(value)?.flat() ?? [], limit);
}

function countAll(items: readonly Value[], limit: number): number {
  let count = 1;
  for (const item of items) {
    count += countParts(item, limit - count);
    if (count > limit) break;
  }
  return count;
}

/** Roughly how much work it is to look at a value's own characters or items. */
export function widthOf(value: Value): number {
  if (typeof value === 'string') return value.length;
  return isList(value) ? value.length : 1;
}
