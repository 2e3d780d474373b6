import type { BinaryOperator } from '../ast/node.ts';
import type { CallContext } from '../builtins/record.ts';
import { Fault } from '../problem.ts';
import {
  addValues,
  divideValues,
  multiplyValues,
  powerOfValues,
  remainderOfValues,
  subtractValues,
} from '../value/arithmetic.ts';
import { equalValues, keyOf, orderOf } from '../value/compare.ts';
import { isList, isValueMap, kindOf } from '../value/kinds.ts';
import { toInt } from '../value/number.ts';
import { compilePattern } from '../value/pattern.ts';
import { assertSize } from '../value/size.ts';
import { Bytes, KeyedMap, Record_, TextTable, type Value } from '../value/types.ts';

/** Value of a binary operator other than `&&`, `||` and `??`. */
export function applyBinary(
  operator: Exclude<BinaryOperator, '&&' | '||' | '??'>,
  a: Value,
  b: Value,
  context: CallContext,
): Value {
  switch (operator) {
    case '==':
      assertComparable(a, b, context);
      return equalValues(a, b);
    case '!=':
      assertComparable(a, b, context);
      return !equalValues(a, b);
    case '<':
      return ordered(operator, a, b) < 0;
    case '>':
      return ordered(operator, a, b) > 0;
    case '<=':
      return ordered(operator, a, b) <= 0;
    case '>=':
      return ordered(operator, a, b) >= 0;
    case '+': {
      const sum = addValues(a, b);
      if (typeof sum === 'string') context.spend(sum.length);
      return sum;
    }
    case '-':
      return subtractValues(a, b);
    case '*':
      return multiplyValues(a, b);
    case '/':
      return divideValues(a, b);
    case '%':
      return remainderOfValues(a, b);
    case '**':
      return powerOfValues(a, b);
    case '..':
      return range(a, b, context);
    case 'in':
      assertComparable(b, b, context);
      return isIn(a, b);
    case 'matches':
      return matches(a, b);
    case 'contains':
    case 'startsWith':
    case 'endsWith':
      return compareTexts(operator, a, b);
  }
}

/** Only containers can be endless, and only when there are two of them. */
function assertComparable(a: Value, b: Value, context: CallContext): void {
  if (typeof a !== 'object' || typeof b !== 'object') return;
  assertSize(a, context.maxOutput);
  assertSize(b, context.maxOutput);
}

function ordered(operator: string, a: Value, b: Value): number {
  const order = orderOf(a, b);
  if (order === undefined) {
    const [left, right] = [kindOf(a), kindOf(b)];
    throw new Fault('expr.type', `${left} ${operator} ${right} has no meaning`, {
      data: { operator, left, right },
    });
  }
  return order;
}

const maxRange = 1_000_000;

function range(a: Value, b: Value, context: CallContext): Value {
  const from = rangeBound(a);
  const to = rangeBound(b);
  if (to < from) return [];
  const length = Number(to - from) + 1;
  if (length >= maxRange) throw new Fault('expr.limit', `the range has ${maxRange} items or more`);
  context.spend(length);
  return Array.from({ length }, (_, index) => from + BigInt(index));
}

function rangeBound(value: Value): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') return toInt(value);
  throw new Fault('expr.type', `a range is bounded by ints, not by a ${kindOf(value)}`);
}

function isIn(needle: Value, hay: Value): boolean {
  if (hay === null) return false;
  if (isList(hay)) return hay.some((item) => equalValues(item, needle));
  if (hay instanceof Bytes) return [...hay.bytes].some((item) => equalValues(BigInt(item), needle));
  if (hay instanceof KeyedMap) return hay.entries.has(keyOf(needle) ?? '');
  const isMap = hay instanceof TextTable || isValueMap(hay);
  if (isMap && needle === null) return false;
  if (typeof needle === 'string') {
    if (hay instanceof TextTable) return Object.hasOwn(hay.entries, needle);
    if (hay instanceof Record_) {
      return hay.spec.fields.some((field) => field.name === needle || field.jsonName === needle);
    }
    if (isMap) return Object.hasOwn(hay, needle);
  }
  throw new Fault('expr.type', `a ${kindOf(needle)} cannot be looked for in a ${kindOf(hay)}`);
}

function matches(a: Value, b: Value): boolean {
  if (a === null || b === null) return false;
  if (typeof a !== 'string' || typeof b !== 'string') throw notTexts('matches', a, b);
  const pattern = compilePattern(b);
  if ('message' in pattern) throw new Fault('expr.argument', pattern.message);
  return pattern.test(a);
}

function compareTexts(operator: 'contains' | 'startsWith' | 'endsWith', a: Value, b: Value): boolean {
  if (a === null || b === null) return false;
  if (typeof a !== 'string' || typeof b !== 'string') throw notTexts(operator, a, b);
  if (operator === 'contains') return a.includes(b);
  return operator === 'startsWith' ? a.startsWith(b) : a.endsWith(b);
}

function notTexts(operator: string, a: Value, b: Value): Fault {
  return new Fault('expr.type', `${operator} compares two strings, not a ${kindOf(a)} and a ${kindOf(b)}`);
}
