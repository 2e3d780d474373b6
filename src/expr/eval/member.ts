import { durationMethods, timeMethods } from '../builtins/time-methods.ts';
import { listNames, nearestNames } from '../print/suggest.ts';
import { Fault } from '../problem.ts';
import { Duration } from '../time/duration.ts';
import { Instant } from '../time/instant.ts';
import { keyOf } from '../value/compare.ts';
import { isList, isValueMap, kindOf, plain } from '../value/kinds.ts';
import { toInt } from '../value/number.ts';
import { Bytes, KeyedMap, Method, Record_, TextTable, type Value } from '../value/types.ts';
import { decodeUtf8, encodeUtf8, isAscii } from '../value/utf8.ts';

/**
 * `object[key]`: a member of a map (nil or "" when it is missing), an item of a list (negative from the end), a
 * field or method of a record, a method of a time or duration.
 *
 * `path` gives the object's name for messages; it is asked only when there is one to write.
 */
export function readMember(object: Value, rawKey: Value, path: () => string): Value {
  const key = plain(rawKey);
  if (isList(object)) return readItem(object, key);
  if (object instanceof TextTable) return readText(object, key);
  if (object instanceof KeyedMap) return readKeyed(object, key);
  if (object instanceof Record_) return readField(object, key);
  if (object instanceof Instant && typeof key === 'string') return bind(timeMethods, object, key);
  if (object instanceof Duration && typeof key === 'string') return bind(durationMethods, object, key);
  if (isValueMap(object)) {
    if (key === null) return null;
    if (typeof key !== 'string') throw new Fault('expr.type', `a key must be a string, not a ${kindOf(key)}`);
    return Object.hasOwn(object, key) ? (object[key] ?? null) : null;
  }
  if (object instanceof Bytes) return readItem([...object.bytes].map(BigInt), key);
  if (typeof object === 'string' && typeof key !== 'string') {
    return readItem([...encodeUtf8(object)].map(BigInt), key);
  }
  throw noMember(object, key, path);
}

function noMember(object: Value, key: Value, pathOf: () => string): Fault {
  const path = pathOf();
  const name = typeof key === 'string' ? `"${key}"` : String(key);
  const data = { path, member: typeof key === 'string' ? key : String(key) };
  if (object === null) {
    return new Fault('expr.nil-access', `cannot read ${name}: ${path} is nil`, { data });
  }
  return new Fault('expr.unknown-name', `cannot read ${name}: ${path} is a ${kindOf(object)}`, { data });
}

function readKeyed(map: KeyedMap, key: Value): Value {
  const text = keyOf(key);
  if (text === undefined) throw new Fault('expr.type', `a ${kindOf(key)} cannot be a key`);
  return map.entries.get(text)?.[1] ?? map.missing;
}

function readItem(list: readonly Value[], key: Value): Value {
  if (typeof key !== 'bigint' && typeof key !== 'number') {
    throw new Fault('expr.type', `an item is named by an int, not a ${kindOf(key)}`);
  }
  const index = Number(typeof key === 'number' ? toInt(key) : key);
  const item = index < -list.length || index >= list.length ? undefined : list.at(index);
  if (item === undefined) {
    const message = `the index ${index} is out of range: the list has ${list.length} items`;
    throw new Fault('expr.range', message, { data: { index, length: list.length } });
  }
  return item;
}

function readText(table: TextTable, key: Value): Value {
  if (key === null) return '';
  if (typeof key !== 'string') throw new Fault('expr.type', `a key must be a string, not a ${kindOf(key)}`);
  return Object.hasOwn(table.entries, key) ? (table.entries[key] ?? '') : '';
}

function readField(record: Record_, key: Value): Value {
  const { typeName, fields, methods } = record.spec;
  if (typeof key === 'string') {
    const field = fields.find((entry) => entry.name === key || entry.jsonName === key);
    if (field !== undefined) return field.value;
    if (methods !== undefined && Object.hasOwn(methods, key)) return methods[key] ?? null;
  }
  const names = [...fields.map((field) => field.name), ...Object.keys(methods ?? {})];
  const wrong = String(key);
  const near = nearestNames(wrong, names);
  throw new Fault(
    'expr.unknown-name',
    `${typeName} has no "${wrong}"${near || `; it has ${listNames(names)}`}`,
    {
      data: { type: typeName, member: wrong, names },
    },
  );
}

function bind<Receiver>(
  methods: ReadonlyMap<
    string,
    { readonly params: readonly unknown[]; call(receiver: Receiver, args: readonly Value[]): Value }
  >,
  receiver: Receiver,
  name: string,
): Value {
  const method = methods.get(name);
  if (method === undefined) {
    const near = nearestNames(name, [...methods.keys()]);
    throw new Fault('expr.unknown-name', `there is no method "${name}"${near}`, { data: { member: name } });
  }
  return new Method(name, method.params.length, (args) => method.call(receiver, args));
}

/** `object[from:to]`; bounds beyond the ends are cut, negative ones count from the end. Texts are cut by bytes. */
export function readSlice(object: Value, from: Value | undefined, to: Value | undefined): Value {
  if (typeof object === 'string') {
    if (isAscii(object)) return object.slice(...boundsOf(object.length, from, to));
    const bytes = encodeUtf8(object);
    return decodeUtf8(bytes.slice(...boundsOf(bytes.length, from, to)));
  }
  if (isList(object)) return object.slice(...boundsOf(object.length, from, to));
  if (object instanceof Bytes)
    return new Bytes(object.bytes.slice(...boundsOf(object.bytes.length, from, to)));
  const what = object === null ? 'nil' : `a ${kindOf(object)}`;
  throw new Fault(object === null ? 'expr.nil-access' : 'expr.type', `${what} cannot be sliced`);
}

function boundsOf(length: number, from: Value | undefined, to: Value | undefined): [number, number] {
  const start = bound(from, 0, length);
  const end = bound(to, length, length);
  return [Math.min(start, end), end];
}

function bound(value: Value | undefined, fallback: number, length: number): number {
  const raw = plain(value ?? null);
  if (value === undefined) return fallback;
  if (typeof raw !== 'bigint' && typeof raw !== 'number') {
    throw new Fault('expr.type', `a slice is bounded by ints, not by a ${kindOf(raw)}`);
  }
  const index = Number(typeof raw === 'number' ? toInt(raw) : raw);
  return Math.min(length, Math.max(0, index < 0 ? length + index : index));
}
