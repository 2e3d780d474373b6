import { isJsonObject, type JsonObject } from '../../base/index.ts';

/** The JSON object in these bytes; `undefined` when they are anything else. */
export function parseJsonObject(bytes: Uint8Array): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** A member that is a text, or `undefined`. */
export function textOf(object: JsonObject, name: string): string | undefined {
  const value = object[name];
  return typeof value === 'string' ? value : undefined;
}

/** A member that is a map of texts; entries that are no text are left out. */
export function textMapOf(object: JsonObject, name: string): Readonly<Record<string, string>> {
  const value = object[name];
  if (!isJsonObject(value)) return {};
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
