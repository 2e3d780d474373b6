import * as z from 'zod';
import type { KubeObject, ResourceType } from '../../meta/index.ts';
import type { KindDefinition } from '../../structural/index.ts';
import { ageColumn, readyColumns } from '../shared/columns.ts';
import { conditions, lastHandledRefresh, observedGeneration } from '../shared/conditions.ts';
import { configMembers, receiverStatuses } from '../shared/config-members.ts';
import { type Immutable, someText } from '../shared/fields.ts';
import { kargoGroup, kargoVersion } from '../shared/group.ts';
import { localReference } from '../shared/selectors.ts';

const gitClient = z
  .object({
    name: someText('The name in the commits that steps make.'),
    email: z.email().min(1).describe('The mail address in the commits that steps make.'),
    signingKeySecret: localReference(
      'The Secret in the system-resources namespace whose key signingKey signs commits. By default commits are not signed.',
    ).optional(),
  })
  .describe('Who makes the commits of steps. By default as the controller is configured.');

const spec = z
  .object({ ...configMembers, gitClient: gitClient.optional() })
  .describe('The configuration of the whole installation.');

const status = z
  .object({ conditions, lastHandledRefresh, observedGeneration, webhookReceivers: receiverStatuses })
  .describe('What Gantry knows about the configuration.');

/** The configuration of the whole installation. */
export type ClusterConfigSpec = Immutable<z.infer<typeof spec>>;
/** The status of a ClusterConfig. */
export type ClusterConfigStatus = Immutable<z.infer<typeof status>>;

/** A ClusterConfig: the one configuration of the installation, named "cluster". */
export interface ClusterConfig extends KubeObject {
  readonly spec?: ClusterConfigSpec;
  readonly status?: ClusterConfigStatus;
}

/** The kind ClusterConfig. */
export const clusterConfigKind = {
  group: kargoGroup,
  version: kargoVersion,
  kind: 'ClusterConfig',
  plural: 'clusterconfigs',
  shortNames: ['clusterconfig', 'clusterconfigs'],
  scope: 'Cluster',
  description: 'The ClusterConfig named "cluster" holds the configuration of the whole installation.',
  members: z.object({ spec: spec.optional(), status: status.optional() }),
  hasStatus: true,
  printerColumns: [...readyColumns, ageColumn],
} as const satisfies KindDefinition;

/** ClusterConfigs in the Kubernetes API. */
export const clusterConfigs: ResourceType<ClusterConfig> = {
  group: kargoGroup,
  version: kargoVersion,
  kind: 'ClusterConfig',
  plural: 'clusterconfigs',
  namespaced: false,
};
