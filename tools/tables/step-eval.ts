import type { JsonObject, JsonValue } from '../../src/base/index.ts';
import {
  answerKey,
  createPromotionExpressions,
  type DeclaredVar,
  type PromotionExpressions,
  type PromotionScope,
  type StepEvaluated,
  type StepFacts,
  type StepRecord,
} from '../../src/domain/expressions/index.ts';
import { formatJson, type ValueMap } from '../../src/expr/index.ts';
import { compareOutcome, type Outcome, type Row, type Table } from './table.ts';

/** Variables, conditions and configs of single steps. */
export const stepEvalTable: Table = {
  name: 'step-eval',
  prepare: () => {
    const expressions = createPromotionExpressions();
    return (row) => runRow(expressions, row);
  },
};

interface StepInput {
  readonly as: string;
  readonly if?: string;
  readonly config?: JsonObject;
  readonly vars?: readonly DeclaredVar[];
}

function scopeOf(context: JsonObject): PromotionScope {
  const text = (name: string): string => String(context[name] ?? '');
  const freight = context['targetFreight'] as { name: string; origin: { kind: string; name: string } };
  return {
    facts: {
      uiBaseUrl: text('uiBaseURL'),
      stage: text('stage'),
      promotion: text('promotion'),
      targetFreight: { ...freight, alias: text('targetFreightAlias') },
      actor: text('actor'),
      isRollback: context['rollback'] === true,
    },
    snapshot: {
      project: text('project'),
      sharedNamespace: 'shared',
      requestedOrigins: [],
      freight: [],
      answers: new Map([[answerKey({ kind: 'configMap', key: 'demo/cm' }), { data: { k: 'v' } }]]),
    },
    nowMs: 0,
  };
}

function runRow(expressions: PromotionExpressions, row: Row): Outcome {
  const step = row.input['step'] as unknown as StepInput;
  const steps = (row.input['stepExecutionMetadata'] ?? []) as unknown as readonly StepRecord[];
  const facts: StepFacts = {
    alias: step.as,
    shownAlias: '',
    outputs: (row.input['state'] ?? {}) as JsonObject,
    verbatimOutputs: [],
    steps,
  };
  const scope = scopeOf(row.input['context'] as JsonObject);
  const promotionVars = (row.input['vars'] ?? []) as unknown as readonly DeclaredVar[];
  const vars = expressions.evaluateVars(scope, promotionVars, { facts, vars: step.vars ?? [] });
  const expect = row.expect as JsonObject;
  const actual: Record<string, JsonValue> = {};
  if (vars.kind !== 'value') actual['varsError'] = true;
  else actual['vars'] = JSON.parse(formatJson(vars.vars)) as JsonValue;
  if ('skip' in expect || 'skipError' in expect)
    Object.assign(actual, skipOf(expressions, scope, facts, step, vars));
  else Object.assign(actual, configOf(expressions, scope, facts, step, vars));
  const wanted = Object.fromEntries(
    Object.entries(expect).map(([name, value]) => [name, name.endsWith('Error') ? true : value]),
  );
  return compareOutcome(wanted, actual);
}

type EvaluatedVars = StepEvaluated<{ readonly vars: ValueMap }>;

function skipOf(
  expressions: PromotionExpressions,
  scope: PromotionScope,
  facts: StepFacts,
  step: StepInput,
  vars: EvaluatedVars,
): JsonObject {
  if (vars.kind !== 'value') return { skipError: true };
  // Without a condition a step runs while nothing has failed.
  const condition = step.if === undefined || step.if === '' ? '${{ success() }}' : step.if;
  const result = expressions.evaluateIf(scope, facts, condition, vars.vars);
  return result.kind === 'value' ? { skip: !result.runs } : { skipError: true };
}

function configOf(
  expressions: PromotionExpressions,
  scope: PromotionScope,
  facts: StepFacts,
  step: StepInput,
  vars: EvaluatedVars,
): JsonObject {
  if (vars.kind !== 'value') return { configError: true };
  const result = expressions.evaluateConfig(scope, facts, step.config ?? {}, vars.vars);
  return result.kind === 'value' ? { config: result.config } : { configError: true };
}
