import {
  type CompiledSchema,
  compileStructural,
  readStructuralSchema,
} from '../../../api/structural/index.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../base/index.ts';
import { objectAt } from '../json-path.ts';
import type { Resource } from '../resource.ts';
import type { FieldProblem } from '../status.ts';
import { metadataMembers } from './metadata.ts';

/** Compiled once for each schema object; a changed definition brings a new one. */
const compiled = new WeakMap<JsonObject, CompiledSchema>();

function compile(schema: JsonObject): CompiledSchema | undefined {
  const known = compiled.get(schema);
  if (known !== undefined) return known;
  const read = readStructuralSchema(schema, 'schema');
  if (!read.ok) return undefined;
  const result = compileStructural(read.schema);
  compiled.set(schema, result);
  return result;
}

function schemaOf(resource: Resource): CompiledSchema | undefined {
  return resource.schema === undefined ? undefined : compile(resource.schema);
}

/** The object without fields that the schema does not know, and their paths. */
export function pruneObject(
  resource: Resource,
  object: JsonObject,
): { readonly object: JsonObject; readonly unknown: readonly string[] } {
  const { object: known, unknown } = pruneMetadata(object);
  const schema = schemaOf(resource);
  if (schema === undefined) return { object: known, unknown };
  const { value, prunedPaths } = schema.prune(known);
  return { object: toObject(value, known), unknown: [...unknown, ...prunedPaths] };
}

function pruneMetadata(object: JsonObject): {
  readonly object: JsonObject;
  readonly unknown: readonly string[];
} {
  const entries = Object.entries(objectAt(object, 'metadata'));
  const unknown = entries.map(([name]) => name).filter((name) => !metadataMembers.includes(name));
  if (unknown.length === 0) return { object, unknown };
  const metadata = Object.fromEntries(entries.filter(([name]) => metadataMembers.includes(name)));
  return { object: { ...object, metadata }, unknown: unknown.map((name) => `metadata.${name}`) };
}

/** The object with the schema's defaults filled in, and without nulls where none are allowed, unless they are kept. */
export function defaultObject(
  resource: Resource,
  object: JsonObject,
  options: { readonly keepsNulls: boolean },
): JsonObject {
  return toObject(schemaOf(resource)?.applyDefaults(object, options), object);
}

/** What breaks the schema; its rules run only when the shape is right. */
export function schemaProblems(
  resource: Resource,
  object: JsonObject,
  old: JsonObject | undefined,
): readonly FieldProblem[] {
  const schema = schemaOf(resource);
  const problems = schema?.validate(object) ?? [];
  if (schema === undefined || !hasRules(resource)) return problems;
  if (problems.some(({ reason }) => blocking.includes(reason))) return [...problems, rulesNotChecked];
  return [...problems, ...schema.evaluateRules(object, old)];
}

/** Rules are not evaluated on objects of which these are said. */
const blocking = [
  'FieldValueRequired',
  'FieldValueNotSupported',
  'FieldValueTooLong',
  'FieldValueTooMany',
  'FieldValueTypeInvalid',
];
const rulesNotChecked: FieldProblem = {
  field: '<nil>',
  reason: 'FieldValueInvalid',
  message:
    'Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
};
const withRules = new WeakMap<JsonObject, boolean>();

function hasRules({ schema }: Resource): boolean {
  if (schema === undefined) return false;
  const known = withRules.get(schema) ?? JSON.stringify(schema).includes('"x-kubernetes-validations"');
  withRules.set(schema, known);
  return known;
}

function toObject(value: JsonValue | undefined, fallback: JsonObject): JsonObject {
  return isJsonObject(value) ? value : fallback;
}
