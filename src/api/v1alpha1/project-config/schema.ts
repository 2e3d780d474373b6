import * as z from 'zod';
import type { KubeObject, ResourceType } from '../../meta/index.ts';
import type { KindDefinition } from '../../structural/index.ts';
import { ageColumn, readyColumns } from '../shared/columns.ts';
import { conditions, lastHandledRefresh, observedGeneration } from '../shared/conditions.ts';
import { configMembers, receiverStatuses } from '../shared/config-members.ts';
import { flag, type Immutable, kubernetesNamePattern, textLike } from '../shared/fields.ts';
import { kargoGroup, kargoVersion } from '../shared/group.ts';
import { oneOfTwoRules, stageOrSelectorRules } from '../shared/rules.ts';
import { nameAndLabelSelector } from '../shared/selectors.ts';

function outcomes(first: string, second: string, description: string) {
  return z
    .array(z.string())
    .max(2)
    .meta({
      'x-kubernetes-list-type': 'set',
      'x-kubernetes-validations': oneOfTwoRules(first, second),
      description,
    })
    .optional();
}

const promotionPolicy = z
  .object({
    stage: textLike(
      kubernetesNamePattern,
      'The name of the Stage. Deprecated: use stageSelector. None by default.',
    ).optional(),
    stageSelector: nameAndLabelSelector('The Stages the policy is about.').optional(),
    autoPromotionEnabled: flag(
      'Whether new Freight is promoted to these Stages by itself. By default false.',
    ).optional(),
    autoRollback: z
      .object({
        onPromotion: outcomes(
          'Failed',
          'Errored',
          'Outcomes of a Promotion that cause a rollback: Failed, Errored. None by default.',
        ),
        onVerification: outcomes(
          'Failed',
          'Error',
          'Outcomes of a verification that cause a rollback: Failed, Error. By default Failed.',
        ),
      })
      .describe('When to go back to the Freight before. By default never.')
      .optional(),
  })
  .meta({
    'x-kubernetes-validations': stageOrSelectorRules,
    description: 'What holds for promotions to some Stages.',
  });

const spec = z
  .object({
    promotionPolicies: z
      .array(promotionPolicy)
      .describe(
        'What holds for promotions to which Stages; the first entry that matches decides. None by default.',
      )
      .optional(),
    ...configMembers,
  })
  .describe('The configuration of the Project.');

const status = z
  .object({ conditions, lastHandledRefresh, observedGeneration, webhookReceivers: receiverStatuses })
  .describe('What Gantry knows about the configuration.');

/** What holds for promotions to some Stages. */
export type PromotionPolicy = Immutable<z.infer<typeof promotionPolicy>>;
/** The configuration of a Project. */
export type ProjectConfigSpec = Immutable<z.infer<typeof spec>>;
/** The status of a ProjectConfig. */
export type ProjectConfigStatus = Immutable<z.infer<typeof status>>;

/** A ProjectConfig: the configuration of a Project, named like its namespace. */
export interface ProjectConfig extends KubeObject {
  readonly spec?: ProjectConfigSpec;
  readonly status?: ProjectConfigStatus;
}

/** The kind ProjectConfig. */
export const projectConfigKind = {
  group: kargoGroup,
  version: kargoVersion,
  kind: 'ProjectConfig',
  plural: 'projectconfigs',
  shortNames: [],
  scope: 'Namespaced',
  description: 'A ProjectConfig holds the configuration of a Project and is named like it.',
  members: z.object({ spec: spec.optional(), status: status.optional() }),
  hasStatus: true,
  printerColumns: [...readyColumns, ageColumn],
} as const satisfies KindDefinition;

/** ProjectConfigs in the Kubernetes API. */
export const projectConfigs: ResourceType<ProjectConfig> = {
  group: kargoGroup,
  version: kargoVersion,
  kind: 'ProjectConfig',
  plural: 'projectconfigs',
  namespaced: true,
};
