import * as z from 'zod';
import type { KubeObject, ResourceType } from '../../meta/index.ts';
import type { KindDefinition } from '../../structural/index.ts';
import { freightCollection, freightOrigin, freightReference } from '../shared/artifacts.ts';
import { ageColumn, readyColumns, textColumn } from '../shared/columns.ts';
import { conditions, lastHandledRefresh, observedGeneration } from '../shared/conditions.ts';
import { anyJson, flag, type Immutable, openText, text, time } from '../shared/fields.ts';
import { kargoGroup, kargoVersion } from '../shared/group.ts';
import { promotionStatus } from '../shared/promotion-status.ts';
import { type StageSpec, stageSpec } from './spec.ts';

/** How healthy what a Stage runs is, in the order of severity. */
export type HealthState = 'Healthy' | 'NotApplicable' | 'Progressing' | 'Unknown' | 'Unhealthy';

const health = z
  .object({
    status: openText<HealthState>(
      'How healthy: Healthy, NotApplicable, Progressing, Unknown or Unhealthy.',
    ).optional(),
    issues: z.array(z.string()).describe('What is wrong, one sentence each. None by default.').optional(),
    config: anyJson('Kept for old clients; never written.').optional(),
    output: anyJson('What the checks found, as a list.').optional(),
  })
  .describe('How healthy what the Stage runs is.');

const promotionReference = z
  .object({
    name: text('The name of the Promotion.'),
    freight: freightReference.optional(),
    status: promotionStatus.optional(),
    finishedAt: time('When it ended. None while it runs.').optional(),
  })
  .describe('A Promotion, copied.');

const hold = z
  .object({
    freightName: text('The Freight that is kept.'),
    origin: freightOrigin,
    promotionName: text('The Promotion that asked for it.').optional(),
    actor: text('Who asked for it.').optional(),
    createdAt: time('When it was asked for.').optional(),
  })
  .describe('A hold: promotions of this origin do not start by themselves.');

const promotionRequestReference = z
  .object({
    name: text('The name of the PromotionRequest.'),
    freight: z
      .object({ name: text('The name of the Freight.') })
      .describe('The Freight it promotes.')
      .optional(),
    phase: text('The phase of the PromotionRequest.').optional(),
    finishedAt: time('When it ended. None while it runs.').optional(),
  })
  .describe('A PromotionRequest, copied.');

const promotionWindowStatus = z
  .object({
    closed: flag('Whether promotions may not start now.'),
    reason: text('Why.').optional(),
    nextOpen: time('When they may start again.').optional(),
    nextClose: time('When they may no longer start.').optional(),
    nextCloseReason: text('Why they may no longer start then.').optional(),
  })
  .describe('Whether promotions may start at present.');

const status = z
  .object({
    conditions,
    lastHandledRefresh,
    observedGeneration,
    freightHistory: z
      .array(freightCollection)
      .describe('What the Stage runs (first entry) and ran before, newest first; at most 10.')
      .optional(),
    freightSummary: text('What the Stage runs, in a few words.').optional(),
    health: health.optional(),
    currentPromotion: promotionReference.optional(),
    lastPromotion: promotionReference.optional(),
    autoPromotionEnabled: flag('Whether promotions start by themselves. By default false.').optional(),
    autoPromotionHolds: z
      .record(z.string(), hold)
      .describe('The holds by origin; keys read "Warehouse/name".')
      .optional(),
    effectiveAutoPromotionHolds: z
      .record(z.string(), hold)
      .describe('The holds that have an effect at present, by origin.')
      .optional(),
    metadata: z
      .record(z.string(), anyJson('One value.'))
      .describe('Values that the step set-metadata has stored, by key.')
      .optional(),
    currentPromotionRequest: promotionRequestReference.optional(),
    lastPromotionRequest: promotionRequestReference.optional(),
    promotionWindowStatus: promotionWindowStatus.optional(),
  })
  .describe('What the Stage runs and how it goes.');

/** What a Stage runs and how it goes. */
export type StageStatus = Immutable<z.infer<typeof status>>;
/** How healthy what a Stage runs is. */
export type Health = Immutable<z.infer<typeof health>>;
/** A copy of a Promotion in the status of a Stage. */
export type PromotionReference = Immutable<z.infer<typeof promotionReference>>;
/** A hold on promotions that start by themselves. */
export type AutoPromotionHold = Immutable<z.infer<typeof hold>>;

/** A Stage: one environment, or a point that only passes Freight on. */
export interface Stage extends KubeObject {
  readonly spec: StageSpec;
  readonly status?: StageStatus;
}

/** The kind Stage. */
export const stageKind = {
  group: kargoGroup,
  version: kargoVersion,
  kind: 'Stage',
  plural: 'stages',
  shortNames: [],
  scope: 'Namespaced',
  description: 'A Stage is one environment: which Freight it accepts and how it is promoted to.',
  members: z.object({ spec: stageSpec, status: status.optional() }),
  hasStatus: true,
  printerColumns: [
    textColumn('Shard', '.spec.shard'),
    textColumn('Current Freight', '.status.freightSummary'),
    textColumn('Health', '.status.health.status'),
    ...readyColumns,
    ageColumn,
  ],
} as const satisfies KindDefinition;

/** Stages in the Kubernetes API. */
export const stages: ResourceType<Stage> = {
  group: kargoGroup,
  version: kargoVersion,
  kind: 'Stage',
  plural: 'stages',
  namespaced: true,
};
