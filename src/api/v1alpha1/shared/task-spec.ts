import * as z from 'zod';
import type { Immutable } from './fields.ts';
import { expressionVariables, plainStep } from './steps.ts';

/** The spec of PromotionTask and ClusterPromotionTask. */
export const promotionTaskSpec = z
  .object({
    vars: expressionVariables.describe(
      'The inputs of the task; a value is a default, an input without one must be given. None by default.',
    ),
    steps: z.array(plainStep).min(1).describe('The steps, in order; at least one, and none a task.'),
  })
  .describe('What the task does.');

/** The spec of PromotionTask and ClusterPromotionTask. */
export type PromotionTaskSpec = Immutable<z.infer<typeof promotionTaskSpec>>;
