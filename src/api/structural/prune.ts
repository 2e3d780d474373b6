import { isJsonObject, type JsonObject, type JsonValue } from '../../base/index.ts';
import { memberPath } from './problems.ts';
import type { StructuralSchema } from './schema.ts';

/** A value without unknown fields, and the paths of those that were dropped. */
export interface PruneResult {
  readonly value: JsonValue;
  readonly prunedPaths: readonly string[];
}

const resourceMembers: readonly string[] = ['apiVersion', 'kind', 'metadata'];

/**
 * Drops the fields that the schema does not know.
 *
 * Guarantees: pure; the value itself comes back when nothing is dropped. `apiVersion`, `kind` and `metadata` of the
 * object and of embedded resources are kept as they are.
 */
export function pruneUnknown(schema: StructuralSchema, value: JsonValue): PruneResult {
  const prunedPaths: string[] = [];
  return { value: prune(schema, value, { at: '', isResource: true, prunedPaths }), prunedPaths };
}

interface Place {
  readonly at: string;
  readonly isResource: boolean;
  readonly prunedPaths: string[];
}

function prune(schema: StructuralSchema, value: JsonValue, place: Place): JsonValue {
  if (Array.isArray(value)) return pruneList(schema, value, place);
  return isJsonObject(value) ? pruneObject(schema, value, place) : value;
}

function pruneList(schema: StructuralSchema, value: readonly JsonValue[], place: Place): JsonValue {
  const { items } = schema;
  if (items === undefined) return value;
  const next = value.map((item, index) => prune(items, item, child(items, place, `${place.at}[${index}]`)));
  return next.some((item, index) => item !== value[index]) ? next : value;
}

function pruneObject(schema: StructuralSchema, value: JsonObject, place: Place): JsonValue {
  const next: Record<string, JsonValue> = {};
  let isChanged = false;
  for (const [name, member] of Object.entries(value)) {
    if (member === undefined) continue;
    const path = memberPath(place.at, name);
    const kept = pruneMember(schema, { name, member }, { ...place, at: path });
    if (kept === undefined) place.prunedPaths.push(path);
    else
      Object.defineProperty(next, name, {
        value: kept,
        enumerable: true,
        writable: true,
        configurable: true,
      });
    if (kept !== member) isChanged = true;
  }
  return isChanged ? next : value;
}

/** The member without unknown fields; `undefined` when it is unknown itself. */
function pruneMember(
  schema: StructuralSchema,
  { name, member }: { readonly name: string; readonly member: JsonValue },
  place: Place,
): JsonValue | undefined {
  if (place.isResource && resourceMembers.includes(name)) return member;
  const { properties = {}, additionalProperties } = schema;
  const own = Object.hasOwn(properties, name) ? properties[name] : undefined;
  if (own !== undefined) return prune(own, member, child(own, place, place.at));
  if (typeof additionalProperties === 'object')
    return prune(additionalProperties, member, child(additionalProperties, place, place.at));
  if (additionalProperties === true || schema['x-kubernetes-preserve-unknown-fields'] === true) return member;
  return undefined;
}

function child(schema: StructuralSchema, place: Place, at: string): Place {
  return {
    at,
    isResource: schema['x-kubernetes-embedded-resource'] === true,
    prunedPaths: place.prunedPaths,
  };
}
