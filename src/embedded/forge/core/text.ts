import type { JsonObject, JsonValue } from '../../../base/index.ts';
import { isJsonObject } from '../../../base/index.ts';

/** The text of a member; empty when it is none. */
export function text(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

/** The members of an object; none when it is no object. */
export function members(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

/** The texts of a list; none when it is no list. */
export function texts(value: JsonValue | undefined): string[] {
  const items: readonly JsonValue[] = Array.isArray(value) ? value : [];
  return items.filter((item) => typeof item === 'string');
}

/** A number of a query, within bounds. */
export function clamp(value: string | null, usual: number, max: number): number {
  const number = Number.parseInt(value ?? '', 10);
  return Number.isNaN(number) || number < 1 ? usual : Math.min(number, max);
}

/** RFC 3339 in whole seconds. */
export function formatTime(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** Owner and name of "owner/name"; the owner may be of several parts. */
export function splitName(repository: string): { owner: string; name: string } {
  const slash = repository.lastIndexOf('/');
  return { owner: repository.slice(0, slash), name: repository.slice(slash + 1) };
}
