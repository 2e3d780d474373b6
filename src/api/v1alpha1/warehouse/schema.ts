import * as z from 'zod';
import type { KubeObject, ResourceType } from '../../meta/index.ts';
import type { KindDefinition } from '../../structural/index.ts';
import { ageColumn, textColumn } from '../shared/columns.ts';
import { durationPattern, type Immutable, jsonObject, text } from '../shared/fields.ts';
import { kargoGroup, kargoVersion } from '../shared/group.ts';
import { type WarehouseStatus, warehouseStatus } from './status.ts';

const spec = z
  .object({
    shard: text('The controller that is responsible. By default the one without a shard.').optional(),
    interval: z.string().meta({
      pattern: durationPattern,
      default: '5m0s',
      description: 'How often to look for new artifacts, e.g. "1m30s". By default "5m0s".',
    }),
    freightCreationPolicy: z
      .enum(['Automatic', 'Manual'])
      .default('Automatic')
      .describe('Whether Freight is made of new artifacts by itself. By default Automatic.'),
    freightCreationCriteria: z
      .object({
        expression: text(
          'An expression over the new artifacts; Freight is made when it is true. By default always.',
        ).optional(),
      })
      .describe('When Freight is made by itself.')
      .optional(),
    subscriptions: z
      .array(jsonObject('One repository: exactly one of git, image or chart, and an optional name.'))
      .min(1)
      .describe('The repositories to watch; at least one.'),
  })
  .describe('What the Warehouse watches.');

/** What a Warehouse watches. Its subscriptions are free-form here: `parseSubscription` reads them. */
export type WarehouseSpec = Immutable<z.infer<typeof spec>>;

/** A Warehouse: watches repositories and makes Freight of what it finds. */
export interface Warehouse extends KubeObject {
  readonly spec: WarehouseSpec;
  readonly status?: WarehouseStatus;
}

/** The kind Warehouse. */
export const warehouseKind = {
  group: kargoGroup,
  version: kargoVersion,
  kind: 'Warehouse',
  plural: 'warehouses',
  shortNames: [],
  scope: 'Namespaced',
  description: 'A Warehouse watches repositories and makes Freight of the artifacts it finds.',
  members: z.object({ spec, status: warehouseStatus.optional() }),
  hasStatus: true,
  printerColumns: [textColumn('Shard', '.spec.shard'), ageColumn],
} as const satisfies KindDefinition;

/** Warehouses in the Kubernetes API. */
export const warehouses: ResourceType<Warehouse> = {
  group: kargoGroup,
  version: kargoVersion,
  kind: 'Warehouse',
  plural: 'warehouses',
  namespaced: true,
};
