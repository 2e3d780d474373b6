import type { JsonObject } from '../../base/index.ts';
import {
  type Environment,
  type HostFunction,
  markVerbatim,
  type Value,
  type ValueMap,
  Verbatim,
} from '../../expr/index.ts';
import { createDataFunctions } from './data-functions.ts';
import { createFreightFunctions } from './freight-functions.ts';
import { hintForName } from './hints.ts';
import { type StepRecord, stepRecord } from './records.ts';
import type { ArtifactOrigin, Snapshot } from './snapshot.ts';
import { createStatusFunctions } from './status-functions.ts';
import { utilityImplementations } from './utility-functions.ts';

/** Facts about a Promotion that expressions read as `ctx`. */
export interface PromotionFacts {
  readonly uiBaseUrl: string;
  readonly stage: string;
  readonly promotion: string;
  readonly targetFreight: { readonly name: string; readonly alias: string; readonly origin: ArtifactOrigin };
  readonly actor: string;
  readonly isRollback: boolean;
  /** Only for a Promotion to a Target. */
  readonly target?: { readonly params: JsonObject; readonly labels: JsonObject };
}

/** What has happened before the current step. */
export interface StepFacts {
  /** Alias of the current step with its task prefix; its task decides what `task` and `status` see. */
  readonly alias: string;
  /** What `ctx.meta.step.alias` reads; the alias unless it is said otherwise. */
  readonly shownAlias?: string;
  /** Outputs by full alias. */
  readonly outputs: JsonObject;
  /** JSON pointers, within `outputs`, of strings that stand for themselves. */
  readonly verbatimOutputs: readonly string[];
  readonly steps: readonly StepRecord[];
}

/** Everything that the expressions of a Promotion are evaluated over. */
export interface PromotionScope {
  readonly facts: PromotionFacts;
  readonly snapshot: Snapshot;
  readonly nowMs: number;
}

/** The environment of Promotion-level variables; `step` adds what step-level expressions see. */
export function promotionEnvironment(scope: PromotionScope, vars: ValueMap, step?: StepFacts): Environment {
  const ctx = contextOf(scope, step?.shownAlias ?? step?.alias ?? '');
  const { target } = scope.facts;
  const variables: Record<string, Value> = { ctx, vars };
  if (target !== undefined) variables['target'] = { params: target.params, labels: target.labels };
  if (step !== undefined) Object.assign(variables, stepVariables(step));
  return {
    variables,
    functions: functionsOf(scope.snapshot, step),
    nowMs: scope.nowMs,
    hintFor: (name, path) => hintForName({ ctx, vars, step }, name, path),
  };
}

/** Implementations of all functions over a snapshot; status functions only within a step. */
export function functionsOf(
  snapshot: Snapshot,
  step?: Pick<StepFacts, 'steps' | 'alias'>,
): Readonly<Record<string, HostFunction>> {
  return {
    ...createFreightFunctions(snapshot),
    ...createDataFunctions(snapshot),
    ...utilityImplementations,
    ...(step === undefined ? {} : createStatusFunctions(step.steps, step.alias)),
  };
}

function contextOf(scope: PromotionScope, alias: string): ValueMap {
  const { facts, snapshot } = scope;
  const { name, alias: freightAlias, origin } = facts.targetFreight;
  return {
    uiBaseUrl: facts.uiBaseUrl,
    project: snapshot.project,
    promotion: facts.promotion,
    stage: facts.stage,
    targetFreight: {
      name: new Verbatim(name),
      alias: new Verbatim(freightAlias),
      origin: { name: new Verbatim(origin.name) },
    },
    meta: { promotion: { actor: facts.actor, rollback: facts.isRollback }, step: { alias } },
  };
}

function stepVariables(step: StepFacts): ValueMap {
  const outputs = markVerbatim(step.outputs as ValueMap, step.verbatimOutputs) as ValueMap;
  const stepMetas = Object.fromEntries(step.steps.map((record) => [record.alias, stepRecord(record)]));
  const siblings = taskOutputs(outputs, step.alias);
  return siblings === undefined
    ? { outputs, stepMetas }
    : { outputs, stepMetas, task: { outputs: siblings } };
}

/** Outputs of the steps of the same task by their short aliases; `undefined` outside of tasks. */
function taskOutputs(outputs: ValueMap, alias: string): ValueMap | undefined {
  const [task, step, more] = alias.split('::');
  if (task === undefined || task === '' || step === undefined || more !== undefined) return undefined;
  const prefix = `${task}::`;
  const own = Object.entries(outputs).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(own.map(([name, value]) => [name.slice(prefix.length), value]));
}
