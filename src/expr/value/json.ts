import type { JsonValue } from '../../base/index.ts';
import { Fault } from '../problem.ts';
import { Duration } from '../time/duration.ts';
import { formatRfc3339 } from '../time/format.ts';
import { Instant, Zone } from '../time/instant.ts';
import { base64Encode } from './base64.ts';
import { isEmpty } from './compare.ts';
import { isList, mapEntries } from './kinds.ts';
import { formatJsonFloat } from './number.ts';
import {
  Bytes,
  KeyedMap,
  Method,
  nilList,
  nilMap,
  Record_,
  TextTable,
  type Value,
  type ValueMap,
  Verbatim,
} from './types.ts';
import { compareText } from './utf8.ts';

const escapes: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\b': '\\b',
  '\f': '\\f',
};

/** A text as a JSON string the way Go writes it: `<`, `>`, `&` and line separators are escaped too. */
export function formatJsonString(text: string): string {
  // Control characters, quote, backslash, HTML characters, line separators, lone surrogates.
  const special =
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to escape
    /[\u0000-\u001f"\\<>&\u2028\u2029]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]|\ufffd/g;
  const body = text.replace(special, (found) => {
    const short = escapes[found];
    if (short !== undefined) return short;
    const code = found.charCodeAt(0);
    return code === 0xfffd || (code >= 0xd800 && code <= 0xdfff)
      ? '\ufffd'
      : `\\u${code.toString(16).padStart(4, '0')}`;
  });
  return `"${body}"`;
}

/**
 * A value as JSON text the way Go writes it: map keys sorted, compact, or indented by `indent` spaces.
 *
 * Errors: faults with `expr.unrenderable` for functions, NaN, infinities and maps with keys that are not text.
 */
export function formatJson(value: Value, indent = 0): string {
  return write(value, indent, 0);
}

function write(value: Value, indent: number, depth: number): string {
  if (value === null || value === nilList || value === nilMap) return 'null';
  switch (typeof value) {
    case 'string':
      return formatJsonString(value);
    case 'boolean':
    case 'bigint':
      return String(value);
    case 'number':
      if (!Number.isFinite(value)) throw unrenderable(`the number ${value} does not exist in JSON`);
      return formatJsonFloat(value);
    default:
      return writeObject(value, indent, depth);
  }
}

function writeObject(
  value: Exclude<Value, null | string | boolean | bigint | number>,
  indent: number,
  depth: number,
): string {
  if (isList(value))
    return bracket(
      '[]',
      value.map((item) => write(item, indent, depth + 1)),
      indent,
      depth,
    );
  if (value instanceof Verbatim) return formatJsonString(value.text);
  if (value instanceof Instant) return `"${formatRfc3339(value)}"`;
  if (value instanceof Duration) return String(value.nanoseconds);
  if (value instanceof Bytes) return `"${base64Encode(value.bytes)}"`;
  if (value instanceof Zone) return '{}';
  if (value instanceof TextTable && value.isNil) return 'null';
  if (value instanceof KeyedMap)
    throw unrenderable('a map with keys that are not text does not exist in JSON');
  if (value instanceof Record_) return writeRecord(value, indent, depth);
  const entries = mapEntries(value);
  if (entries === undefined) {
    const hint = isMethod(value) ? `call it: ${value.name}()` : undefined;
    throw unrenderable('a function cannot be written as JSON').withHint(hint);
  }
  const members = entries
    .map(([key, item]) => [String(key), item] as const)
    .sort(([a], [b]) => compareText(a, b))
    .map(([key, item]) => member(key, item, indent, depth));
  return bracket('{}', members, indent, depth);
}

function writeRecord(record: Record_, indent: number, depth: number): string {
  if (record.spec.text !== undefined) return formatJsonString(record.spec.text);
  const members = record.spec.fields
    .filter((field) => field.omitEmpty !== true || !isEmpty(field.value))
    .map((field) => member(field.jsonName, field.value, indent, depth));
  return bracket('{}', members, indent, depth);
}

function member(key: string, item: Value, indent: number, depth: number): string {
  return `${formatJsonString(key)}:${indent > 0 ? ' ' : ''}${write(item, indent, depth + 1)}`;
}

function bracket(pair: '[]' | '{}', items: readonly string[], indent: number, depth: number): string {
  const [open, close] = pair;
  if (items.length === 0) return pair;
  if (indent === 0) return `${open}${items.join(',')}${close}`;
  const inner = ' '.repeat(indent * (depth + 1));
  return `${open}\n${items.map((item) => inner + item).join(',\n')}\n${' '.repeat(indent * depth)}${close}`;
}

/** Plain JSON data as a value whose texts all have the verbatim flag where a pointer names them. */
export function markVerbatim(value: Value, pointers: readonly string[]): Value {
  let marked = value;
  for (const pointer of pointers) marked = markAt(marked, pointer.split('/').slice(1).map(unescapePointer));
  return marked;
}

function markAt(value: Value, path: readonly string[]): Value {
  const [name, ...rest] = path;
  if (name === undefined) return typeof value === 'string' ? new Verbatim(value) : value;
  if (isList(value)) return value.map((item, index) => (String(index) === name ? markAt(item, rest) : item));
  if (mapEntries(value) === undefined || value instanceof TextTable || value instanceof KeyedMap)
    return value;
  const map = value as ValueMap;
  const old = Object.hasOwn(map, name) ? map[name] : undefined;
  if (old === undefined) return value;
  const copy: Record<string, Value> = Object.assign(Object.create(null), map);
  copy[name] = markAt(old, rest);
  return copy;
}

function unescapePointer(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~');
}

/** One step of a JSON pointer. */
export function escapePointer(part: string): string {
  return part.replaceAll('~', '~0').replaceAll('/', '~1');
}

function unrenderable(message: string): Fault {
  return new Fault('expr.unrenderable', message);
}

// What JSON can begin with. Most texts are none, and finding that out by an exception takes long.
const beginsAsJson = /^[\t\n\r ]*(?:[[{"\d-]|true|false|null)/;

/** The data of a JSON text; `undefined` when it is none or holds a number beyond a 64-bit float. */
export function readJson(text: string): JsonValue | undefined {
  if (!beginsAsJson.test(text)) return undefined;
  try {
    return JSON.parse(text, (_, item: unknown) => {
      if (typeof item === 'number' && !Number.isFinite(item)) throw new RangeError('out of range');
      return item;
    }) as JsonValue;
  } catch {
    return undefined;
  }
}

function isMethod(value: Value): value is Method {
  return value instanceof Method;
}
