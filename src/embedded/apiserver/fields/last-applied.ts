import { isJsonObject, type JsonObject, type JsonValue } from '../../../base/index.ts';
import { objectAt, textAt, withValue } from '../json-path.ts';
import { compareValues } from './compare.ts';
import { difference, type FieldSet } from './field-set.ts';
import type { Shape } from './shape.ts';
import { fieldsOf, shapeProblems } from './values.ts';

const annotation = 'kubectl.kubernetes.io/last-applied-configuration';
const path = ['metadata', 'annotations', annotation];
const maxAnnotationBytes = 256 * 1024;

/** The one manager whose applies know of the annotation that kubectl's client-side apply leaves behind. */
export const lastAppliedManager = 'kubectl';

/**
 * The fields that kubectl's client-side apply wrote and that still are as it wrote them, by its annotation; `undefined`
 * when there is none that can be read.
 */
export function allowedByLastApplied(
  { shape, apiVersion }: { readonly shape: Shape; readonly apiVersion: string },
  live: JsonObject,
): FieldSet | undefined {
  const applied = parseObject(textAt(live, ...path) ?? '');
  if (applied === undefined || textAt(applied, 'apiVersion') !== apiVersion) return undefined;
  if (shapeProblems(shape, applied, { allowsDuplicates: false }).length > 0) return undefined;
  const { modified, added, removed } = compareValues(shape, applied, live);
  return [modified, added, removed].reduce(difference, fieldsOf(shape, applied));
}

function parseObject(text: string): JsonObject | undefined {
  try {
    const value = JSON.parse(text) as JsonValue;
    return isJsonObject(value) ? value : undefined;
  } catch {
    // Whatever else stands there was not written by kubectl.
    return undefined;
  }
}

/** The object with the annotation brought up to date where it has one, so that client-side apply can be returned to. */
export function withLastApplied(manager: string, object: JsonObject, patch: JsonObject): JsonObject {
  if (manager !== lastAppliedManager || (textAt(object, ...path) ?? '') === '') return object;
  const text = `${JSON.stringify(sortMembers(withValue(patch, path, undefined)))}\n`;
  const next = withValue(object, path, text);
  const annotations = Object.entries(objectAt(next, 'metadata', 'annotations'));
  const bytes = annotations.reduce(
    (sum, [key, value]) => sum + key.length + Buffer.byteLength(String(value)),
    0,
  );
  return bytes > maxAnnotationBytes ? withValue(object, path, undefined) : next;
}

/** As Go writes maps. */
function sortMembers(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(sortMembers);
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, member]) => [name, sortMembers(member ?? null)]));
}
