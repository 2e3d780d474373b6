import { compileRe2, isJsonObject, type JsonObject, type JsonValue } from '../../base/index.ts';
import type { ValidationRule } from './kind.ts';
import { type FieldProblem, problem } from './problems.ts';

/** The types that a structural schema knows. */
export type StructuralType = 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean';

/**
 * A structural schema, as CustomResourceDefinitions carry it: OpenAPI v3 without references, a type at every place,
 * and Kubernetes's extensions.
 */
export interface StructuralSchema {
  readonly type?: StructuralType;
  readonly title?: string;
  readonly description?: string;
  readonly default?: JsonValue;
  readonly nullable?: boolean;
  readonly enum?: readonly JsonValue[];
  readonly format?: string;
  /** RE2. */
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: boolean;
  readonly exclusiveMaximum?: boolean;
  readonly multipleOf?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, StructuralSchema>>;
  readonly additionalProperties?: boolean | StructuralSchema;
  readonly items?: StructuralSchema;
  readonly allOf?: readonly StructuralSchema[];
  readonly anyOf?: readonly StructuralSchema[];
  readonly oneOf?: readonly StructuralSchema[];
  readonly not?: StructuralSchema;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
  readonly 'x-kubernetes-int-or-string'?: boolean;
  readonly 'x-kubernetes-embedded-resource'?: boolean;
  readonly 'x-kubernetes-list-type'?: 'atomic' | 'set' | 'map';
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
  readonly 'x-kubernetes-map-type'?: 'atomic' | 'granular';
  readonly 'x-kubernetes-validations'?: readonly ValidationRule[];
}

/** A structural schema, or all that keeps the given one from being one. */
export type StructuralSchemaResult =
  | { readonly ok: true; readonly schema: StructuralSchema }
  | { readonly ok: false; readonly problems: readonly FieldProblem[] };

const types: readonly string[] = ['object', 'array', 'string', 'integer', 'number', 'boolean'];
const logical = ['allOf', 'anyOf', 'oneOf'] as const;

/**
 * Reads a schema given as JSON, from any CustomResourceDefinition.
 *
 * `at` is the path that problems begin with, e.g. "spec.versions[0].schema.openAPIV3Schema".
 * Source: the rules of structural schemas in the Kubernetes documentation.
 */
export function readStructuralSchema(json: JsonValue, at: string): StructuralSchemaResult {
  const problems = checkSchema(json, at, 'structural');
  // The parse step: the checks above have looked at every member that the type names.
  return problems.length === 0
    ? { ok: true, schema: json as unknown as StructuralSchema }
    : { ok: false, problems };
}

/**
 * What is wrong with the place of `metadata` in a definition's schema: what they are is known, and only names may be narrowed.
 *
 * `at` is the path that problems begin with.
 */
export function checkOwnMetadata(json: JsonValue, at: string): readonly FieldProblem[] {
  const properties = isJsonObject(json) ? json['properties'] : undefined;
  const metadata = isJsonObject(properties) ? properties['metadata'] : undefined;
  if (!isJsonObject(metadata)) return [];
  const { properties: members = {}, ...rest } = metadata;
  const isNarrowed =
    Object.keys(rest).every((name) => name === 'type') &&
    isJsonObject(members) &&
    Object.keys(members).every((name) => name === 'name' || name === 'generateName');
  if (isNarrowed) return [];
  const detail =
    'must not specify anything other than name and generateName, but metadata is implicitly specified';
  return [forbidden(`${at}.properties[metadata]`, detail)];
}

/** Inside allOf, anyOf, oneOf and not only value checks may stand: no type, and no structure that is not outside too. */
function checkSchema(json: JsonValue, at: string, place: 'structural' | 'logical'): FieldProblem[] {
  if (!isJsonObject(json)) return [problem(at, 'FieldValueTypeInvalid', 'must be an object', json)];
  return [
    ...checkType(json, at, place),
    ...checkMembers(json, at),
    ...checkPattern(json, at),
    ...checkChildren(json, at, place),
  ];
}

function checkType(json: JsonObject, at: string, place: 'structural' | 'logical'): FieldProblem[] {
  const { type } = json;
  const isOpen =
    json['x-kubernetes-preserve-unknown-fields'] === true || json['x-kubernetes-int-or-string'] === true;
  if (place === 'logical') {
    return type === undefined || isIntOrStringBranch(json)
      ? []
      : [forbidden(`${at}.type`, 'must be empty to be structural')];
  }
  if (type === undefined || type === '') {
    return isOpen
      ? []
      : [problem(`${at}.type`, 'FieldValueRequired', 'must not be empty for specified object fields')];
  }
  if (typeof type === 'string' && types.includes(type)) return [];
  return [problem(`${at}.type`, 'FieldValueNotSupported', `supported values: ${types.join(', ')}`, type)];
}

function isIntOrStringBranch(json: JsonObject): boolean {
  return Object.keys(json).length === 1 && (json['type'] === 'integer' || json['type'] === 'string');
}

function checkMembers(json: JsonObject, at: string): FieldProblem[] {
  const problems: FieldProblem[] = [];
  if (json['$ref'] !== undefined) problems.push(forbidden(`${at}.$ref`, '$ref is not supported'));
  if (json['uniqueItems'] === true)
    problems.push(forbidden(`${at}.uniqueItems`, 'uniqueItems cannot be set to true'));
  if (json['additionalProperties'] === false)
    problems.push(forbidden(`${at}.additionalProperties`, 'additionalProperties cannot be set to false'));
  if (json['properties'] !== undefined && json['additionalProperties'] !== undefined)
    problems.push(
      forbidden(`${at}.additionalProperties`, 'additionalProperties and properties are mutually exclusive'),
    );
  if (json['type'] === 'array' && json['items'] === undefined)
    problems.push(problem(`${at}.items`, 'FieldValueRequired', 'must be specified'));
  if (json['x-kubernetes-list-type'] === 'map' && json['x-kubernetes-list-map-keys'] === undefined)
    problems.push(
      problem(
        `${at}.x-kubernetes-list-map-keys`,
        'FieldValueRequired',
        'must not be empty if x-kubernetes-list-type is map',
      ),
    );
  return problems;
}

function checkPattern(json: JsonObject, at: string): FieldProblem[] {
  const { pattern } = json;
  if (pattern === undefined) return [];
  if (typeof pattern !== 'string')
    return [problem(`${at}.pattern`, 'FieldValueTypeInvalid', 'must be a string', pattern)];
  const compiled = compileRe2(pattern);
  if (compiled.ok) return [];
  const detail = `must be a valid regular expression, but isn't: ${compiled.problem}`;
  return [problem(`${at}.pattern`, 'FieldValueInvalid', detail, pattern)];
}

function checkChildren(json: JsonObject, at: string, place: 'structural' | 'logical'): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const { properties, items, additionalProperties, not } = json;
  if (isJsonObject(properties)) {
    for (const [name, child] of Object.entries(properties))
      problems.push(...checkSchema(child ?? null, `${at}.properties[${name}]`, place));
  }
  if (items !== undefined) problems.push(...checkSchema(items, `${at}.items`, place));
  if (isJsonObject(additionalProperties))
    problems.push(...checkSchema(additionalProperties, `${at}.additionalProperties`, place));
  if (not !== undefined) problems.push(...checkSchema(not, `${at}.not`, 'logical'));
  for (const name of logical) {
    const branches = json[name];
    if (!Array.isArray(branches)) continue;
    for (const [index, branch] of branches.entries())
      problems.push(...checkSchema(branch, `${at}.${name}[${index}]`, 'logical'));
  }
  return problems;
}

function forbidden(field: string, detail: string): FieldProblem {
  return { field, reason: 'FieldValueForbidden', message: `Forbidden: ${detail}` };
}
