import type { CheckResult } from '../check/signature.ts';
import { anyType, describeType, intType, itemOf, listType, stringType, type Type } from '../check/type.ts';
import { Fault } from '../problem.ts';
import { equalValues, orderOf } from '../value/compare.ts';
import { isList, kindOf } from '../value/kinds.ts';
import { assertSize } from '../value/size.ts';
import { Bytes, nilList, type Value } from '../value/types.ts';
import { encodeUtf8 } from '../value/utf8.ts';
import { intAt, listFrom, textAt, typed, unary } from './arguments.ts';
import type { Builtin, CallContext } from './record.ts';

const listKinds: readonly Type['kind'][] = ['list', 'bytes'];

/** Sorts by keys; faults when two keys have no order. */
export function sortValues(
  items: readonly { readonly key: Value; readonly value: Value }[],
  isDescending: boolean,
): Value[] {
  const sorted = [...items].sort((a, b) => {
    const order = orderOf(a.key, b.key);
    if (order === undefined) {
      throw new Fault('expr.type', `values of kind ${kindOf(a.key)} and ${kindOf(b.key)} have no order`);
    }
    if (Number.isNaN(order)) return 0;
    return isDescending ? -order : order;
  });
  return sorted.map((item) => item.value);
}

/** Reads the word for a sort direction. */
export function readOrder(word: string): boolean {
  if (word === 'asc') return false;
  if (word === 'desc') return true;
  throw new Fault('expr.argument', `the order must be "asc" or "desc", not "${word.slice(0, 40)}"`);
}

function flatten(list: readonly Value[], context: CallContext, into: Value[] = []): Value[] {
  for (const item of list) {
    context.spend(1);
    if (isList(item)) flatten(item, context, into);
    else into.push(item);
  }
  return into;
}

function unique(list: readonly Value[], context: CallContext): Value[] {
  assertSize(list, context.maxOutput);
  const kept: Value[] = [];
  for (const item of list) {
    context.spend(kept.length + 1);
    if (!kept.some((other) => equalValues(other, item))) kept.push(item);
  }
  return kept;
}

/** An item, or nil where there is none; a text counts as its bytes. */
function itemAt(value: Value, index: number): Value {
  if (isList(value)) return value.at(index) ?? null;
  const bytes =
    typeof value === 'string' ? encodeUtf8(value) : value instanceof Bytes ? value.bytes : undefined;
  const byte = bytes?.at(index);
  return byte === undefined ? null : BigInt(byte);
}

/** Functions on lists. */
export const listBuiltins: readonly Builtin[] = [
  unary(
    {
      name: 'first',
      signature: 'first(list: list): any',
      summary: 'The first item, or nil.',
      example: { source: 'first([1, 2])', result: '1' },
    },
    listKinds,
    itemOf,
    (value) => itemAt(value, 0),
  ),
  unary(
    {
      name: 'last',
      signature: 'last(list: list): any',
      summary: 'The last item, or nil.',
      example: { source: 'last([1, 2])', result: '2' },
    },
    listKinds,
    itemOf,
    (value) => itemAt(value, -1),
  ),
  {
    kind: 'plain',
    name: 'take',
    signature: 'take(list: list, count: int): list',
    summary: 'The first `count` items.',
    example: { source: 'take([1, 2, 3], 2)', result: '[1,2]' },
    check: (args) => {
      const [list, count] = args;
      if (list === undefined || count === undefined || args.length !== 2) {
        return { complaint: `take takes two arguments, not ${args.length}` };
      }
      if (list.kind !== 'any' && !listKinds.includes(list.kind)) {
        return { complaint: `take cannot take from a value of kind ${describeType(list)}`, argument: 0 };
      }
      if (count.kind !== 'any' && count.kind !== 'int') {
        return { complaint: `take needs a count of kind int, not ${describeType(count)}`, argument: 1 };
      }
      return list;
    },
    call: (args) => {
      const list = listFrom(args[0] ?? null, 'take');
      if (typeof args[1] !== 'bigint') throw new Fault('expr.type', 'take needs a count of kind int');
      const count = intAt(args, 1, 'take');
      if (count < 0) throw new Fault('expr.range', `take needs a count of zero or more, not ${count}`);
      return list.slice(0, count);
    },
  },
  unary(
    {
      name: 'reverse',
      signature: 'reverse(list: list): list',
      summary: 'The items from last to first.',
      example: { source: 'reverse([1, 2, 3])', result: '[3,2,1]' },
    },
    listKinds,
    () => listType,
    (value) => [...listFrom(value, 'reverse')].reverse(),
  ),
  unary(
    {
      name: 'uniq',
      signature: 'uniq(list: list): list',
      summary: 'The items without those that equal an earlier one.',
      example: { source: 'uniq([1, 2, 1])', result: '[1,2]' },
    },
    listKinds,
    () => listType,
    (value, context) => unique(listFrom(value, 'uniq'), context),
  ),
  {
    kind: 'plain',
    name: 'concat',
    signature: 'concat(lists: list…): list',
    summary: 'One list of the items of all lists.',
    example: { source: 'concat([1], [2, 3])', result: '[1,2,3]' },
    check: (args) => {
      if (args.length === 0) return { complaint: 'concat takes at least one argument' };
      const argument = args.findIndex((type) => type.kind !== 'any' && !listKinds.includes(type.kind));
      if (argument < 0) return listType;
      const kind = describeType(args[argument] ?? anyType);
      return { complaint: `concat cannot take a value of kind ${kind}`, argument };
    },
    call: (args, context) => {
      const all = args.flatMap((list) => listFrom(list, 'concat'));
      context.spend(all.length);
      return all.length === 0 ? nilList : all;
    },
  },
  unary(
    {
      name: 'flatten',
      signature: 'flatten(list: list): list',
      summary: 'The items of the list and of all lists within it.',
      example: { source: 'flatten([1, [2, [3]]])', result: '[1,2,3]' },
    },
    listKinds,
    () => listType,
    (value, context) => flatten(listFrom(value, 'flatten'), context),
  ),
  typed(
    {
      name: 'sort',
      signature: 'sort(list: list, order?: "asc" | "desc"): list',
      summary: 'The items in order: numbers, texts, times or durations.',
      example: { source: 'sort([3, 1, 2])', result: '[1,2,3]' },
    },
    [
      { params: [listType, stringType], result: listType },
      { params: [listType], result: listType },
    ],
    (args, context) => {
      const isDescending = args.length === 2 && readOrder(textAt(args, 1, 'sort'));
      const list = args[0] ?? null;
      // Kargo's behaviour: what is no list sorts to nothing.
      if (!isList(list)) return nilList;
      context.spend(list.length);
      return sortValues(
        list.map((value) => ({ key: value, value })),
        isDescending,
      );
    },
  ),
  {
    kind: 'plain',
    name: 'get',
    signature: 'get(object: list | map, key: any): any',
    summary: 'A member or item, or nil where there is none.',
    example: { source: "get({'a': 1}, 'b')", result: 'null' },
    check: checkGet,
    // The evaluator reads members itself, so that every way of reading follows one rule.
    call: () => null,
  },
];

function checkGet(args: readonly Type[]): CheckResult {
  const [object, key] = args;
  if (object === undefined || key === undefined || args.length !== 2) {
    return { complaint: `get takes two arguments, not ${args.length}` };
  }
  if (object.kind === 'any') return anyType;
  if (key.kind === 'nil') return { complaint: 'get cannot use nil as key', argument: 1 };
  if (object.kind === 'list' || object.kind === 'bytes') {
    if (key.kind === 'any' || key.kind === intType.kind) return itemOf(object);
    return { complaint: `an item of a list is named by an int, not ${describeType(key)}`, argument: 1 };
  }
  if (object.kind === 'map') {
    if (key.kind === 'any' || object.key === 'any' || key.kind === 'string') return object.of;
    return { complaint: `a member of this map is named by a string, not ${describeType(key)}`, argument: 1 };
  }
  return { complaint: `a value of kind ${describeType(object)} has no members`, argument: 0 };
}
