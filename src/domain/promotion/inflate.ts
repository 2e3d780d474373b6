import type { JsonObject } from '../../base/index.ts';

/** A variable of a Promotion, step or task; without a value it has none or the empty one, which is the same. */
export interface Variable {
  readonly name: string;
  readonly value?: string;
}

/** A step as written in a Stage's template, a task or a Promotion. */
export interface StepTemplate {
  readonly uses?: string;
  readonly task?: { readonly name: string; readonly kind?: string };
  readonly as?: string;
  readonly if?: string;
  readonly continueOnError?: boolean;
  readonly retry?: { readonly timeout?: string; readonly errorThreshold?: number };
  readonly vars?: readonly Variable[];
  readonly config?: JsonObject;
}

/** The two kinds of task that a step may name. */
export type TaskKind = 'PromotionTask' | 'ClusterPromotionTask';

/** What a task consists of. */
export interface TaskContent<Step extends StepTemplate = StepTemplate> {
  readonly vars?: readonly Variable[];
  readonly steps: readonly Step[];
}

/** Why steps cannot be inflated. */
export interface InflationProblem {
  readonly reason: 'unknown-kind' | 'missing-task' | 'missing-variable';
  /** Zero-based index of the step that names the task. */
  readonly index: number;
  readonly task: { readonly kind: string; readonly name: string };
  readonly message: string;
}

/** Inflated steps, or the first problem. */
export type Inflation<Step extends StepTemplate> =
  | { readonly ok: true; readonly steps: readonly Step[] }
  | { readonly ok: false; readonly problem: InflationProblem };

/** The alias under which a step's output is found: as written, else "step-<n>" or "task-<n>", counted from 1. */
export function stepAlias(step: StepTemplate, index: number): string {
  if (step.as !== undefined && step.as !== '') return step.as;
  return `${step.task === undefined ? 'step' : 'task'}-${index + 1}`;
}

/** The tasks that steps name, each once. */
export function referencedTasks(
  steps: readonly StepTemplate[],
): readonly { readonly kind: string; readonly name: string }[] {
  const found = new Map<string, { readonly kind: string; readonly name: string }>();
  for (const step of steps) {
    if (step.task === undefined) continue;
    const reference = { kind: taskKind(step.task), name: step.task.name };
    found.set(`${reference.kind}/${reference.name}`, reference);
  }
  return [...found.values()];
}

/**
 * Replaces every step that names a task by the task's steps, aliased "<outer>::<inner>".
 *
 * Variables of an inflated step: the task's defaults unless the Promotion sets the same name to something, then the
 * outer step's, then its own; later ones win at evaluation. An empty text counts as not set.
 * Source: Kargo's behavior, but for a defect: there, steps of a task with three defaults share their variables.
 */
export function inflateSteps<Step extends StepTemplate>(
  steps: readonly Step[],
  promotionVars: readonly Variable[],
  findTask: (kind: TaskKind, name: string) => TaskContent<Step> | undefined,
): Inflation<Step> {
  const inflated: Step[] = [];
  for (const [index, step] of steps.entries()) {
    const alias = stepAlias(step, index);
    if (step.task === undefined) {
      inflated.push({ ...step, as: alias });
      continue;
    }
    const reference = { kind: taskKind(step.task), name: step.task.name };
    const stop = (reason: InflationProblem['reason'], message: string): Inflation<Step> => ({
      ok: false,
      problem: { reason, index, task: reference, message },
    });
    if (!isTaskKind(reference.kind)) return stop('unknown-kind', `unknown task kind "${reference.kind}"`);
    const task = findTask(reference.kind, reference.name);
    if (task === undefined) return stop('missing-task', `${reference.kind} "${reference.name}" not found`);
    const missing = findMissingVariable(task, step, promotionVars);
    if (missing !== undefined)
      return stop(
        'missing-variable',
        `missing value for variable "${missing}" of ${reference.kind} "${reference.name}" (step "${alias}")`,
      );
    const outerVars = [...defaultsOf(task, promotionVars), ...(step.vars ?? [])];
    for (const [innerIndex, inner] of task.steps.entries()) {
      const vars = [...outerVars, ...(inner.vars ?? [])];
      inflated.push({
        ...inner,
        as: `${alias}::${stepAlias(inner, innerIndex)}`,
        ...(vars.length === 0 ? {} : { vars }),
      });
    }
  }
  return { ok: true, steps: inflated };
}

function findMissingVariable(
  task: TaskContent,
  step: StepTemplate,
  promotionVars: readonly Variable[],
): string | undefined {
  return task.vars?.find(
    (variable) =>
      !hasValue(variable) && !sets(promotionVars, variable.name) && !sets(step.vars, variable.name),
  )?.name;
}

function defaultsOf(task: TaskContent, promotionVars: readonly Variable[]): readonly Variable[] {
  return (task.vars ?? []).filter((variable) => hasValue(variable) && !sets(promotionVars, variable.name));
}

function sets(vars: readonly Variable[] | undefined, name: string): boolean {
  return vars?.some((variable) => variable.name === name && hasValue(variable)) ?? false;
}

function hasValue(variable: Variable): boolean {
  return variable.value !== undefined && variable.value !== '';
}

function taskKind(task: { readonly kind?: string }): string {
  return task.kind === undefined || task.kind === '' ? 'PromotionTask' : task.kind;
}

function isTaskKind(kind: string): kind is TaskKind {
  return kind === 'PromotionTask' || kind === 'ClusterPromotionTask';
}
