import { intType, keyedMapType, listType } from '../check/type.ts';
import { Fault } from '../problem.ts';
import { keyOf } from '../value/compare.ts';
import { isList, kindOf, mapEntries } from '../value/kinds.ts';
import { Bytes, KeyedMap, type Value } from '../value/types.ts';
import { listFrom, unary, wrongKind } from './arguments.ts';
import type { Builtin } from './record.ts';

function entriesOf(value: Value, name: string): readonly (readonly [Value, Value])[] {
  const entries = mapEntries(value);
  if (entries === undefined) throw wrongKind(name, 'map', value);
  return entries;
}

function lengthOf(value: Value): bigint {
  if (typeof value === 'string') return BigInt([...value].length);
  if (isList(value)) return BigInt(value.length);
  if (value instanceof Bytes) return BigInt(value.bytes.length);
  const entries = mapEntries(value);
  if (entries === undefined) throw wrongKind('len', 'string, list or map', value);
  return BigInt(entries.length);
}

/** A map with keys of any kind from key-value pairs; later pairs win. */
export function keyedMapOf(pairs: Iterable<readonly [Value, Value]>): KeyedMap {
  const entries = new Map<string, readonly [Value, Value]>();
  for (const [key, value] of pairs) {
    const text = keyOf(key);
    if (text === undefined) throw new Fault('expr.type', `a value of kind ${kindOf(key)} cannot be a key`);
    entries.set(text, [key, value]);
  }
  return new KeyedMap(entries);
}

function pairsFrom(value: Value): (readonly [Value, Value])[] {
  return listFrom(value, 'fromPairs').map((pair) => {
    const items = isList(pair) ? pair : undefined;
    const [key, item] = items ?? [];
    if (items?.length !== 2 || key === undefined || item === undefined) {
      throw new Fault('expr.argument', 'fromPairs needs a list of lists of a key and a value');
    }
    return [key, item];
  });
}

const docs = {
  len: {
    name: 'len',
    signature: 'len(value: string | list | map): int',
    summary: 'Number of characters, items or members.',
    example: { source: "len('日本語')", result: '3' },
  },
  keys: {
    name: 'keys',
    signature: 'keys(map: map): list',
    summary: 'The keys of the map, in no particular order.',
    example: { source: "keys({'a': 1})", result: '["a"]' },
  },
  values: {
    name: 'values',
    signature: 'values(map: map): list',
    summary: 'The values of the map, in no particular order.',
    example: { source: "values({'a': 1})", result: '[1]' },
  },
  toPairs: {
    name: 'toPairs',
    signature: 'toPairs(map: map): list',
    summary: 'The map as a list of lists of a key and a value.',
    example: { source: "toPairs({'a': 1})", result: '[["a",1]]' },
  },
  fromPairs: {
    name: 'fromPairs',
    signature: 'fromPairs(pairs: list): map',
    summary: 'A map from a list of lists of a key and a value.',
    example: { source: "fromPairs([['a', 1]]).a", result: '1' },
  },
};

/** Functions on maps, and `len`. */
export const mapBuiltins: readonly Builtin[] = [
  unary(docs.len, ['string', 'list', 'map', 'bytes'], () => intType, lengthOf),
  unary(
    docs.keys,
    ['map'],
    () => listType,
    (value) => entriesOf(value, 'keys').map(([key]) => key),
  ),
  unary(
    docs.values,
    ['map'],
    () => listType,
    (value) => entriesOf(value, 'values').map(([, item]) => item),
  ),
  unary(
    docs.toPairs,
    ['map'],
    () => listType,
    (value) => entriesOf(value, 'toPairs').map(([key, item]) => [key, item]),
  ),
  unary(
    docs.fromPairs,
    ['list', 'bytes'],
    () => keyedMapType,
    (value) => keyedMapOf(pairsFrom(value)),
  ),
];
