import { compileRe2, equalJson, isJsonObject, type JsonObject, type JsonValue } from '../../base/index.ts';
import { followsFormat } from './formats.ts';
import { type FieldProblem, memberPath, problem, showValue } from './problems.ts';
import type { StructuralSchema } from './schema.ts';

/** Does a text match an RE2 pattern? Keeps what it compiled. */
export type MatchPattern = (pattern: string, text: string) => boolean;

/** A matcher with a memory of its own: each pattern is compiled once. */
export function createPatternMatcher(): MatchPattern {
  const compiled = new Map<string, ReturnType<typeof compileRe2>>();
  return (pattern, text) => {
    const known = compiled.get(pattern) ?? compileRe2(pattern);
    compiled.set(pattern, known);
    return known.ok && known.re2.test(text);
  };
}

/**
 * All that is wrong with a value, worded as kube-apiserver words it; empty when nothing is.
 *
 * Guarantees: pure; unknown fields are not a problem (they are pruned); CEL rules are not looked at.
 */
export function validateStructural(
  schema: StructuralSchema,
  value: JsonValue,
  matches: MatchPattern = createPatternMatcher(),
): readonly FieldProblem[] {
  return checkValue(schema, value, '', matches);
}

function checkValue(
  schema: StructuralSchema,
  value: JsonValue,
  at: string,
  matches: MatchPattern,
): FieldProblem[] {
  if (value === null && schema.nullable === true) return [];
  const wrongType = checkType(schema, value, at);
  if (wrongType !== undefined) return [wrongType];
  return [
    ...checkLogic(schema, value, at, matches),
    ...checkKind(schema, value, at, matches),
    ...checkEnum(schema, value, at),
  ];
}

function checkKind(
  schema: StructuralSchema,
  value: JsonValue,
  at: string,
  matches: MatchPattern,
): FieldProblem[] {
  if (typeof value === 'string') return checkText(schema, value, at, matches);
  if (typeof value === 'number') return checkNumber(schema, value, at);
  if (Array.isArray(value)) return checkList(schema, value, at, matches);
  return isJsonObject(value) ? checkObject(schema, value, at, matches) : [];
}

function checkType(schema: StructuralSchema, value: JsonValue, at: string): FieldProblem | undefined {
  const actual = typeOf(value);
  if (schema['x-kubernetes-int-or-string'] === true) {
    if (actual === 'integer' || actual === 'string') return undefined;
    return wrongType(at, 'integer,string', actual);
  }
  if (schema.type === undefined || schema.type === actual) return undefined;
  if (schema.type === 'number' && actual === 'integer') return undefined;
  return wrongType(at, schema.type, actual);
}

function wrongType(at: string, wanted: string, actual: string): FieldProblem {
  return problem(at, 'FieldValueTypeInvalid', `${at} in body must be of type ${wanted}: "${actual}"`, actual);
}

function typeOf(value: JsonValue): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

function checkEnum(schema: StructuralSchema, value: JsonValue, at: string): FieldProblem[] {
  if (schema.enum === undefined || schema.enum.some((item) => equalJson(item, value))) return [];
  const supported = schema.enum.map(showValue).join(', ');
  return [problem(at, 'FieldValueNotSupported', `supported values: ${supported}`, value)];
}

function checkText(
  schema: StructuralSchema,
  value: string,
  at: string,
  matches: MatchPattern,
): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const invalid = (detail: string) =>
    problems.push(problem(at, 'FieldValueInvalid', `${at} in body ${detail}`, value));
  const length = [...value].length;
  if (schema.maxLength !== undefined && length > schema.maxLength)
    problems.push(problem(at, 'FieldValueTooLong', `may not be more than ${schema.maxLength} bytes`));
  if (schema.minLength !== undefined && length < schema.minLength)
    invalid(`should be at least ${schema.minLength} chars long`);
  if (schema.pattern !== undefined && !matches(schema.pattern, value))
    invalid(`should match '${schema.pattern}'`);
  if (schema.format !== undefined && !followsFormat(schema.format, value))
    invalid(`must be of type ${schema.format}: ${showValue(value)}`);
  return problems;
}

const int32Limit = 2_147_483_648;

function checkNumber(schema: StructuralSchema, value: number, at: string): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const invalid = (detail: string) =>
    problems.push(problem(at, 'FieldValueInvalid', `${at} in body ${detail}`, value));
  const { minimum, maximum, multipleOf } = schema;
  if (maximum !== undefined && schema.exclusiveMaximum === true && value >= maximum)
    invalid(`should be less than ${maximum}`);
  else if (maximum !== undefined && value > maximum) invalid(`should be less than or equal to ${maximum}`);
  if (minimum !== undefined && schema.exclusiveMinimum === true && value <= minimum)
    invalid(`should be greater than ${minimum}`);
  else if (minimum !== undefined && value < minimum) invalid(`should be greater than or equal to ${minimum}`);
  if (multipleOf !== undefined && multipleOf > 0 && !isMultiple(value, multipleOf))
    invalid(`should be a multiple of ${multipleOf}`);
  if (schema.format === 'int32' && (value >= int32Limit || value < -int32Limit))
    invalid(`must be of type int32: ${value}`);
  return problems;
}

function isMultiple(value: number, factor: number): boolean {
  const quotient = value / factor;
  return Math.abs(quotient - Math.round(quotient)) < 1e-9;
}

function checkList(
  schema: StructuralSchema,
  value: readonly JsonValue[],
  at: string,
  matches: MatchPattern,
): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const { minItems, maxItems, items } = schema;
  if (maxItems !== undefined && value.length > maxItems)
    problems.push(problem(at, 'FieldValueTooMany', `must have at most ${maxItems} items`, value.length));
  if (minItems !== undefined && value.length < minItems)
    problems.push(
      problem(at, 'FieldValueInvalid', `${at} in body should have at least ${minItems} items`, value.length),
    );
  if (items !== undefined) {
    for (const [index, item] of value.entries())
      problems.push(...checkValue(items, item, `${at}[${index}]`, matches));
  }
  return [...problems, ...checkUnique(schema, value, at)];
}

function checkUnique(schema: StructuralSchema, value: readonly JsonValue[], at: string): FieldProblem[] {
  const identify = identityOf(schema);
  if (identify === undefined) return [];
  const seen = new Set<string>();
  const problems: FieldProblem[] = [];
  for (const [index, item] of value.entries()) {
    const identity = identify(item);
    const text = sortedText(identity);
    if (seen.has(text)) problems.push(problem(`${at}[${index}]`, 'FieldValueDuplicate', '', identity));
    seen.add(text);
  }
  return problems;
}

/** What tells the items of a list apart; `undefined` when the list may hold an item twice. */
export function identityOf(schema: StructuralSchema): ((item: JsonValue) => JsonValue) | undefined {
  const listType = schema['x-kubernetes-list-type'];
  if (listType === 'set' || schema.uniqueItems === true) return (item) => item;
  if (listType !== 'map') return undefined;
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  return (item) => {
    const identity: Record<string, JsonValue> = {};
    for (const key of keys) {
      const value = isJsonObject(item) ? item[key] : undefined;
      if (value !== undefined) identity[key] = value;
    }
    return identity;
  };
}

/** JSON with members in order, so that equal values have equal texts. */
export function sortedText(value: JsonValue): string {
  return JSON.stringify(value, (_, member: unknown) =>
    isJsonObject(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}

function checkObject(
  schema: StructuralSchema,
  value: JsonObject,
  at: string,
  matches: MatchPattern,
): FieldProblem[] {
  const problems = [...checkRequired(schema, value, at), ...checkCounts(schema, value, at)];
  const { properties = {}, additionalProperties } = schema;
  for (const [name, member] of Object.entries(value)) {
    if (member === undefined) continue;
    const path = memberPath(at, name);
    const own = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (own !== undefined) problems.push(...checkValue(own, member, path, matches));
    else if (typeof additionalProperties === 'object')
      problems.push(...checkValue(additionalProperties, member, path, matches));
  }
  return problems;
}

function checkRequired(schema: StructuralSchema, value: JsonObject, at: string): FieldProblem[] {
  const wanted = [...(schema.required ?? [])];
  if (schema['x-kubernetes-embedded-resource'] === true) wanted.push('apiVersion', 'kind');
  return [...new Set(wanted)]
    .filter((name) => !Object.hasOwn(value, name) || value[name] === undefined)
    .map((name) => problem(memberPath(at, name), 'FieldValueRequired', ''));
}

function checkCounts(schema: StructuralSchema, value: JsonObject, at: string): FieldProblem[] {
  const { minProperties, maxProperties } = schema;
  if (minProperties === undefined && maxProperties === undefined) return [];
  const count = Object.values(value).filter((member) => member !== undefined).length;
  if (maxProperties !== undefined && count > maxProperties)
    return [problem(at, 'FieldValueTooMany', `must have at most ${maxProperties} items`, count)];
  if (minProperties === undefined || count >= minProperties) return [];
  const detail = `${at} in body should have at least ${minProperties} properties`;
  return [problem(at, 'FieldValueInvalid', detail, count)];
}

function checkLogic(
  schema: StructuralSchema,
  value: JsonValue,
  at: string,
  matches: MatchPattern,
): FieldProblem[] {
  const { allOf, anyOf, oneOf, not } = schema;
  const holds = (branch: StructuralSchema): boolean => checkValue(branch, value, at, matches).length === 0;
  const problems: FieldProblem[] = [];
  const invalid = (detail: string) =>
    problems.push(problem(at, 'FieldValueInvalid', `${at} in body ${detail}`, value));
  for (const branch of allOf ?? []) problems.push(...checkValue(branch, value, at, matches));
  if (anyOf !== undefined && !anyOf.some(holds)) invalid('must validate at least one schema (anyOf)');
  if (oneOf !== undefined && oneOf.filter(holds).length !== 1)
    invalid('must validate one and only one schema (oneOf)');
  if (not !== undefined && holds(not)) invalid('must not validate the schema (not)');
  return problems;
}
