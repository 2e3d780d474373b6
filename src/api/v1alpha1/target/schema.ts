import * as z from 'zod';
import type { JsonObject } from '../../../base/index.ts';
import type { KubeObject, ResourceType } from '../../meta/index.ts';
import type { KindDefinition } from '../../structural/index.ts';
import { ageColumn } from '../shared/columns.ts';
import { anyJson, type Immutable } from '../shared/fields.ts';
import { kargoGroup, kargoVersion } from '../shared/group.ts';

const spec = z
  .object({
    params: z
      .record(z.string(), anyJson('One value.'))
      .describe('Values for the steps of promotions to this Target, by name. None by default.')
      .optional(),
  })
  .describe('What is particular about the Target.');

/** What is particular about a Target. */
export type TargetSpec = Immutable<z.infer<typeof spec>>;

/** A Target: one of several destinations of a Stage. */
export interface Target extends KubeObject {
  readonly spec?: TargetSpec;
  readonly status?: JsonObject;
}

/** The kind Target. */
export const targetKind = {
  group: kargoGroup,
  version: kargoVersion,
  kind: 'Target',
  plural: 'targets',
  shortNames: [],
  scope: 'Namespaced',
  description: 'A Target is one of several destinations of a Stage, selected by its labels.',
  members: z.object({
    spec: spec.optional(),
    status: z.object({}).describe('Nothing is known about Targets so far.').optional(),
  }),
  hasStatus: true,
  printerColumns: [ageColumn],
} as const satisfies KindDefinition;

/** Targets in the Kubernetes API. */
export const targets: ResourceType<Target> = {
  group: kargoGroup,
  version: kargoVersion,
  kind: 'Target',
  plural: 'targets',
  namespaced: true,
};
