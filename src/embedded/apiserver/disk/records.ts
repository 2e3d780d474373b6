import { crc32 } from 'node:zlib';
import type { JsonObject, JsonValue } from '../../../base/index.ts';
import { deepFreeze, isJsonObject } from '../../../base/index.ts';
import { withMeta } from '../json-path.ts';
import type { StoreEvent, StoreKey } from '../storage.ts';

/** The text that is kept for a value: its checksum and its JSON. */
export function encodeRecord(value: JsonObject): string {
  const json = JSON.stringify(value);
  return `${crc32(json).toString(16).padStart(8, '0')}${json}`;
}

/** The value of a text; `undefined` when it is not what was written. */
export function decodeRecord(text: unknown): JsonObject | undefined {
  if (typeof text !== 'string') return undefined;
  const json = text.slice(8);
  if (crc32(json).toString(16).padStart(8, '0') !== text.slice(0, 8)) return undefined;
  const value = JSON.parse(json) as JsonValue;
  return isJsonObject(value) ? value : undefined;
}

/** A change as it is kept: what an object was before. What it was after follows from later changes and from today. */
export function encodeEvent({ type, key, previous }: StoreEvent): string {
  const { resource, namespace, name } = key;
  return encodeRecord({ type, resource, namespace, name, ...(previous === undefined ? {} : { previous }) });
}

/** A kept change. */
export interface KeptEvent {
  readonly revision: number;
  readonly type: StoreEvent['type'];
  readonly key: StoreKey;
  readonly previous: JsonObject | undefined;
}

/** Reads a kept change; `undefined` when it is not one. */
export function decodeEvent(revision: number, text: unknown): KeptEvent | undefined {
  const value = decodeRecord(text);
  if (value === undefined) return undefined;
  const { type, resource, namespace, name, previous } = value as Record<string, JsonValue>;
  if (type !== 'added' && type !== 'modified' && type !== 'deleted') return undefined;
  const key = { resource: String(resource), namespace: String(namespace), name: String(name) };
  return { revision, type, key, previous: isJsonObject(previous) ? deepFreeze(previous) : undefined };
}

/** The name of a key in one text; resources and namespaces have no slash in their names. */
export const keyOf = ({ resource, namespace, name }: StoreKey): string =>
  [resource, namespace, name].join('/');

/** The whole changes, oldest first, from what is kept of them and the objects as they are now. */
export function completeHistory(
  kept: readonly KeptEvent[],
  objects: ReadonlyMap<string, JsonObject>,
): readonly StoreEvent[] {
  const current = new Map(objects);
  const events: StoreEvent[] = [];
  for (const { revision, type, key, previous } of [...kept].reverse()) {
    const after =
      type === 'deleted'
        ? deepFreeze(withMeta(previous ?? {}, { resourceVersion: String(revision) }))
        : current.get(keyOf(key));
    if (after !== undefined) events.push({ revision, type, key, object: after, previous });
    if (previous === undefined) current.delete(keyOf(key));
    else current.set(keyOf(key), previous);
  }
  return events.reverse();
}
