import * as z from 'zod';
import type { KubeObject, ResourceType } from '../../meta/index.ts';
import type { KindDefinition } from '../../structural/index.ts';
import { ageColumn, readyColumns } from '../shared/columns.ts';
import { conditions } from '../shared/conditions.ts';
import { type Immutable, int64 } from '../shared/fields.ts';
import { kargoGroup, kargoVersion } from '../shared/group.ts';

function counted(what: string) {
  return z
    .object({
      count: int64(`How many ${what} there are. By default 0.`).optional(),
      health: z
        .object({ healthy: int64(`How many ${what} are healthy. By default 0.`).optional() })
        .describe(`The health of the ${what}.`)
        .optional(),
    })
    .describe(`Figures about the ${what}.`)
    .optional();
}

const status = z
  .object({
    conditions,
    stats: z
      .object({ warehouses: counted('Warehouses'), stages: counted('Stages') })
      .describe('Figures about the Project.')
      .optional(),
  })
  .describe('What Gantry knows about the Project.');

/** The status of a Project. */
export type ProjectStatus = Immutable<z.infer<typeof status>>;

/** A Project: a namespace of the same name with all that belongs together. */
export interface Project extends KubeObject {
  readonly status?: ProjectStatus;
}

/** The kind Project. */
export const projectKind = {
  group: kargoGroup,
  version: kargoVersion,
  kind: 'Project',
  plural: 'projects',
  shortNames: [],
  scope: 'Cluster',
  description: 'A Project owns a namespace of the same name and everything that is promoted in it.',
  members: z.object({ status: status.optional() }),
  hasStatus: true,
  printerColumns: [...readyColumns, ageColumn],
} as const satisfies KindDefinition;

/** Projects in the Kubernetes API. */
export const projects: ResourceType<Project> = {
  group: kargoGroup,
  version: kargoVersion,
  kind: 'Project',
  plural: 'projects',
  namespaced: false,
};
