import * as z from 'zod';
import type { KubeObject, ResourceType } from '../../meta/index.ts';
import type { KindDefinition } from '../../structural/index.ts';
import { ageColumn } from '../shared/columns.ts';
import { kargoGroup, kargoVersion } from '../shared/group.ts';
import { type PromotionTaskSpec, promotionTaskSpec } from '../shared/task-spec.ts';

/** A PromotionTask: steps that several Stages of one Project use. */
export interface PromotionTask extends KubeObject {
  readonly spec: PromotionTaskSpec;
}

/** The kind PromotionTask. */
export const promotionTaskKind = {
  group: kargoGroup,
  version: kargoVersion,
  kind: 'PromotionTask',
  plural: 'promotiontasks',
  shortNames: ['promotask', 'promotasks'],
  scope: 'Namespaced',
  description: 'A PromotionTask is a list of steps that Stages of its Project use by name.',
  members: z.object({ spec: promotionTaskSpec }),
  hasStatus: false,
  printerColumns: [ageColumn],
} as const satisfies KindDefinition;

/** PromotionTasks in the Kubernetes API. */
export const promotionTasks: ResourceType<PromotionTask> = {
  group: kargoGroup,
  version: kargoVersion,
  kind: 'PromotionTask',
  plural: 'promotiontasks',
  namespaced: true,
};
