import { Duration } from '../time/duration.ts';
import { Instant, Zone } from '../time/instant.ts';
import {
  Bytes,
  KeyedMap,
  Method,
  NamedInt,
  Record_,
  TextTable,
  type Value,
  type ValueMap,
  Verbatim,
} from './types.ts';

/** The kind of a value, as messages and tables name it. */
export type Kind =
  | 'nil'
  | 'bool'
  | 'int'
  | 'float'
  | 'string'
  | 'list'
  | 'map'
  | 'time'
  | 'duration'
  | 'bytes'
  | 'zone'
  | 'record'
  | 'function';

/** Kind of a value. */
export function kindOf(value: Value): Kind {
  switch (typeof value) {
    case 'boolean':
      return 'bool';
    case 'bigint':
      return 'int';
    case 'number':
      return 'float';
    case 'string':
      return 'string';
    default:
      return value === null ? 'nil' : kindOfObject(value);
  }
}

function kindOfObject(value: object): Kind {
  if (Array.isArray(value)) return 'list';
  if (value instanceof Verbatim) return 'string';
  if (value instanceof NamedInt) return 'int';
  if (value instanceof Instant) return 'time';
  if (value instanceof Duration) return 'duration';
  if (value instanceof Bytes) return 'bytes';
  if (value instanceof Zone) return 'zone';
  if (value instanceof Record_) return 'record';
  if (value instanceof Method) return 'function';
  return 'map';
}

/** The value without its verbatim flag or its name. */
export function plain(value: Value): Exclude<Value, Verbatim | NamedInt> {
  if (value instanceof NamedInt) return value.value;
  return value instanceof Verbatim ? value.text : value;
}

/** Is this a list? */
export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

/** Is this a plain map with text keys? */
export function isValueMap(value: Value): value is ValueMap {
  return (
    typeof value === 'object' &&
    value !== null &&
    kindOfObject(value) === 'map' &&
    !(value instanceof KeyedMap) &&
    !(value instanceof TextTable)
  );
}

/** Is this an int or a float? */
export function isNumber(value: Value): value is bigint | number {
  return typeof value === 'bigint' || typeof value === 'number';
}

/** Key and value of each member of any map, in the order of its keys; `undefined` when the value is no map. */
export function mapEntries(value: Value): readonly (readonly [Value, Value])[] | undefined {
  if (value instanceof KeyedMap) return [...value.entries.values()];
  if (value instanceof TextTable) return Object.entries(value.entries);
  if (!isValueMap(value)) return undefined;
  // A member that is undefined does not exist.
  return Object.keys(value).flatMap((key) => {
    const item = value[key];
    return item === undefined ? [] : [[key, item] as const];
  });
}
