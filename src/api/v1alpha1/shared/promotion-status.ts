import * as z from 'zod';
import { freightCollection, freightReference } from './artifacts.ts';
import { lastHandledRefresh } from './conditions.ts';
import { type Immutable, int64, jsonObject, openText, text, time } from './fields.ts';
import { healthCheckStep, stepExecutionMetadata } from './steps.ts';

/** The phases of a Promotion; the last four are final. None before a controller has seen it. */
export type PromotionPhase = 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Errored' | 'Aborted';

/** The status of a Promotion, which Stages copy for their last one. */
export const promotionStatus = z
  .object({
    lastHandledRefresh,
    phase: openText<PromotionPhase>(
      'How far it is: Pending, Running, Succeeded, Failed, Errored or Aborted. None before it was looked at.',
    ).optional(),
    message: text('A sentence about the phase.').optional(),
    freight: freightReference.optional(),
    freightCollection: freightCollection.optional(),
    healthChecks: z.array(healthCheckStep).describe('The checks that its steps asked for.').optional(),
    startedAt: time('When it began to run.').optional(),
    finishedAt: time('When it ended. None while it runs.').optional(),
    currentStep: int64('The number of the step that runs now, counted from 0.').optional(),
    stepExecutionMetadata: z
      .array(stepExecutionMetadata)
      .describe('What is known about each step so far, in order.')
      .optional(),
    state: jsonObject('The outputs of the steps by alias, and what a restart needs to go on.').optional(),
  })
  .describe('How the Promotion goes.');

/** The status of a Promotion. */
export type PromotionStatus = Immutable<z.infer<typeof promotionStatus>>;
