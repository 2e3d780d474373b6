import { Duration } from '../time/duration.ts';
import { Instant, Zone } from '../time/instant.ts';
import { isList, isNumber, mapEntries, plain } from './kinds.ts';
import { Bytes, KeyedMap, nilList, nilMap, Record_, TextTable, type Value } from './types.ts';
import { compareText } from './utf8.ts';

/** Are two values equal? Different kinds are unequal, except that an int and a float compare by value. */
export function equalValues(first: Value, second: Value): boolean {
  const a = plain(first);
  const b = plain(second);
  if (a === b || (isNil(a) && isNil(b))) return true;
  if (isNumber(a) && isNumber(b)) return Number(a) === Number(b);
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (isList(a))
    return isList(b) && a.length === b.length && a.every((item, i) => equalValues(item, b[i] ?? null));
  if (a instanceof Instant) return b instanceof Instant && a.nanoseconds === b.nanoseconds;
  if (a instanceof Duration) return b instanceof Duration && a.nanoseconds === b.nanoseconds;
  if (a instanceof Zone) return b instanceof Zone && a.name === b.name;
  if (a instanceof Bytes) {
    return (
      b instanceof Bytes && a.bytes.length === b.bytes.length && a.bytes.every((x, i) => x === b.bytes[i])
    );
  }
  if (a instanceof Record_) return b instanceof Record_ && equalRecords(a, b);
  return equalMaps(a, b);
}

/** nil, and the lists and maps that stand for Go's nil ones. */
function isNil(value: Value): boolean {
  return (
    value === null || value === nilList || value === nilMap || (value instanceof TextTable && value.isNil)
  );
}

function equalRecords(a: Record_, b: Record_): boolean {
  if (a.spec.typeName !== b.spec.typeName || a.spec.text !== b.spec.text) return false;
  return a.spec.fields.every((field, index) => equalValues(field.value, b.spec.fields[index]?.value ?? null));
}

function equalMaps(a: Value, b: Value): boolean {
  const left = mapEntries(a);
  const right = mapEntries(b);
  if (left === undefined || right === undefined || left.length !== right.length) return false;
  const byKey = new Map(right.map(([key, value]) => [keyOf(key), value] as const));
  return left.every(([key, value]) => {
    const other = byKey.get(keyOf(key));
    return other !== undefined && isSameKind(value, other) && equalValues(value, other);
  });
}

/** Within maps an int and a float differ. Source: expr-lang's behavior. */
function isSameKind(a: Value, b: Value): boolean {
  return !isNumber(a) || typeof a === typeof b;
}

/** A text that tells map keys of all kinds apart; `undefined` for values that cannot be keys. */
export function keyOf(value: Value): string | undefined {
  const key = plain(value);
  if (typeof key === 'string') return `s${key}`;
  if (typeof key === 'bigint') return `i${key}`;
  if (typeof key === 'number') return `f${key}`;
  if (typeof key === 'boolean') return `b${key}`;
  if (key === null) return 'n';
  if (key instanceof Instant) return `t${key.nanoseconds}`;
  if (key instanceof Duration) return `d${key.nanoseconds}`;
  return undefined;
}

/** Order of two values of the same ordered kind: negative, zero, positive, NaN; `undefined` when they have none. */
export function orderOf(first: Value, second: Value): number | undefined {
  const a = plain(first);
  const b = plain(second);
  if (isNumber(a) && isNumber(b)) return compareNumbers(a, b);
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b);
  if (a instanceof Instant && b instanceof Instant) return compareNumbers(a.nanoseconds, b.nanoseconds);
  if (a instanceof Duration && b instanceof Duration) return compareNumbers(a.nanoseconds, b.nanoseconds);
  return undefined;
}

function compareNumbers(a: bigint | number, b: bigint | number): number {
  if (typeof a === 'bigint' && typeof b === 'bigint') return a < b ? -1 : a > b ? 1 : 0;
  const left = Number(a);
  const right = Number(b);
  if (Number.isNaN(left) || Number.isNaN(right)) return Number.NaN;
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Is this table or map without entries, or an empty list, text, number zero, false or nil? As JSON's omitempty sees it. */
export function isEmpty(value: Value): boolean {
  const item = plain(value);
  if (item === null || item === false || item === '' || item === 0 || item === 0n) return true;
  if (isList(item)) return item.length === 0;
  if (item instanceof TextTable) return Object.keys(item.entries).length === 0;
  if (item instanceof KeyedMap) return item.entries.size === 0;
  return mapEntries(item)?.length === 0;
}
