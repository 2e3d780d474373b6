import * as z from 'zod';
import type { KubeObject, ResourceType } from '../../meta/index.ts';
import type { KindDefinition } from '../../structural/index.ts';
import { ageColumn, textColumn } from '../shared/columns.ts';
import { conditions, observedGeneration } from '../shared/conditions.ts';
import { type Immutable, int32, kubernetesName, openText, text, time } from '../shared/fields.ts';
import { kargoGroup, kargoVersion } from '../shared/group.ts';
import { immutableRules } from '../shared/rules.ts';

/** The phases of a PromotionRequest; the last three are final. */
export type PromotionRequestPhase = 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Errored';

const spec = z
  .object({
    stage: kubernetesName('The Stage whose Targets are promoted to; never changes.').meta({
      'x-kubernetes-validations': immutableRules,
    }),
    freight: kubernetesName('The Freight to promote; never changes.').meta({
      'x-kubernetes-validations': immutableRules,
    }),
    targets: z
      .array(z.object({ name: kubernetesName('The name of the Target.') }).describe('One Target.'))
      .meta({ 'x-kubernetes-list-type': 'atomic', description: 'The Targets to promote to.' }),
  })
  .describe('What to promote to which Targets.');

const status = z
  .object({
    conditions,
    phase: openText<PromotionRequestPhase>(
      'How far it is: Pending, Running, Succeeded, Failed or Errored. None before it was looked at.',
    ).optional(),
    targets: z
      .array(
        z
          .object({
            name: kubernetesName('The name of the Target.'),
            promotion: text('The Promotion to this Target. None before it was made.').optional(),
            phase: text('The phase of that Promotion.').optional(),
          })
          .describe('How the promotion to one Target goes.'),
      )
      .meta({ 'x-kubernetes-list-type': 'atomic', description: 'How each Target goes.' })
      .optional(),
    summary: z
      .object({
        pending: int32('How many wait. By default 0.').optional(),
        running: int32('How many run. By default 0.').optional(),
        succeeded: int32('How many succeeded. By default 0.').optional(),
        failed: int32('How many failed. By default 0.').optional(),
        errored: int32('How many could not do their work. By default 0.').optional(),
        aborted: int32('How many were aborted. By default 0.').optional(),
      })
      .describe('Figures about the Promotions.')
      .optional(),
    observedGeneration,
    startedAt: time('When the first Promotion began.').optional(),
    finishedAt: time('When the last Promotion ended. None while one runs.').optional(),
  })
  .describe('How the promotions go.');

/** What to promote to which Targets. */
export type PromotionRequestSpec = Immutable<z.infer<typeof spec>>;
/** How the promotions of a PromotionRequest go. */
export type PromotionRequestStatus = Immutable<z.infer<typeof status>>;

/** A PromotionRequest: one Freight for several Targets of one Stage. */
export interface PromotionRequest extends KubeObject {
  readonly spec: PromotionRequestSpec;
  readonly status?: PromotionRequestStatus;
}

/** The kind PromotionRequest. */
export const promotionRequestKind = {
  group: kargoGroup,
  version: kargoVersion,
  kind: 'PromotionRequest',
  plural: 'promotionrequests',
  shortNames: ['promotionrequest', 'promotionrequests'],
  scope: 'Namespaced',
  description: 'A PromotionRequest asks for one Freight to be promoted to several Targets of a Stage.',
  members: z.object({ spec, status: status.optional() }),
  hasStatus: true,
  printerColumns: [
    textColumn('Stage', '.spec.stage'),
    textColumn('Freight', '.spec.freight'),
    textColumn('Phase', '.status.phase'),
    ageColumn,
  ],
} as const satisfies KindDefinition;

/** PromotionRequests in the Kubernetes API. */
export const promotionRequests: ResourceType<PromotionRequest> = {
  group: kargoGroup,
  version: kargoVersion,
  kind: 'PromotionRequest',
  plural: 'promotionrequests',
  namespaced: true,
};
