import {
  anyType,
  boolType,
  intType,
  itemOf,
  keyedMapType,
  listOf,
  listType,
  type Type,
} from '../check/type.ts';
import { Fault } from '../problem.ts';
import { addValues } from '../value/arithmetic.ts';
import { keyOf } from '../value/compare.ts';
import { kindOf } from '../value/kinds.ts';
import { KeyedMap, nilList, type Value } from '../value/types.ts';
import { readOrder, sortValues } from './lists.ts';
import type { Builtin, BuiltinDoc, Loop, PredicateBuiltin } from './record.ts';

interface Shape {
  readonly isPredicateOptional?: boolean;
  readonly hasExtra?: boolean;
  readonly isTest?: boolean;
}

function predicate(
  doc: BuiltinDoc,
  shape: Shape,
  result: (list: Type, value: Type) => Type,
  run: (loop: Loop) => Value,
): PredicateBuiltin {
  return {
    kind: 'predicate',
    ...doc,
    isPredicateOptional: shape.isPredicateOptional === true,
    hasExtra: shape.hasExtra === true,
    isTest: shape.isTest === true,
    result,
    run,
  };
}

/** Index of the first item, seen from either end, that passes. */
function findIndex(loop: Loop, fromEnd: boolean): number {
  for (let step = 0; step < loop.length; step++) {
    const index = fromEnd ? loop.length - 1 - step : step;
    if (loop.test(index)) return index;
  }
  return -1;
}

/** Source: expr-lang's behavior gives nil, not -1, where nothing passes. */
function foundIndex(loop: Loop, fromEnd: boolean): Value {
  const index = findIndex(loop, fromEnd);
  return index < 0 ? null : BigInt(index);
}

function findItem(loop: Loop, fromEnd: boolean): Value {
  const index = findIndex(loop, fromEnd);
  return index < 0 ? null : loop.item(index);
}

function countPassing(loop: Loop): number {
  let count = 0;
  for (let index = 0; index < loop.length; index++) if (loop.test(index)) count++;
  return count;
}

function collect(loop: Loop, read: (index: number) => Value): Value[] {
  const items: Value[] = [];
  for (let index = 0; index < loop.length; index++) items.push(read(index));
  return items;
}

function filter(loop: Loop): Value {
  const kept: Value[] = [];
  for (let index = 0; index < loop.length; index++) if (loop.test(index)) kept.push(loop.item(index));
  return kept;
}

function sum(loop: Loop): Value {
  let total: Value = 0n;
  for (let index = 0; index < loop.length; index++) total = addValues(total, loop.apply(index));
  return total;
}

function reduce(loop: Loop): Value {
  if (loop.length === 0 && loop.extra === undefined) {
    throw new Fault('expr.range', 'reduce of an empty list needs an initial value');
  }
  let accumulator = loop.extra === undefined ? loop.item(0) : loop.extra;
  for (let index = loop.extra === undefined ? 1 : 0; index < loop.length; index++) {
    accumulator = loop.apply(index, accumulator);
  }
  return accumulator;
}

function groupBy(loop: Loop): Value {
  const groups = new Map<string, [Value, Value[]]>();
  for (let index = 0; index < loop.length; index++) {
    const key = loop.apply(index);
    const text = keyOf(key);
    if (text === undefined) throw new Fault('expr.type', `a value of kind ${kindOf(key)} cannot be a key`);
    const group = groups.get(text);
    if (group === undefined) groups.set(text, [key, [loop.item(index)]]);
    else group[1].push(loop.item(index));
  }
  return new KeyedMap(groups, nilList);
}

function sortBy(loop: Loop): Value {
  const word = loop.extra ?? 'asc';
  if (typeof word !== 'string') throw new Fault('expr.type', 'the order must be "asc" or "desc"');
  const isDescending = readOrder(word);
  const items = collect(loop, (index) => loop.apply(index));
  return sortValues(
    items.map((key, index) => ({ key, value: loop.item(index) })),
    isDescending,
  );
}

const test: Shape = { isTest: true };

/** Functions that take a list and a predicate; within it `#` is the item, `#index` its place. */
export const predicateBuiltins: readonly Builtin[] = [
  predicate(
    {
      name: 'all',
      signature: 'all(list, predicate): bool',
      summary: 'Do all items pass?',
      example: { source: 'all([1, 2], # > 0)', result: 'true' },
    },
    test,
    () => boolType,
    (loop) => {
      for (let index = 0; index < loop.length; index++) if (!loop.test(index)) return false;
      return true;
    },
  ),
  predicate(
    {
      name: 'none',
      signature: 'none(list, predicate): bool',
      summary: 'Does no item pass?',
      example: { source: 'none([1, 2], # > 2)', result: 'true' },
    },
    test,
    () => boolType,
    (loop) => findIndex(loop, false) < 0,
  ),
  predicate(
    {
      name: 'any',
      signature: 'any(list, predicate): bool',
      summary: 'Does at least one item pass?',
      example: { source: 'any([1, 2], # > 1)', result: 'true' },
    },
    test,
    () => boolType,
    (loop) => findIndex(loop, false) >= 0,
  ),
  predicate(
    {
      name: 'one',
      signature: 'one(list, predicate): bool',
      summary: 'Does exactly one item pass?',
      example: { source: 'one([1, 2], # > 1)', result: 'true' },
    },
    test,
    () => boolType,
    (loop) => countPassing(loop) === 1,
  ),
  predicate(
    {
      name: 'filter',
      signature: 'filter(list, predicate): list',
      summary: 'The items that pass.',
      example: { source: 'filter([1, 2, 3], # > 1)', result: '[2,3]' },
    },
    test,
    (list) => (list.kind === 'any' ? listType : listOf(itemOf(list))),
    filter,
  ),
  predicate(
    {
      name: 'map',
      signature: 'map(list, expression): list',
      summary: 'The value of the expression for each item.',
      example: { source: 'map([1, 2], # * 2)', result: '[2,4]' },
    },
    {},
    (_list, value) => listOf(value),
    (loop) => collect(loop, (index) => loop.apply(index)),
  ),
  predicate(
    {
      name: 'find',
      signature: 'find(list, predicate): any',
      summary: 'The first item that passes, or nil.',
      example: { source: 'find([1, 2, 3], # > 1)', result: '2' },
    },
    test,
    itemOf,
    (loop) => findItem(loop, false),
  ),
  predicate(
    {
      name: 'findIndex',
      signature: 'findIndex(list, predicate): int',
      summary: 'Place of the first item that passes, or nil.',
      example: { source: 'findIndex([1, 2, 3], # > 1)', result: '1' },
    },
    test,
    () => intType,
    (loop) => foundIndex(loop, false),
  ),
  predicate(
    {
      name: 'findLast',
      signature: 'findLast(list, predicate): any',
      summary: 'The last item that passes, or nil.',
      example: { source: 'findLast([1, 2, 3], # > 1)', result: '3' },
    },
    test,
    itemOf,
    (loop) => findItem(loop, true),
  ),
  predicate(
    {
      name: 'findLastIndex',
      signature: 'findLastIndex(list, predicate): int',
      summary: 'Place of the last item that passes, or nil.',
      example: { source: 'findLastIndex([1, 2, 3], # > 1)', result: '2' },
    },
    test,
    () => intType,
    (loop) => foundIndex(loop, true),
  ),
  predicate(
    {
      name: 'count',
      signature: 'count(list, predicate?): int',
      summary: 'Number of items that pass, or that are true.',
      example: { source: 'count([1, 2, 3], # > 1)', result: '2' },
    },
    { isTest: true, isPredicateOptional: true },
    () => intType,
    (loop) => BigInt(countPassing(loop)),
  ),
  predicate(
    {
      name: 'sum',
      signature: 'sum(list, expression?): number',
      summary: 'Sum of the items, or of the expression for each.',
      example: { source: 'sum([1, 2, 3])', result: '6' },
    },
    { isPredicateOptional: true },
    (_list, value) => value,
    sum,
  ),
  predicate(
    {
      name: 'groupBy',
      signature: 'groupBy(list, expression): map',
      summary: 'The items in lists, by the value of the expression.',
      example: { source: 'groupBy([1, 2, 3], # % 2)[1]', result: '[1,3]' },
    },
    {},
    (list) => ({
      ...keyedMapType,
      kind: 'map',
      key: 'any',
      of: list.kind === 'any' ? listType : listOf(itemOf(list)),
    }),
    groupBy,
  ),
  predicate(
    {
      name: 'sortBy',
      signature: 'sortBy(list, expression, order?: "asc" | "desc"): list',
      summary: 'The items in the order of the expression for each.',
      example: { source: "sortBy([3, 1, 2], #, 'desc')", result: '[3,2,1]' },
    },
    { hasExtra: true },
    (list) => (list.kind === 'any' ? listType : listOf(itemOf(list))),
    sortBy,
  ),
  predicate(
    {
      name: 'reduce',
      signature: 'reduce(list, expression, initial?): any',
      summary: 'Folds the list: `#acc` is what the expression gave for the item before.',
      example: { source: 'reduce([1, 2, 3], #acc + #, 10)', result: '16' },
    },
    { hasExtra: true },
    (_list, value) => (value.kind === 'nil' ? anyType : value),
    reduce,
  ),
];
