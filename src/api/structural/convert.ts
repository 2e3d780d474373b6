import * as z from 'zod';
import { isJsonObject, type JsonObject, type JsonValue } from '../../base/index.ts';
import { structuralErrors } from './errors.ts';
import { readStructuralSchema, type StructuralSchema } from './schema.ts';

/** zod constructs that a structural schema can express. `custom`, `unknown` and `any` need an extension beside them. */
const possible: readonly string[] = [
  'object',
  'string',
  'number',
  'boolean',
  'array',
  'record',
  'enum',
  'literal',
  'optional',
  'default',
  'nullable',
  'union',
  'custom',
  'unknown',
  'any',
];

/** Formats whose pattern is dropped, because kube-apiserver checks the format itself. */
const checkedFormats: readonly string[] = ['date-time', 'date', 'email', 'uuid', 'uri', 'ipv4', 'ipv6'];

/** The one form in which Kubernetes takes a union of integer and string. */
const intOrString: JsonValue = [{ type: 'integer' }, { type: 'string' }];
const safeBound = Number.MAX_SAFE_INTEGER;
const int32Max = 2_147_483_647;

/**
 * The structural schema of a zod schema.
 *
 * Errors: structural.impossible, with the path of the construct that a CustomResourceDefinition cannot express.
 */
export function toStructuralSchema(schema: z.ZodType): StructuralSchema {
  const json = z.toJSONSchema(schema, {
    target: 'openapi-3.0',
    io: 'input',
    unrepresentable: 'any',
    cycles: 'throw',
    override: ({ zodSchema, path }) => {
      const { type } = zodSchema._zod.def;
      if (!possible.includes(type)) refuse(path, `${type} cannot be expressed`);
    },
  });
  // The parse step: zod answers JSON typed as its own interface.
  const rewritten = rewrite(json as unknown as JsonObject, []);
  const read = readStructuralSchema(rewritten, '');
  if (read.ok) return read.schema;
  const [first] = read.problems;
  return refuse([], `${first?.field}: ${first?.message}`);
}

function rewrite(json: JsonObject, path: readonly string[]): JsonObject {
  const { $schema: _dialect, ...rest } = json;
  if (rest['$ref'] !== undefined) refuse(path, 'a reference cannot be expressed');
  if (rest['definitions'] !== undefined) refuse(path, 'definitions cannot be expressed');
  if (rest['x-kubernetes-int-or-string'] === true)
    return { ...without(rest, ['type', 'format', 'oneOf']), anyOf: intOrString };
  if (rest['anyOf'] !== undefined || rest['oneOf'] !== undefined)
    refuse(path, 'a union cannot be expressed; use optional siblings and a rule');
  if (rest['allOf'] !== undefined) refuse(path, 'a second pattern cannot be expressed');
  return rewriteChildren(rewriteNumber(rewriteText(rest)), path);
}

function rewriteText(json: JsonObject): JsonObject {
  if (json['type'] !== 'string' || typeof json['format'] !== 'string') return json;
  return checkedFormats.includes(json['format']) ? without(json, ['pattern']) : without(json, ['format']);
}

/** zod states the bounds of its integer types; a CustomResourceDefinition states the width. */
function rewriteNumber(json: JsonObject): JsonObject {
  if (json['type'] !== 'integer') return json;
  const { minimum, maximum } = json;
  const is32 = maximum === int32Max || minimum === -int32Max - 1;
  const noise = [
    ...(minimum === -safeBound || minimum === -int32Max - 1 ? ['minimum'] : []),
    ...(maximum === safeBound || maximum === int32Max ? ['maximum'] : []),
  ];
  return { format: is32 ? 'int32' : 'int64', ...without(json, noise) };
}

function rewriteChildren(json: JsonObject, path: readonly string[]): JsonObject {
  const next: Record<string, JsonValue | undefined> = { ...json };
  const { properties, items, additionalProperties, type } = json;
  if (isJsonObject(properties)) {
    const entries = Object.entries(properties).map(
      ([name, child]) => [name, rewrite(asObject(child), [...path, name])] as const,
    );
    if (entries.length === 0) delete next['properties'];
    else next['properties'] = Object.fromEntries(entries);
    if (additionalProperties !== undefined)
      refuse(path, 'an object that is strict or loose cannot be expressed');
  }
  if (items !== undefined) next['items'] = rewrite(asObject(items), [...path, '[]']);
  if (type === 'object' && isJsonObject(additionalProperties) && properties === undefined)
    next['additionalProperties'] = rewrite(additionalProperties, [...path, '{}']);
  delete next['propertyNames'];
  return next as JsonObject;
}

function asObject(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function without(json: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(json).filter(([name]) => !names.includes(name)));
}

function refuse(path: readonly (string | number)[], why: string): never {
  const at = path.length === 0 ? 'the schema' : `"${path.join('.')}"`;
  throw structuralErrors.create('structural.impossible', `${at} is not structural: ${why}`, {
    data: { path: path.map(String) },
  });
}
