/** Any JSON value. */
export type JsonValue = null | boolean | number | string | JsonArray | JsonObject;

/** A JSON array. */
export type JsonArray = readonly JsonValue[];

/** A JSON object. Members that are `undefined` do not exist. */
export interface JsonObject {
  readonly [name: string]: JsonValue | undefined;
}

/** Is this a JSON object, and neither an array nor null? */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Are two JSON values the same?
 *
 * Guarantees: the order of object members does not matter; a member that is `undefined` equals an absent one.
 */
export function equalJson(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => equalJson(item, b[index]));
  }
  if (!isJsonObject(a) || !isJsonObject(b)) return false;
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  for (const name of names) {
    if (!equalJson(ownMember(a, name), ownMember(b, name))) return false;
  }
  return true;
}

/**
 * The JSON merge patch (RFC 7386) that turns `before` into `after`; `undefined` when they are equal.
 *
 * Guarantees: pure; lists are replaced whole; a removed member becomes null.
 */
export function createMergePatch(before: JsonObject, after: JsonObject): JsonObject | undefined {
  const patch: Record<string, JsonValue> = {};
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  for (const name of names) {
    const old = ownMember(before, name);
    const next = ownMember(after, name);
    if (equalJson(old, next)) continue;
    if (next === undefined) {
      patch[name] = null;
      continue;
    }
    patch[name] = isJsonObject(old) && isJsonObject(next) ? (createMergePatch(old, next) ?? {}) : next;
  }
  return Object.keys(patch).length === 0 ? undefined : patch;
}

/** The result of applying a JSON merge patch (RFC 7386) to a value; neither argument is changed. */
export function applyMergePatch(target: JsonValue | undefined, patch: JsonValue): JsonValue {
  if (!isJsonObject(patch)) return patch;
  const result: Record<string, JsonValue> = {};
  if (isJsonObject(target)) {
    for (const [name, value] of Object.entries(target))
      if (value !== undefined) setMember(result, name, value);
  }
  for (const [name, value] of Object.entries(patch)) {
    if (value === undefined) continue;
    if (value === null) delete result[name];
    else setMember(result, name, applyMergePatch(ownMember(result, name), value));
  }
  return result;
}

/** Freezes a value and everything in it. Used on cached objects in development and tests. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const item of Object.values(value)) deepFreeze(item);
  return Object.freeze(value);
}

function ownMember(object: JsonObject, name: string): JsonValue | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** Plain assignment would set the prototype when the name is "__proto__". */
function setMember(object: Record<string, JsonValue>, name: string, value: JsonValue): void {
  Object.defineProperty(object, name, { value, enumerable: true, writable: true, configurable: true });
}
