import { isJsonObject, type JsonObject, type JsonValue } from '../../base/index.ts';
import type { StructuralSchema } from './schema.ts';

/** How defaults are filled in. */
export interface DefaultOptions {
  /** Leaves nulls that are not allowed and have no default where they are. */
  readonly keepsNulls?: boolean;
}

/**
 * Fills in the defaults of the schema.
 *
 * Guarantees: pure; the value itself comes back when nothing changes. A null where null is not allowed becomes the
 * default; without a default such a member of an object is dropped, as kube-apiserver does it.
 */
export function applyDefaults(
  schema: StructuralSchema,
  value: JsonValue,
  options: DefaultOptions = {},
): JsonValue {
  if (Array.isArray(value)) return fillList(schema, value, options);
  return isJsonObject(value) ? fillObject(schema, value, options) : value;
}

function fillList(schema: StructuralSchema, value: readonly JsonValue[], options: DefaultOptions): JsonValue {
  const { items } = schema;
  if (items === undefined) return value;
  const next = value.map((item) => {
    const own = item === null && items.nullable !== true ? (items.default ?? item) : item;
    return applyDefaults(items, own, options);
  });
  return next.some((item, index) => item !== value[index]) ? next : value;
}

function fillObject(schema: StructuralSchema, value: JsonObject, options: DefaultOptions): JsonValue {
  const { properties = {}, additionalProperties } = schema;
  const next: Record<string, JsonValue> = {};
  let isChanged = false;
  for (const [name, member] of Object.entries(value)) {
    if (member === undefined) continue;
    const own = Object.hasOwn(properties, name) ? properties[name] : undefined;
    const filled = fillMember(own ?? asSchema(additionalProperties), member, options);
    if (filled !== member) isChanged = true;
    if (filled !== undefined) set(next, name, filled);
  }
  for (const [name, property] of Object.entries(properties)) {
    if (property.default === undefined || Object.hasOwn(next, name)) continue;
    set(next, name, applyDefaults(property, property.default, options));
    isChanged = true;
  }
  return isChanged ? next : value;
}

function fillMember(
  schema: StructuralSchema | undefined,
  member: JsonValue,
  options: DefaultOptions,
): JsonValue | undefined {
  if (schema === undefined) return member;
  if (member !== null || schema.nullable === true) return applyDefaults(schema, member, options);
  if (schema.default !== undefined) return applyDefaults(schema, schema.default, options);
  return options.keepsNulls === true ? null : undefined;
}

function asSchema(schema: boolean | StructuralSchema | undefined): StructuralSchema | undefined {
  return typeof schema === 'object' ? schema : undefined;
}

function set(object: Record<string, JsonValue>, name: string, value: JsonValue): void {
  Object.defineProperty(object, name, { value, enumerable: true, writable: true, configurable: true });
}
