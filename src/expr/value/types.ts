import type { Duration } from '../time/duration.ts';
import type { Instant, Zone } from '../time/instant.ts';

/**
 * Any value of the language.
 *
 * int is `bigint` (64 bits, wrapping), float is `number`; so JSON data is a value as it stands: its numbers are floats,
 * as they are after decoding in Go. nil is `null`. Lists are arrays; maps are plain objects read by own members only.
 * Everything else is an `Opaque`.
 */
export type Value = null | boolean | bigint | number | string | Opaque | readonly Value[] | ValueMap;

/** A map with text keys. */
export interface ValueMap {
  readonly [name: string]: Value | undefined;
}

/** Values with a class of their own. */
export type Opaque =
  | Verbatim
  | NamedInt
  | Bytes
  | Instant
  | Duration
  | Zone
  | TextTable
  | KeyedMap
  | Record_
  | Method;

/**
 * A string that stands for itself: a template that consists of it alone is not coerced to a number or boolean.
 * Member access, the ternary, `if` and `??` keep it; every other operator and function sees a plain string.
 */
export class Verbatim {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** An int that has a name, as weekdays and months have: `String()` gives it, everything else sees the int. */
export class NamedInt {
  readonly value: bigint;
  readonly name: string;
  constructor(value: bigint, name: string) {
    this.value = value;
    this.name = name;
  }
}

/** Bytes: the value of a literal such as b'abc'. */
export class Bytes {
  readonly bytes: Uint8Array;
  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }
}

/** A map from text to text, in which a missing key reads as "" rather than nil: ConfigMaps, Secrets, annotations. */
export class TextTable {
  readonly entries: Readonly<Record<string, string>>;
  /** True for a table that was never made; it renders as null and reads as an empty one. */
  readonly isNil: boolean;
  constructor(entries: Readonly<Record<string, string>> | undefined) {
    this.entries = entries ?? {};
    this.isNil = entries === undefined;
  }
}

/** A map with keys of any kind, as `groupBy` makes it. It can be read, never rendered as JSON. */
export class KeyedMap {
  readonly entries: ReadonlyMap<string, readonly [Value, Value]>;
  /** What a key reads as that is not there. */
  readonly missing: Value;
  constructor(entries: ReadonlyMap<string, readonly [Value, Value]>, missing: Value = null) {
    this.entries = entries;
    this.missing = missing;
  }
}

/** A field of a record. Expressions may write either name. */
export interface RecordField {
  /** As in Go code, e.g. "RepoURL". */
  readonly name: string;
  /** As in JSON, e.g. "repoURL". */
  readonly jsonName: string;
  readonly value: Value;
  /** True when JSON leaves the field out while it is empty. */
  readonly omitEmpty?: boolean;
}

/** What a method does; the receiver is bound. */
export type MethodBody = (args: readonly Value[]) => Value;

/** How a record is described. */
export interface RecordSpec {
  /** For messages, e.g. "Image". */
  readonly typeName: string;
  readonly fields: readonly RecordField[];
  readonly methods?: Readonly<Record<string, Method>>;
  /** When present, the record renders as this text instead of its fields. */
  readonly text?: string;
}

/** A value with named fields and methods, made by host functions. Unknown names are errors. */
export class Record_ {
  readonly spec: RecordSpec;
  constructor(spec: RecordSpec) {
    this.spec = spec;
  }
}

/** A callable value: a method bound to its receiver. */
export class Method {
  readonly name: string;
  readonly parameters: { readonly min: number; readonly max: number };
  readonly call: MethodBody;
  constructor(name: string, arity: number, call: MethodBody) {
    this.name = name;
    this.parameters = { min: arity, max: arity };
    this.call = call;
  }
}

/** Go's nil slice: an empty list that renders as null. Compared by identity. */
export const nilList: readonly Value[] = Object.freeze([]);

/** Go's nil map: an empty map that renders as null. Compared by identity. */
export const nilMap: ValueMap = Object.freeze(Object.create(null));

/** A new map without a prototype, so that any key, also "__proto__", is data. */
export function newMap(): Record<string, Value> {
  return Object.create(null) as Record<string, Value>;
}
