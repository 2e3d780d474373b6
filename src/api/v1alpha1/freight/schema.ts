import * as z from 'zod';
import type { JsonValue } from '../../../base/index.ts';
import type { KubeObject, ResourceType } from '../../meta/index.ts';
import type { KindDefinition } from '../../structural/index.ts';
import {
  type ArtifactReference,
  artifactLists,
  type Chart,
  type FreightOrigin,
  freightOrigin,
  type GitCommit,
  type Image,
} from '../shared/artifacts.ts';
import { ageColumn, textColumn } from '../shared/columns.ts';
import { anyJson, type Immutable, text, time } from '../shared/fields.ts';
import { kargoGroup, kargoVersion } from '../shared/group.ts';

const currentStage = z
  .object({ since: time('Since when the Stage runs it.').optional() })
  .describe('How a Stage runs the Freight.');

const verifiedStage = z
  .object({
    verifiedAt: time('When it passed.').optional(),
    longestSoak: text(
      'The longest completed stay in the Stage, e.g. "1h30m0s". None before the first stay has ended.',
    ).optional(),
  })
  .describe('How the Freight passed in a Stage.');

const approvedStage = z
  .object({ approvedAt: time('When it was approved.').optional() })
  .describe('How the Freight was approved for a Stage.');

const status = z
  .object({
    currentlyIn: z
      .record(z.string(), currentStage)
      .describe('The Stages that run the Freight now, by name.')
      .optional(),
    verifiedIn: z
      .record(z.string(), verifiedStage)
      .describe('The Stages in which the Freight was verified, by name.')
      .optional(),
    approvedFor: z
      .record(z.string(), approvedStage)
      .describe('The Stages for which people approved the Freight, by name.')
      .optional(),
    metadata: z
      .record(z.string(), anyJson('One value.'))
      .describe('Values that the step set-metadata has stored, by key.')
      .optional(),
  })
  .describe('Where the Freight has been.');

/** Where a Freight has been. */
export type FreightStatus = Immutable<z.infer<typeof status>>;

/** A Freight: a set of artifacts that move together. It has no spec; its content never changes. */
export interface Freight extends KubeObject {
  readonly alias?: string;
  readonly discoveredAt?: string;
  readonly origin: FreightOrigin;
  readonly commits?: readonly GitCommit[];
  readonly images?: readonly Image[];
  readonly charts?: readonly Chart[];
  readonly artifacts?: readonly ArtifactReference[];
  readonly status?: FreightStatus;
}

/** Values that the step set-metadata has stored. */
export type StoredMetadata = Readonly<Record<string, JsonValue>>;

/** The kind Freight. */
export const freightKind = {
  group: kargoGroup,
  version: kargoVersion,
  kind: 'Freight',
  plural: 'freights',
  shortNames: [],
  scope: 'Namespaced',
  description: 'A Freight is an immutable set of artifacts that move through the Stages together.',
  members: z.object({
    alias: text('A name that people can remember, unique in the Project. Given at creation.').optional(),
    discoveredAt: time('When its artifacts were found. By default the time of creation.').optional(),
    origin: freightOrigin,
    ...artifactLists,
    status: status.optional(),
  }),
  hasStatus: true,
  printerColumns: [
    textColumn('Alias', '.metadata.labels.kargo\\.akuity\\.io/alias'),
    textColumn('Origin (Kind)', '.origin.kind'),
    textColumn('Origin (Name)', '.origin.name'),
    ageColumn,
  ],
} as const satisfies KindDefinition;

/** Freight in the Kubernetes API. */
export const freights: ResourceType<Freight> = {
  group: kargoGroup,
  version: kargoVersion,
  kind: 'Freight',
  plural: 'freights',
  namespaced: true,
};
