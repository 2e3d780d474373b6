import { configMaps, secrets } from '../../api/core/index.ts';
import type { KubeObject, ObjectKey, ResourceType } from '../../api/meta/index.ts';
import { annotations, freights, stages, warehouses } from '../../api/v1alpha1/index.ts';
import { isJsonObject, type JsonObject } from '../../base/index.ts';
import {
  answerKey,
  createPromotionExpressions,
  type PromotionScope,
  type StepEvaluated,
  type StepFacts,
  type StepProblem,
} from '../../domain/expressions/index.ts';
import { nameOfActor } from '../../domain/index.ts';
import { formatProblem, type Need } from '../../expr/index.ts';
import type { Clock, KubeReader } from '../../ports/index.ts';
import { stepErrors } from '../errors.ts';
import type { Evaluation, StepExpressions, StepScope } from './expressions.ts';
import type { PromotionFacts } from './facts.ts';
import { escapePointer } from './journal.ts';
import type { EvaluatedConfig, PlannedStep } from './types.ts';

/** Rounds of reading what expressions miss; each round answers at least one need. */
const maxRounds = 32;
/** Shorter secrets are not masked: they would be found in every other word. */
const shortestMasked = 6;

const typesOfNeeds: Readonly<Record<string, ResourceType>> = {
  warehouse: warehouses,
  configMap: configMaps,
  secret: secrets,
  freight: freights,
  stage: stages,
};

/** Those of them that every controller process watches. */
const watchedTypes: ReadonlySet<ResourceType> = new Set([warehouses, freights, stages]);

/** Settings of expressions. */
export interface StepExpressionsOptions {
  /** Namespace of ConfigMaps and Secrets that serve all Projects. */
  readonly sharedNamespace: string | undefined;
}

/**
 * Makes the evaluators of promotions' expressions. What they read through functions such as `secret()` is read once
 * per pass and goes no further.
 */
export function createStepExpressions(
  deps: { readonly reader: KubeReader; readonly clock: Clock },
  options: StepExpressionsOptions,
): (facts: PromotionFacts) => StepExpressions {
  const language = createPromotionExpressions();
  return (facts) => {
    const answers = new Map<string, JsonObject | null>();
    const hidden = new Set<string>();

    /** What the process watches is as fresh as its cache; what it does not have there, it asks for. */
    async function read(type: ResourceType, key: ObjectKey, signal: AbortSignal) {
      const cached = watchedTypes.has(type) ? deps.reader.get(type, key) : undefined;
      return cached ?? deps.reader.getLive(type, key, signal);
    }

    async function answer(need: Need, signal: AbortSignal): Promise<void> {
      const type = typesOfNeeds[need.kind];
      const slash = need.key.indexOf('/');
      const key = { namespace: need.key.slice(0, slash), name: need.key.slice(slash + 1) };
      const found = type === undefined ? undefined : await read(type, key, signal);
      const json = found === undefined ? null : toAnswer(found);
      if (need.kind === 'secret') for (const value of textsOf(json?.['data'])) hidden.add(value);
      answers.set(answerKey(need), json);
    }

    async function evaluate<T>(
      attempt: () => StepEvaluated<T>,
      signal: AbortSignal,
    ): Promise<({ readonly kind: 'value' } & T) | { readonly kind: 'failed'; readonly message: string }> {
      for (let round = 0; round < maxRounds; round++) {
        const result = attempt();
        if (result.kind === 'value') return result;
        if (result.kind === 'problems') return { kind: 'failed', message: describeProblems(result.problems) };
        await Promise.all(result.needs.map((need) => answer(need, signal)));
      }
      const message = `its expressions ask for more and more data; ${maxRounds} rounds are allowed`;
      throw stepErrors.create('step.expression', message);
    }

    const scopeOf = (nowMs: number): PromotionScope => toPromotionScope(facts, answers, options, nowMs);

    function varsOf(step: PlannedStep, stepFacts: StepFacts, scope: PromotionScope) {
      const own = { facts: stepFacts, vars: (step.vars ?? []).map(toVar) };
      return language.evaluateVars(scope, (facts.promotion.spec.vars ?? []).map(toVar), own);
    }

    return {
      mask: (text) => maskValues(text, hidden),
      guess(step, texts, stepScope) {
        const plain = texts.filter((text) => !/\$[{%]/.test(text));
        if (plain.length === texts.length) return plain;
        const stepFacts = toStepFacts(step, stepScope);
        const scope = scopeOf(deps.clock.nowMs());
        const vars = varsOf(step, stepFacts, scope);
        if (vars.kind !== 'value') return plain;
        return texts.flatMap((text) => {
          const result = language.evaluateConfig(scope, stepFacts, { text }, vars.vars);
          const value = result.kind === 'value' ? result.config['text'] : undefined;
          return typeof value === 'string' ? [value] : [];
        });
      },
      async condition(step, stepScope, signal): Promise<Evaluation<boolean>> {
        const stepFacts = toStepFacts(step, stepScope);
        const scope = scopeOf(deps.clock.nowMs());
        const result = await evaluate(() => {
          const vars = varsOf(step, stepFacts, scope);
          return vars.kind === 'value'
            ? language.evaluateIf(scope, stepFacts, step.if ?? '', vars.vars)
            : vars;
        }, signal);
        return result.kind === 'value'
          ? { ok: true, value: result.runs }
          : { ok: false, message: result.message };
      },
      async config(step, stepScope, signal): Promise<Evaluation<EvaluatedConfig>> {
        const stepFacts = toStepFacts(step, stepScope);
        const scope = scopeOf(startOf(step, stepScope) ?? deps.clock.nowMs());
        const config = isJsonObject(step.config) ? step.config : {};
        const result = await evaluate(() => {
          const vars = varsOf(step, stepFacts, scope);
          return vars.kind === 'value' ? language.evaluateConfig(scope, stepFacts, config, vars.vars) : vars;
        }, signal);
        if (result.kind !== 'value') return { ok: false, message: result.message };
        return { ok: true, value: { config: result.config, verbatim: result.pointers } };
      },
    };
  };
}

/** `now()` in a configuration is the step's start, so that a replay of the step sees the same time. */
function startOf(step: PlannedStep, scope: StepScope): number | undefined {
  const startedAt = scope.records.find((record) => record.alias === step.as)?.startedAt;
  return startedAt === undefined ? undefined : Date.parse(startedAt);
}

function toPromotionScope(
  facts: PromotionFacts,
  answers: ReadonlyMap<string, JsonObject | null>,
  options: StepExpressionsOptions,
  nowMs: number,
): PromotionScope {
  const { promotion, stage, freight, collection } = facts;
  const notes = promotion.metadata.annotations ?? {};
  const actor = notes[annotations.createActor] ?? '';
  const items = Object.values(collection.items ?? {});
  return {
    nowMs,
    facts: {
      uiBaseUrl: facts.uiBaseUrl ?? '',
      stage: stage.metadata.name,
      promotion: promotion.metadata.name,
      targetFreight: { name: freight.metadata.name, alias: freight.alias ?? '', origin: freight.origin },
      actor: actor === 'unknown actor' ? '' : nameOfActor(actor),
      isRollback: notes[annotations.rollback] === 'true',
    },
    snapshot: {
      project: promotion.metadata.namespace ?? '',
      sharedNamespace: options.sharedNamespace ?? '',
      requestedOrigins: stage.spec.requestedFreight.map((request) => request.origin),
      freight: items.map((item) => ({
        name: item.name ?? '',
        origin: item.origin ?? freight.origin,
        commits: item.commits ?? [],
        images: item.images ?? [],
        charts: item.charts ?? [],
        artifacts: item.artifacts ?? [],
      })),
      answers,
    },
  };
}

function toStepFacts(step: PlannedStep, scope: StepScope): StepFacts {
  return {
    alias: step.as,
    outputs: scope.outputs,
    verbatimOutputs: verbatimPointers(scope),
    steps: scope.records,
  };
}

/** Pointers are kept per step; an output that became its task's output is found under the task too. */
function verbatimPointers(scope: StepScope): readonly string[] {
  return Object.entries(scope.journal).flatMap(([alias, entry]) => {
    const places = alias.includes('::') ? [alias, alias.slice(0, alias.indexOf('::'))] : [alias];
    return places.flatMap((place) =>
      (entry.verbatim ?? []).map((pointer) => `/${escapePointer(place)}${pointer}`),
    );
  });
}

function toVar(variable: { readonly name: string; readonly value?: string | undefined }) {
  return variable.value === undefined
    ? { name: variable.name }
    : { name: variable.name, value: variable.value };
}

/** Secrets come with their values in base64; expressions see them decoded. */
function toAnswer(object: KubeObject): JsonObject {
  const json = JSON.parse(JSON.stringify(object)) as JsonObject;
  const { data } = json;
  if (object.kind !== 'Secret' || !isJsonObject(data)) return json;
  const decoded = Object.entries(data).map(([name, value]) => [
    name,
    Buffer.from(String(value), 'base64').toString(),
  ]);
  return { ...json, data: Object.fromEntries(decoded) };
}

function textsOf(data: unknown): readonly string[] {
  if (!isJsonObject(data)) return [];
  return Object.values(data).filter((value) => typeof value === 'string');
}

function maskValues(text: string, hidden: ReadonlySet<string>): string {
  let masked = text;
  for (const value of hidden) {
    if (value.length >= shortestMasked) masked = masked.replaceAll(value, '***');
  }
  return masked;
}

function describeProblems(problems: readonly StepProblem[]): string {
  return problems
    .map(
      ({ where, pointer, template, problem }) =>
        `${where}${pointer === '' ? '' : ` at ${pointer}`}: ${formatProblem(template, problem)}`,
    )
    .join('; ');
}
