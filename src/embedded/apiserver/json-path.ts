import { isJsonObject, type JsonArray, type JsonObject, type JsonValue } from '../../base/index.ts';

/** The value at a path of member names, or `undefined` where any of them is missing. */
export function valueAt(value: JsonValue | undefined, ...path: readonly string[]): JsonValue | undefined {
  let current = value;
  for (const name of path) {
    if (!isJsonObject(current) || !Object.hasOwn(current, name)) return undefined;
    current = current[name];
  }
  return current;
}

/** The text at a path, or `undefined` where there is none. */
export function textAt(value: JsonValue | undefined, ...path: readonly string[]): string | undefined {
  const found = valueAt(value, ...path);
  return typeof found === 'string' ? found : undefined;
}

/** The object at a path; an empty one where there is none. */
export function objectAt(value: JsonValue | undefined, ...path: readonly string[]): JsonObject {
  const found = valueAt(value, ...path);
  return isJsonObject(found) ? found : {};
}

/** The list at a path; an empty one where there is none. */
export function listAt(value: JsonValue | undefined, ...path: readonly string[]): JsonArray {
  const found = valueAt(value, ...path);
  return isList(found) ? found : [];
}

/** The texts of the list at a path. */
export function textsAt(value: JsonValue | undefined, ...path: readonly string[]): readonly string[] {
  return listAt(value, ...path).filter((item) => typeof item === 'string');
}

/** Is this a JSON array? */
export function isList(value: JsonValue | undefined): value is JsonArray {
  return Array.isArray(value);
}

/** A copy in which the member at the path has this value; `undefined` removes it. Missing parents are made. */
export function withValue(
  object: JsonObject,
  path: readonly string[],
  value: JsonValue | undefined,
): JsonObject {
  const [name, ...rest] = path;
  if (name === undefined) return object;
  if (rest.length > 0) {
    const inner = object[name];
    if (value === undefined && !isJsonObject(inner)) return object;
    return { ...object, [name]: withValue(isJsonObject(inner) ? inner : {}, rest, value) };
  }
  if (value !== undefined) return { ...object, [name]: value };
  if (!Object.hasOwn(object, name)) return object;
  const { [name]: _removed, ...others } = object;
  return others;
}

/** A copy with these members of its metadata changed; `undefined` removes. */
export function withMeta(object: JsonObject, changes: JsonObject): JsonObject {
  const metadata: Record<string, JsonValue> = {};
  for (const [name, value] of Object.entries({ ...objectAt(object, 'metadata'), ...changes })) {
    if (value !== undefined) metadata[name] = value;
  }
  return { ...object, metadata };
}

/** `metadata.name`; empty when it is missing. */
export function nameOf(object: JsonObject): string {
  return textAt(object, 'metadata', 'name') ?? '';
}

/** `metadata.namespace`; `undefined` for cluster-scoped objects. */
export function namespaceOf(object: JsonObject): string | undefined {
  return textAt(object, 'metadata', 'namespace');
}

/** `metadata.resourceVersion` as a number; 0 when it is missing. */
export function revisionOf(object: JsonObject): number {
  return Number(textAt(object, 'metadata', 'resourceVersion') ?? '0');
}
