import type { JsonObject, JsonValue } from '../../base/index.ts';
import {
  type ConfigProblem,
  createTemplates,
  type FunctionSignature,
  markVerbatim,
  type Need,
  type Templates,
  type Value,
  type ValueMap,
} from '../../expr/index.ts';
import { dataFunctions } from './data-functions.ts';
import { type PromotionScope, promotionEnvironment, type StepFacts } from './environment.ts';
import { freightFunctions } from './freight-functions.ts';
import { statusFunctions } from './status-functions.ts';
import { utilityFunctions } from './utility-functions.ts';

/** A variable as manifests declare it. */
export interface DeclaredVar {
  readonly name: string;
  readonly value?: string;
}

/** The part of a step that holds expressions. */
export interface StepTemplates {
  readonly vars?: readonly DeclaredVar[];
  readonly if?: string;
  readonly config?: JsonObject;
}

/** A problem in a step's expressions and where it is. */
export interface StepProblem extends ConfigProblem {
  readonly where: 'vars' | 'if' | 'config';
}

/** What evaluating gives: a value, what has to be read first, or what is wrong. */
export type StepEvaluated<T> =
  | ({ readonly kind: 'value' } & T)
  | { readonly kind: 'needs'; readonly needs: readonly Need[] }
  | { readonly kind: 'problems'; readonly problems: readonly StepProblem[] };

/** Evaluates the expressions of Promotions. Keeps a bounded cache of compiled expressions. */
export interface PromotionExpressions {
  /** Variables of the Promotion, then those of the step, each seeing the ones before it; later ones win. */
  evaluateVars(
    scope: PromotionScope,
    promotionVars: readonly DeclaredVar[],
    step?: { readonly facts: StepFacts; readonly vars: readonly DeclaredVar[] },
  ): StepEvaluated<{ readonly vars: ValueMap }>;
  /** The value of `if`, which must be a boolean. */
  evaluateIf(
    scope: PromotionScope,
    step: StepFacts,
    condition: string,
    vars: ValueMap,
  ): StepEvaluated<{ readonly runs: boolean }>;
  /** The config, and JSON pointers of the strings in it that stand for themselves. */
  evaluateConfig(
    scope: PromotionScope,
    step: StepFacts,
    config: JsonObject,
    vars: ValueMap,
  ): StepEvaluated<{ readonly config: JsonObject; readonly pointers: readonly string[] }>;
}

/** Functions that expressions in variables know. */
export const varFunctions: readonly FunctionSignature[] = [
  ...freightFunctions,
  ...dataFunctions,
  ...utilityFunctions,
];

/** Functions that expressions in `if` and `config` know. */
export const stepFunctions: readonly FunctionSignature[] = [...varFunctions, ...statusFunctions];

/** The evaluator of Promotions' expressions. */
export function createPromotionExpressions(): PromotionExpressions {
  const forVars = createTemplates({ functions: varFunctions });
  const forSteps = createTemplates({ functions: stepFunctions });
  return {
    evaluateVars(scope, promotionVars, step) {
      const first = evaluateVarList(forVars, scope, promotionVars, {}, undefined);
      if (first.kind !== 'value' || step === undefined) return first;
      return evaluateVarList(forVars, scope, step.vars, first.vars, step.facts);
    },
    evaluateIf(scope, step, condition, vars) {
      const result = forSteps.evaluateTemplate(condition, promotionEnvironment(scope, vars, step));
      if (result.kind === 'needs') return result;
      if (result.kind === 'problem')
        return failed('if', { pointer: '/if', template: condition, problem: result.problem });
      if (typeof result.value === 'boolean') return { kind: 'value', runs: result.value };
      return failed('if', notBoolean(condition, result.value));
    },
    evaluateConfig(scope, step, config, vars) {
      const result = forSteps.evaluateConfig(config, promotionEnvironment(scope, vars, step));
      if (result.kind === 'needs') return result;
      if (result.kind === 'problems') {
        return {
          kind: 'problems',
          problems: result.problems.map((problem) => ({ ...problem, where: 'config' })),
        };
      }
      return { kind: 'value', config: result.value as JsonObject, pointers: result.pointers };
    },
  };
}

function evaluateVarList(
  templates: Templates,
  scope: PromotionScope,
  list: readonly DeclaredVar[],
  before: ValueMap,
  step: StepFacts | undefined,
): StepEvaluated<{ readonly vars: ValueMap }> {
  const vars: Record<string, Value> = Object.assign(Object.create(null), before);
  for (const { name, value = '' } of list) {
    const result = templates.evaluateTemplate(value, promotionEnvironment(scope, vars, step));
    if (result.kind === 'needs') return result;
    if (result.kind === 'problem') {
      return failed('vars', { pointer: `/vars/${name}`, template: value, problem: result.problem });
    }
    vars[name] = markVerbatim(result.value as Value, result.pointers);
  }
  return { kind: 'value', vars };
}

function failed(where: StepProblem['where'], problem: ConfigProblem): StepEvaluated<never> {
  return { kind: 'problems', problems: [{ ...problem, where }] };
}

function notBoolean(template: string, value: JsonValue): ConfigProblem {
  const kind = value === null ? 'nil' : Array.isArray(value) ? 'list' : typeof value;
  const message = `the condition must give a boolean, not a ${kind}`;
  const hint = hintForCondition(template);
  const problem = {
    code: 'expr.type' as const,
    message,
    hint,
    data: { kind },
    start: 0,
    end: template.length,
  };
  return { pointer: '/if', template, problem };
}

function hintForCondition(template: string): string | undefined {
  if (!template.includes('${'))
    return 'an expression stands between ${{ and }}, and what it gives is no text then';
  // Example: "${{ success }}".
  const name = /^\$\{\{\s*(?<name>\w+)\s*\}\}$/.exec(template)?.groups?.['name'];
  const isFunction = statusFunctions.some((known) => known.name === name);
  return isFunction ? `${name} is a function: write ${name}()` : 'compare with == or !=';
}
