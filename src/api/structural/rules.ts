import { isJsonObject, type JsonObject, type JsonValue } from '../../base/index.ts';
import { type CompileRule, createRuleCompiler, toCel } from './cel.ts';
import type { ValidationRule } from './kind.ts';
import { type FieldProblem, type FieldReason, memberPath, problem } from './problems.ts';
import type { StructuralSchema } from './schema.ts';
import { createPatternMatcher, identityOf, sortedText } from './validate.ts';

/**
 * All CEL rules of the schema that do not hold.
 *
 * `oldValue` is the stored object at an update; rules over `oldSelf` run only where there is an old value to compare
 * with. The value must have passed `validateStructural`, as in kube-apiserver.
 */
export function evaluateRules(
  schema: StructuralSchema,
  value: JsonValue,
  oldValue?: JsonValue,
  compile: CompileRule = createRuleCompiler(createPatternMatcher()),
): readonly FieldProblem[] {
  return evaluateAt(schema, { value, old: oldValue, at: '' }, compile);
}

interface Place {
  readonly value: JsonValue;
  readonly old: JsonValue | undefined;
  readonly at: string;
}

function evaluateAt(schema: StructuralSchema, place: Place, compile: CompileRule): FieldProblem[] {
  if (place.value === null) return [];
  return [...evaluateOwn(schema, place, compile), ...evaluateChildren(schema, place, compile)];
}

/** What rules see, converted once for all rules of a place. */
interface RuleContext {
  readonly self: unknown;
  readonly oldSelf: unknown;
}

function evaluateOwn(schema: StructuralSchema, place: Place, compile: CompileRule): FieldProblem[] {
  const rules = schema['x-kubernetes-validations'] ?? [];
  if (rules.length === 0) return [];
  const context = {
    self: toCel(schema, place.value),
    oldSelf: place.old === undefined ? null : toCel(schema, place.old),
  };
  return rules.flatMap((rule) => {
    const compiled = compile(rule.rule);
    if (compiled.isTransition && place.old === undefined && rule.optionalOldSelf !== true) return [];
    const outcome = compiled.run(context.self, context.oldSelf);
    if (outcome.ok && outcome.value === true) return [];
    if (outcome.ok) return [ruleProblem(schema, rule, place.at, messageOf(rule, context, compile))];
    const detail = `rule evaluation error: ${outcome.problem}`;
    return [problem(place.at, 'FieldValueInvalid', detail, schema.type)];
  });
}

function messageOf(rule: ValidationRule, context: RuleContext, compile: CompileRule): string {
  if (rule.messageExpression !== undefined) {
    const outcome = compile(rule.messageExpression).run(context.self, context.oldSelf);
    if (outcome.ok && typeof outcome.value === 'string' && outcome.value.trim() !== '')
      return outcome.value.trim();
  }
  return rule.message ?? `failed rule: ${rule.rule}`;
}

function ruleProblem(
  schema: StructuralSchema,
  rule: ValidationRule,
  at: string,
  message: string,
): FieldProblem {
  const reason = reasonOf(rule);
  const field = rule.fieldPath === undefined ? at : memberPath(at, rule.fieldPath.replace(/^\./, ''));
  return problem(field, reason, message, reason === 'FieldValueInvalid' ? (schema.type ?? '') : undefined);
}

function reasonOf(rule: ValidationRule): FieldReason {
  switch (rule.reason) {
    case 'FieldValueRequired':
    case 'FieldValueForbidden':
    case 'FieldValueDuplicate':
      return rule.reason;
    default:
      return 'FieldValueInvalid';
  }
}

function evaluateChildren(schema: StructuralSchema, place: Place, compile: CompileRule): FieldProblem[] {
  if (Array.isArray(place.value)) return evaluateItems(schema, place.value, place, compile);
  return isJsonObject(place.value) ? evaluateMembers(schema, place.value, place, compile) : [];
}

/** Items have an old value only in list maps, where keys say which item is which. */
function evaluateItems(
  schema: StructuralSchema,
  value: readonly JsonValue[],
  place: Place,
  compile: CompileRule,
): FieldProblem[] {
  const { items } = schema;
  if (items === undefined) return [];
  const identify = schema['x-kubernetes-list-type'] === 'map' ? identityOf(schema) : undefined;
  const old = new Map<string, JsonValue>();
  if (identify !== undefined && Array.isArray(place.old)) {
    for (const item of place.old) old.set(sortedText(identify(item)), item);
  }
  return value.flatMap((item, index) =>
    evaluateAt(
      items,
      {
        value: item,
        old: identify === undefined ? undefined : old.get(sortedText(identify(item))),
        at: `${place.at}[${index}]`,
      },
      compile,
    ),
  );
}

function evaluateMembers(
  schema: StructuralSchema,
  value: JsonObject,
  place: Place,
  compile: CompileRule,
): FieldProblem[] {
  const { properties = {}, additionalProperties } = schema;
  const rest = typeof additionalProperties === 'object' ? additionalProperties : undefined;
  const old = isJsonObject(place.old) ? place.old : {};
  return Object.entries(value).flatMap(([name, member]) => {
    const own = Object.hasOwn(properties, name) ? properties[name] : rest;
    if (own === undefined || member === undefined) return [];
    const before = Object.hasOwn(old, name) ? old[name] : undefined;
    return evaluateAt(own, { value: member, old: before, at: memberPath(place.at, name) }, compile);
  });
}
