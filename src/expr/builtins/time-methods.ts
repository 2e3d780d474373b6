import {
  anyType,
  boolType,
  durationType,
  floatType,
  intType,
  stringType,
  type Type,
  timeType,
  zoneType,
} from '../check/type.ts';
import { Fault } from '../problem.ts';
import { Duration, formatGoDuration } from '../time/duration.ts';
import { formatGoTime, formatInstant } from '../time/format.ts';
import {
  type CalendarParts,
  epochSecondsOf,
  Instant,
  instantOf,
  partsOf,
  utc,
  Zone,
} from '../time/instant.ts';
import { kindOf } from '../value/kinds.ts';
import { NamedInt, type Value } from '../value/types.ts';
import { intAt, textAt } from './arguments.ts';

/** A method of times or durations: its types and what it does to a receiver. */
export interface MethodRecord<Receiver> {
  readonly params: readonly Type[];
  readonly result: Type;
  call(receiver: Receiver, args: readonly Value[]): Value;
}

const zeroTime = -62_135_596_800n * 1_000_000_000n;

function part(read: (parts: CalendarParts) => number): MethodRecord<Instant> {
  return { params: [], result: intType, call: (time) => BigInt(read(partsOf(time))) };
}

/** A part whose name is what a layout of Go gives. The type is open, since an int has no methods. */
function named(layout: string, read: (parts: CalendarParts) => number): MethodRecord<Instant> {
  return {
    params: [],
    result: anyType,
    call: (time) => new NamedInt(BigInt(read(partsOf(time))), formatInstant(time, layout)),
  };
}

function compare(name: string, test: (a: bigint, b: bigint) => Value, result: Type): MethodRecord<Instant> {
  return {
    params: [timeType],
    result,
    call: (time, args) => test(time.nanoseconds, instantAt(args, name).nanoseconds),
  };
}

function instantAt(args: readonly Value[], name: string): Instant {
  const value = args[0] ?? null;
  if (value instanceof Instant) return value;
  throw new Fault('expr.type', `${name} needs a value of kind time, not ${kindOf(value)}`);
}

function durationAt(args: readonly Value[], name: string): Duration {
  const value = args[0] ?? null;
  if (value instanceof Duration) return value;
  throw new Fault('expr.type', `${name} needs a value of kind duration, not ${kindOf(value)}`);
}

function addDate(time: Instant, args: readonly Value[]): Instant {
  const [years = 0, months = 0, days = 0] = [0, 1, 2].map((index) => intAt(args, index, 'AddDate'));
  const parts = partsOf(time);
  return instantOf(
    { ...parts, year: parts.year + years, month: parts.month + months, day: parts.day + days },
    time.zone,
  );
}

/** Rounds down to a multiple counted from the year 1; with `half`, to the nearest. */
function toMultiple(time: Instant, step: bigint, half: boolean): Instant {
  if (step <= 0n) return time;
  const since = time.nanoseconds - zeroTime;
  const rest = ((since % step) + step) % step;
  const up = half && rest + rest >= step;
  return new Instant(time.nanoseconds - rest + (up ? step : 0n), time.zone);
}

/** Methods of times, by name. */
export const timeMethods: ReadonlyMap<string, MethodRecord<Instant>> = new Map<string, MethodRecord<Instant>>(
  [
    ['Year', part((parts) => parts.year)],
    ['Month', named('January', (parts) => parts.month)],
    ['Day', part((parts) => parts.day)],
    ['Hour', part((parts) => parts.hour)],
    ['Minute', part((parts) => parts.minute)],
    ['Second', part((parts) => parts.second)],
    ['Nanosecond', part((parts) => parts.nanosecond)],
    ['Weekday', named('Monday', (parts) => parts.weekday)],
    ['YearDay', part((parts) => parts.yearDay)],
    ['Unix', { params: [], result: intType, call: (time) => BigInt(epochSecondsOf(time)) }],
    ['UnixMilli', { params: [], result: intType, call: (time) => floor(time.nanoseconds, 1_000_000n) }],
    ['UnixMicro', { params: [], result: intType, call: (time) => floor(time.nanoseconds, 1000n) }],
    ['UnixNano', { params: [], result: intType, call: (time) => BigInt.asIntN(64, time.nanoseconds) }],
    ['After', compare('After', (a, b) => a > b, boolType)],
    ['Before', compare('Before', (a, b) => a < b, boolType)],
    ['Equal', compare('Equal', (a, b) => a === b, boolType)],
    ['Compare', compare('Compare', (a, b) => (a < b ? -1n : a > b ? 1n : 0n), intType)],
    ['Sub', compare('Sub', (a, b) => new Duration(a - b), durationType)],
    [
      'Add',
      {
        params: [durationType],
        result: timeType,
        call: (time, args) => new Instant(time.nanoseconds + durationAt(args, 'Add').nanoseconds, time.zone),
      },
    ],
    ['AddDate', { params: [intType, intType, intType], result: timeType, call: addDate }],
    [
      'Truncate',
      {
        params: [durationType],
        result: timeType,
        call: (time, args) => toMultiple(time, durationAt(args, 'Truncate').nanoseconds, false),
      },
    ],
    [
      'Round',
      {
        params: [durationType],
        result: timeType,
        call: (time, args) => toMultiple(time, durationAt(args, 'Round').nanoseconds, true),
      },
    ],
    [
      'In',
      {
        params: [zoneType],
        result: timeType,
        call: (time, args) => {
          const zone = args[0];
          if (!(zone instanceof Zone)) throw new Fault('expr.type', 'In needs a time zone');
          return new Instant(time.nanoseconds, zone);
        },
      },
    ],
    ['UTC', { params: [], result: timeType, call: (time) => new Instant(time.nanoseconds, utc) }],
    ['Local', { params: [], result: timeType, call: (time) => new Instant(time.nanoseconds, utc) }],
    [
      'Format',
      {
        params: [stringType],
        result: stringType,
        call: (time, args) => formatInstant(time, textAt(args, 0, 'Format')),
      },
    ],
    ['String', { params: [], result: stringType, call: (time) => formatGoTime(time) }],
    ['GoString', { params: [], result: stringType, call: goString }],
    ['IsZero', { params: [], result: boolType, call: (time) => time.nanoseconds === zeroTime }],
  ],
);

function goString(time: Instant): Value {
  const parts = partsOf(time);
  const zone = parts.zoneName === 'UTC' ? 'time.UTC' : `time.Location(${JSON.stringify(parts.zoneName)})`;
  const clock = [parts.hour, parts.minute, parts.second, parts.nanosecond].join(', ');
  return `time.Date(${parts.year}, time.${formatInstant(time, 'January')}, ${parts.day}, ${clock}, ${zone})`;
}

function floor(value: bigint, by: bigint): bigint {
  const quotient = value / by;
  return value < 0n && quotient * by !== value ? quotient - 1n : quotient;
}

function inUnits(nanoseconds: number): MethodRecord<Duration> {
  return { params: [], result: floatType, call: (span) => Number(span.nanoseconds) / nanoseconds };
}

function wholeUnits(nanoseconds: bigint): MethodRecord<Duration> {
  return { params: [], result: intType, call: (span) => span.nanoseconds / nanoseconds };
}

/** Methods of durations, by name. */
export const durationMethods: ReadonlyMap<string, MethodRecord<Duration>> = new Map<
  string,
  MethodRecord<Duration>
>([
  ['Hours', inUnits(3.6e12)],
  ['Minutes', inUnits(6e10)],
  ['Seconds', inUnits(1e9)],
  ['Milliseconds', wholeUnits(1_000_000n)],
  ['Microseconds', wholeUnits(1000n)],
  ['Nanoseconds', wholeUnits(1n)],
  ['String', { params: [], result: stringType, call: (span) => formatGoDuration(span) }],
  [
    'Abs',
    {
      params: [],
      result: durationType,
      call: (span) => new Duration(span.nanoseconds < 0n ? -span.nanoseconds : span.nanoseconds),
    },
  ],
  [
    'Truncate',
    {
      params: [durationType],
      result: durationType,
      call: (span, args) => {
        const step = durationAt(args, 'Truncate').nanoseconds;
        return step <= 0n ? span : new Duration(span.nanoseconds - (span.nanoseconds % step));
      },
    },
  ],
]);

/** Methods of times and durations that the checker knows by the receiver's type. */
export function methodOfType(
  kind: Type['kind'],
  name: string,
): { readonly params: readonly Type[]; readonly result: Type } | undefined {
  if (kind === 'time') return timeMethods.get(name);
  return kind === 'duration' ? durationMethods.get(name) : undefined;
}
