import * as z from 'zod';
import type { ValidationRule } from '../../structural/index.ts';
import {
  flag,
  type Immutable,
  int32,
  jsonObject,
  kubernetesName,
  openText,
  someText,
  text,
  time,
} from './fields.ts';
import { plainStepRules, templateStepRules } from './rules.ts';

/** A variable for expressions. */
export const expressionVariable = z
  .object({
    name: z.string().min(1).meta({
      pattern: '^[a-zA-Z_]\\w*$',
      description: 'The name; expressions read it as vars.<name>.',
    }),
    value: text('The value, which may contain expressions. Empty by default.').optional(),
  })
  .describe('A variable for expressions.');

/** Variables for expressions. */
export const expressionVariables = z
  .array(expressionVariable)
  .describe(
    'Variables that expressions read as vars.<name>; later ones may use earlier ones. None by default.',
  )
  .optional();

const retry = z
  .object({
    timeout: text(
      'How long the step may take from its first attempt on, e.g. "10m"; 0 is no limit. By default the limit of the kind of step.',
    ).optional(),
    errorThreshold: int32(
      'The number of errors in a row that ends the attempts. By default that of the kind of step.',
    ).optional(),
  })
  .describe('When to give up. By default as the kind of step says.');

const task = z
  .object({
    kind: z
      .enum(['PromotionTask', 'ClusterPromotionTask'])
      .describe('The kind of the task. By default PromotionTask.')
      .optional(),
    name: kubernetesName('The name of the task.'),
  })
  .describe('A task whose steps run in the place of this one.');

function promotionStep(rules: readonly ValidationRule[]) {
  return z
    .object({
      uses: someText('The kind of step to run, e.g. "git-clone".').optional(),
      task: task.optional(),
      as: text(
        'The name under which later steps read the output. By default "step-<number>", counted from 1.',
      ).optional(),
      if: text('An expression; the step is skipped unless it is true. By default the step runs.').optional(),
      continueOnError: flag(
        'Whether later steps run, and the outcome stays good, when this step fails. By default false.',
      ).optional(),
      retry: retry.optional(),
      vars: expressionVariables,
      config: jsonObject('The configuration of the step, which may contain expressions.').optional(),
    })
    .meta({ 'x-kubernetes-validations': rules, description: 'One step.' });
}

/** A step of a Promotion or a task. */
export const plainStep = promotionStep(plainStepRules);
/** A step of a Stage's template. */
export const templateStep = promotionStep(templateStepRules);

/** How one step ended; the order is that of severity. */
export type StepStatus = 'Succeeded' | 'Skipped' | 'Running' | 'Aborted' | 'Failed' | 'Errored';

/** What is known about the run of one step. */
export const stepExecutionMetadata = z
  .object({
    alias: text('The name of the step.').optional(),
    startedAt: time('When its first attempt began.').optional(),
    finishedAt: time('When it ended. None while it runs.').optional(),
    errorCount: int32('The number of errors so far. By default 0.').optional(),
    status: openText<StepStatus>(
      'How it ended: Succeeded, Skipped, Running, Aborted, Failed or Errored. None before its first attempt.',
    ).optional(),
    message: text('A sentence about the status.').optional(),
    continueOnError: flag('Whether a failure of this step is tolerated. By default false.').optional(),
  })
  .describe('What is known about the run of one step.');

/** A check that goes on for as long as the promoted Freight is deployed. */
export const healthCheckStep = z
  .object({
    uses: someText('The kind of check, e.g. "argocd-update".'),
    config: jsonObject('The configuration of the check.').optional(),
  })
  .describe('A check that goes on while the Freight is deployed.');

/** A variable for expressions. */
export type ExpressionVariable = Immutable<z.infer<typeof expressionVariable>>;
/** One step of a Promotion, a task or a Stage's template. */
export type PromotionStep = Immutable<z.infer<typeof plainStep>>;
/** What is known about the run of one step. */
export type StepExecutionMetadata = Immutable<z.infer<typeof stepExecutionMetadata>>;
/** A check that goes on for as long as the promoted Freight is deployed. */
export type HealthCheckStep = Immutable<z.infer<typeof healthCheckStep>>;
