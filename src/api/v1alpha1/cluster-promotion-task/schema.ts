import * as z from 'zod';
import type { KubeObject, ResourceType } from '../../meta/index.ts';
import type { KindDefinition } from '../../structural/index.ts';
import { ageColumn } from '../shared/columns.ts';
import { kargoGroup, kargoVersion } from '../shared/group.ts';
import { type PromotionTaskSpec, promotionTaskSpec } from '../shared/task-spec.ts';

/** A ClusterPromotionTask: steps that Stages of all Projects use. */
export interface ClusterPromotionTask extends KubeObject {
  readonly spec: PromotionTaskSpec;
}

/** The kind ClusterPromotionTask. */
export const clusterPromotionTaskKind = {
  group: kargoGroup,
  version: kargoVersion,
  kind: 'ClusterPromotionTask',
  plural: 'clusterpromotiontasks',
  shortNames: ['clusterpromotask', 'clusterpromotasks'],
  scope: 'Cluster',
  description: 'A ClusterPromotionTask is a list of steps that Stages of every Project use by name.',
  members: z.object({ spec: promotionTaskSpec }),
  hasStatus: false,
  printerColumns: [ageColumn],
} as const satisfies KindDefinition;

/** ClusterPromotionTasks in the Kubernetes API. */
export const clusterPromotionTasks: ResourceType<ClusterPromotionTask> = {
  group: kargoGroup,
  version: kargoVersion,
  kind: 'ClusterPromotionTask',
  plural: 'clusterpromotiontasks',
  namespaced: false,
};
