import { isJsonObject, type JsonObject, type JsonValue } from '../../base/index.ts';

/** The value at a JSON pointer (RFC 6901); `undefined` when there is none. */
export function readPointer(root: unknown, pointer: string): unknown {
  let value = root;
  for (const part of pointer.split('/').slice(1)) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
    if (Array.isArray(value)) value = value[Number(name)];
    else if (isJsonObject(value) && Object.hasOwn(value, name)) value = value[name];
    else return undefined;
  }
  return value;
}

/** Without members that are null or undefined, as a merge patch leaves it; lists stay as they are. */
export function withoutNulls(object: JsonObject): JsonObject {
  const kept: Record<string, JsonValue> = {};
  for (const [name, value] of Object.entries(object)) {
    if (value === null || value === undefined) continue;
    kept[name] = isJsonObject(value) ? withoutNulls(value) : value;
  }
  return kept;
}
