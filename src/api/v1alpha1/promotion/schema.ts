import * as z from 'zod';
import type { KubeObject, ResourceType } from '../../meta/index.ts';
import type { KindDefinition } from '../../structural/index.ts';
import { freightOrigin } from '../shared/artifacts.ts';
import { ageColumn, textColumn } from '../shared/columns.ts';
import { type Immutable, kubernetesName, kubernetesNamePattern } from '../shared/fields.ts';
import { kargoGroup, kargoVersion } from '../shared/group.ts';
import { type PromotionStatus, promotionStatus } from '../shared/promotion-status.ts';
import { freightOrOriginRules } from '../shared/rules.ts';
import { expressionVariables, plainStep } from '../shared/steps.ts';

const spec = z
  .object({
    stage: kubernetesName('The Stage to promote to.'),
    freight: kubernetesName('The Freight to promote. None when origin is given.').optional(),
    origin: freightOrigin
      .describe('Promotes the best Freight of this origin; replaced by freight at creation. None by default.')
      .optional(),
    target: z
      .string()
      .max(253)
      .meta({ pattern: kubernetesNamePattern, description: 'The Target to promote to. None by default.' })
      .optional(),
    vars: expressionVariables.describe(
      "Variables for the steps; taken from the Stage's template at creation. None by default.",
    ),
    steps: z
      .array(plainStep)
      .min(1)
      .describe("The steps, in order; taken from the Stage's template at creation."),
  })
  .meta({ 'x-kubernetes-validations': freightOrOriginRules, description: 'What to promote, where and how.' });

/** What to promote, where and how. */
export type PromotionSpec = Immutable<z.infer<typeof spec>>;

/** A Promotion: one move of one Freight to one Stage. */
export interface Promotion extends KubeObject {
  readonly spec: PromotionSpec;
  readonly status?: PromotionStatus;
}

/** The kind Promotion. */
export const promotionKind = {
  group: kargoGroup,
  version: kargoVersion,
  kind: 'Promotion',
  plural: 'promotions',
  shortNames: ['promo', 'promos'],
  scope: 'Namespaced',
  description: 'A Promotion is one move of one Freight to one Stage, by running the steps of the Stage.',
  members: z.object({ spec, status: promotionStatus.optional() }),
  hasStatus: true,
  printerColumns: [
    textColumn('Shard', '.metadata.labels.kargo\\.akuity\\.io/shard'),
    textColumn('Stage', '.spec.stage'),
    textColumn('Freight', '.spec.freight'),
    textColumn('Phase', '.status.phase'),
    ageColumn,
  ],
} as const satisfies KindDefinition;

/** Promotions in the Kubernetes API. */
export const promotions: ResourceType<Promotion> = {
  group: kargoGroup,
  version: kargoVersion,
  kind: 'Promotion',
  plural: 'promotions',
  namespaced: true,
};
