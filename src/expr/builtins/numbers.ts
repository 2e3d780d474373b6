import type { CheckResult } from '../check/signature.ts';
import {
  anyType,
  describeType,
  floatType,
  intType,
  isNumeric,
  stringType,
  type Type,
} from '../check/type.ts';
import { Fault } from '../problem.ts';
import { Duration } from '../time/duration.ts';
import { orderOf } from '../value/compare.ts';
import { isList, isNumber, kindOf, plain } from '../value/kinds.ts';
import { parseFloat64, parseInt64, toInt, wrapInt } from '../value/number.ts';
import { assertSize } from '../value/size.ts';
import { formatValue } from '../value/text.ts';
import type { Value } from '../value/types.ts';
import { typed, unary, wrongKind } from './arguments.ts';
import type { Builtin, BuiltinDoc, PlainBuiltin } from './record.ts';

const numbers: readonly Type['kind'][] = ['int', 'float'];

function rounding(doc: BuiltinDoc, round: (value: number) => number): PlainBuiltin {
  return unary(
    doc,
    numbers,
    () => floatType,
    (value) => {
      if (typeof value === 'bigint') return Number(value);
      if (typeof value === 'number') return round(value);
      throw wrongKind(doc.name, 'number', value);
    },
  );
}

function toIntValue(value: Value): Value {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') return toInt(value);
  if (value instanceof Duration) return value.nanoseconds;
  const parsed = typeof value === 'string' ? parseInt64(value) : undefined;
  if (parsed === undefined) throw notNumber('int', value);
  return parsed;
}

function toFloatValue(value: Value): Value {
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'number') return value;
  const parsed = typeof value === 'string' ? parseFloat64(value) : undefined;
  if (parsed === undefined) throw notNumber('float', value);
  return parsed;
}

function notNumber(name: string, value: Value): Fault {
  const what = typeof value === 'string' ? `"${value.slice(0, 40)}"` : `a value of kind ${kindOf(value)}`;
  return new Fault('expr.argument', `${name} cannot read ${what}`);
}

/** Checks functions over numbers and lists of numbers, however nested. */
function checkAggregate(name: string, args: readonly Type[]): CheckResult {
  if (args.length === 0) return { complaint: `${name} takes at least one argument` };
  for (const [argument, type] of args.entries()) {
    if (type.kind === 'any' || type.kind === 'list' || type.kind === 'bytes') return anyType;
    if (!isNumeric(type))
      return { complaint: `${name} cannot take a value of kind ${describeType(type)}`, argument };
  }
  return args[0] ?? anyType;
}

function aggregate(doc: BuiltinDoc, call: (args: readonly Value[]) => Value): PlainBuiltin {
  return { kind: 'plain', ...doc, check: (args) => checkAggregate(doc.name, args), call };
}

function extreme(name: string, isBetter: (order: number) => boolean, args: readonly Value[]): Value {
  let best: Value = null;
  for (const arg of args) {
    const value = plain(arg);
    if (isList(value)) {
      for (const item of value) {
        const inner = extreme(name, isBetter, [item]);
        if (!isNumber(inner)) throw wrongKind(name, 'number', inner);
        if (best === null || isBetter(orderOf(inner, best) ?? 0)) best = inner;
      }
    } else if (isNumber(value)) {
      if (best === null || isBetter(orderOf(value, best) ?? 0)) best = value;
    } else {
      if (args.length === 1) return value;
      throw wrongKind(name, 'number', value);
    }
  }
  return best;
}

function collect(name: string, args: readonly Value[], into: number[] = []): number[] {
  for (const value of args) {
    if (isList(value)) collect(name, value, into);
    else if (isNumber(value)) into.push(Number(value));
    else throw wrongKind(name, 'number', value);
  }
  return into;
}

function median(values: readonly number[]): number {
  if (values.length === 0) return 0;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}

/** Half away from zero, as in Go. */
function roundHalfAway(value: number): number {
  const size = Math.abs(value);
  const whole = Math.floor(size);
  const rounded = size - whole >= 0.5 ? whole + 1 : whole;
  return value < 0 || Object.is(value, -0) ? -rounded : rounded;
}

/** Functions on numbers. */
export const numberBuiltins: readonly Builtin[] = [
  unary(
    {
      name: 'abs',
      signature: 'abs(value: number): number',
      summary: 'The number without its sign.',
      example: { source: 'abs(-5)', result: '5' },
    },
    numbers,
    (type) => type,
    (value) => {
      if (typeof value === 'bigint') return value < 0n ? wrapInt(-value) : value;
      if (typeof value === 'number') return value < 0 ? -value : value;
      throw wrongKind('abs', 'number', value);
    },
  ),
  rounding(
    {
      name: 'ceil',
      signature: 'ceil(value: number): float',
      summary: 'The smallest whole number that is not below the value.',
      example: { source: 'ceil(1.2)', result: '2' },
    },
    Math.ceil,
  ),
  rounding(
    {
      name: 'floor',
      signature: 'floor(value: number): float',
      summary: 'The largest whole number that is not above the value.',
      example: { source: 'floor(1.8)', result: '1' },
    },
    Math.floor,
  ),
  rounding(
    {
      name: 'round',
      signature: 'round(value: number): float',
      summary: 'The nearest whole number; halves go away from zero.',
      example: { source: 'round(2.5)', result: '3' },
    },
    roundHalfAway,
  ),
  unary(
    {
      name: 'int',
      signature: 'int(value: number | string): int',
      summary: 'The value as an int; a float is cut.',
      example: { source: "int('42')", result: '42' },
    },
    ['int', 'float', 'string', 'duration'],
    () => intType,
    toIntValue,
  ),
  unary(
    {
      name: 'float',
      signature: 'float(value: number | string): float',
      summary: 'The value as a float.',
      example: { source: "float('1.5')", result: '1.5' },
    },
    ['int', 'float', 'string'],
    () => floatType,
    toFloatValue,
  ),
  typed(
    {
      name: 'string',
      signature: 'string(value: any): string',
      summary: 'The value as text.',
      example: { source: 'string(1.5)', result: '"1.5"' },
    },
    [{ params: [anyType], result: stringType }],
    (args, context) => {
      assertSize(args[0] ?? null, context.maxOutput);
      const text = formatValue(args[0] ?? null);
      context.spend(text.length);
      return text;
    },
  ),
  aggregate(
    {
      name: 'max',
      signature: 'max(values: number | list…): number',
      summary: 'The largest of numbers, also within lists.',
      example: { source: 'max([3, 7], 5)', result: '7' },
    },
    (args) => extreme('max', (order) => order > 0, args),
  ),
  aggregate(
    {
      name: 'min',
      signature: 'min(values: number | list…): number',
      summary: 'The smallest of numbers, also within lists.',
      example: { source: 'min([3, 7], 5)', result: '3' },
    },
    (args) => extreme('min', (order) => order < 0, args),
  ),
  aggregate(
    {
      name: 'mean',
      signature: 'mean(values: number | list…): float',
      summary: 'The average of numbers, also within lists; 0 for none.',
      example: { source: 'mean([1, 2, 3])', result: '2' },
    },
    (args) => {
      const values = collect('mean', args);
      return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
    },
  ),
  aggregate(
    {
      name: 'median',
      signature: 'median(values: number | list…): float',
      summary: 'The middle of numbers, also within lists; 0 for none.',
      example: { source: 'median([1, 2, 10])', result: '2' },
    },
    (args) => median(collect('median', args)),
  ),
];
