import { isJsonObject, type JsonValue } from '../base/index.ts';
import { forgeErrors } from './errors.ts';

/** Members of an answer, whatever they are. */
export type Fields = Readonly<Record<string, JsonValue | undefined>>;

/** The members of an object; none when it is no object. */
export function fieldsOf(value: JsonValue | undefined): Fields {
  return isJsonObject(value) ? value : {};
}

/** The text of a member; empty when it is none. */
export function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

/** The items of a list; none when it is no list. */
export function itemsOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? (value as readonly JsonValue[]) : [];
}

/** An answer that has not the shape which the host documents. */
export function unexpected(host: string, what: string): Error {
  return forgeErrors.create(
    'forge.protocol',
    `${host}’s answer about ${what} is not in its documented shape`,
  );
}
