import { createConditionCompiler } from '../../../api/structural/index.ts';
import type { JsonObject, JsonValue } from '../../../base/index.ts';
import { listAt, textAt } from '../json-path.ts';
import type { FieldProblem } from '../status.ts';

const names = ['object', 'oldObject', 'request'];
// "my-name", "example.com/my-name"
const qualified = /^(?:[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const nameRule =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

/** What an operation comes to by the match conditions of a webhook. */
export type ConditionOutcome =
  | { readonly kind: 'wanted' }
  | { readonly kind: 'unwanted' }
  | { readonly kind: 'failed'; readonly problem: string };

/** Decides match conditions; compiled expressions are kept. */
export interface Conditions {
  /** One that is false decides, whatever the others cannot say. */
  decide(webhook: JsonValue, review: JsonObject): ConditionOutcome;
}

/** A decider with a memory of its own. */
export function createConditions(): Conditions {
  const compile = createConditionCompiler(names);
  return {
    decide(webhook, review) {
      const problems: string[] = [];
      const { object = null, oldObject = null } = review;
      for (const condition of listAt(webhook, 'matchConditions')) {
        const outcome = compile(textAt(condition, 'expression') ?? '').run({
          object,
          oldObject,
          request: review,
        });
        if (outcome.ok && outcome.value === false) return { kind: 'unwanted' };
        if (outcome.ok && outcome.value === true) continue;
        const why = outcome.ok ? 'no truth value' : outcome.problem;
        problems.push(`expression '${textAt(condition, 'expression') ?? ''}' resulted in error: ${why}`);
      }
      const [problem] = problems;
      return problem === undefined ? { kind: 'wanted' } : { kind: 'failed', problem };
    },
  };
}

/** Every condition has a name of its own and an expression that gives true or false. */
export function conditionProblems(webhook: JsonValue, field: string): FieldProblem[] {
  const compile = createConditionCompiler(names);
  const conditions = listAt(webhook, 'matchConditions');
  const problems: FieldProblem[] = [];
  const add = (place: string, reason: string, message: string): unknown =>
    problems.push({ field: place, reason, message });
  for (const [index, condition] of conditions.entries()) {
    const place = `${field}.matchConditions[${index}]`;
    const expression = textAt(condition, 'expression') ?? '';
    const { problem } = compile(expression);
    if (expression.trim() === '') add(`${place}.expression`, 'FieldValueRequired', 'Required value');
    else if (problem !== undefined) {
      add(
        `${place}.expression`,
        'FieldValueInvalid',
        `Invalid value: ${JSON.stringify(expression)}: ${problem}`,
      );
    }
    const name = textAt(condition, 'name') ?? '';
    if (name === '') add(`${place}.name`, 'FieldValueRequired', 'Required value');
    else if (!qualified.test(name)) {
      add(`${place}.name`, 'FieldValueInvalid', `Invalid value: ${JSON.stringify(name)}: ${nameRule}`);
    } else if (conditions.slice(0, index).some((other) => textAt(other, 'name') === name)) {
      add(`${place}.name`, 'FieldValueDuplicate', `Duplicate value: ${JSON.stringify(name)}`);
    }
  }
  return problems;
}
