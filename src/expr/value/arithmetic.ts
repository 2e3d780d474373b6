import { Fault } from '../problem.ts';
import { Duration } from '../time/duration.ts';
import { Instant } from '../time/instant.ts';
import { isNumber, kindOf } from './kinds.ts';
import { wrapInt } from './number.ts';
import { goPower } from './power.ts';
import type { Value } from './types.ts';

/** What to do where `+` meets a text and something else. */
export const stringHint = 'convert with string() first';

function mismatch(operator: string, a: Value, b: Value): Fault {
  const left = kindOf(a);
  const right = kindOf(b);
  return new Fault('expr.type', `${left} ${operator} ${right} has no meaning`, {
    data: { operator, left, right },
    hint:
      operator === '+' && (left === 'string' || right === 'string') && a !== null && b !== null
        ? stringHint
        : undefined,
  });
}

/** `a + b`: numbers, texts, durations, a time and a duration. */
export function addValues(a: Value, b: Value): Value {
  if (typeof a === 'bigint' && typeof b === 'bigint') return wrapInt(a + b);
  if (isNumber(a) && isNumber(b)) return Number(a) + Number(b);
  if (typeof a === 'string' && typeof b === 'string') return a + b;
  if (a instanceof Instant && b instanceof Duration)
    return new Instant(a.nanoseconds + b.nanoseconds, a.zone);
  if (a instanceof Duration && b instanceof Instant)
    return new Instant(a.nanoseconds + b.nanoseconds, b.zone);
  if (a instanceof Duration && b instanceof Duration) return new Duration(a.nanoseconds + b.nanoseconds);
  throw mismatch('+', a, b);
}

/** `a - b`: numbers, durations, two times, a time and a duration. */
export function subtractValues(a: Value, b: Value): Value {
  if (typeof a === 'bigint' && typeof b === 'bigint') return wrapInt(a - b);
  if (isNumber(a) && isNumber(b)) return Number(a) - Number(b);
  if (a instanceof Instant && b instanceof Instant) return new Duration(a.nanoseconds - b.nanoseconds);
  if (a instanceof Instant && b instanceof Duration)
    return new Instant(a.nanoseconds - b.nanoseconds, a.zone);
  if (a instanceof Duration && b instanceof Duration) return new Duration(a.nanoseconds - b.nanoseconds);
  throw mismatch('-', a, b);
}

/** `a * b`: numbers, a number and a duration. */
export function multiplyValues(a: Value, b: Value): Value {
  if (typeof a === 'bigint' && typeof b === 'bigint') return wrapInt(a * b);
  if (isNumber(a) && isNumber(b)) return Number(a) * Number(b);
  if (a instanceof Duration && isNumber(b)) return scale(a, b);
  if (b instanceof Duration && isNumber(a)) return scale(b, a);
  throw mismatch('*', a, b);
}

function scale(span: Duration, by: bigint | number): Duration {
  if (typeof by === 'bigint') return new Duration(span.nanoseconds * by);
  const scaled = Number(span.nanoseconds) * by;
  return new Duration(Number.isFinite(scaled) ? BigInt(Math.trunc(scaled)) : 0n);
}

/** `a / b`: always a float. */
export function divideValues(a: Value, b: Value): Value {
  if (isNumber(a) && isNumber(b)) return Number(a) / Number(b);
  throw mismatch('/', a, b);
}

/** `a % b`: ints only. */
export function remainderOfValues(a: Value, b: Value): Value {
  if (typeof a !== 'bigint' || typeof b !== 'bigint') throw mismatch('%', a, b);
  if (b === 0n) throw new Fault('expr.range', 'division by zero');
  return wrapInt(a % b);
}

/** `a ** b`: always a float. */
export function powerOfValues(a: Value, b: Value): Value {
  if (!isNumber(a) || !isNumber(b)) throw mismatch('**', a, b);
  return goPower(Number(a), Number(b));
}

/** `-a` and `+a`. */
export function signValue(operator: '-' | '+', a: Value): Value {
  if (typeof a === 'bigint') return operator === '-' ? wrapInt(-a) : a;
  if (typeof a === 'number') return operator === '-' ? -a : a;
  // Source: expr-lang's behavior, a plus leaves whatever it gets.
  if (operator === '+') return a;
  if (a instanceof Duration) return new Duration(-a.nanoseconds);
  throw new Fault('expr.type', `${operator} needs a number, not a value of kind ${kindOf(a)}`);
}
