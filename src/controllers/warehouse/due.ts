import { annotationOf, findCondition } from '../../api/meta/index.ts';
import { annotations } from '../../api/v1alpha1/index.ts';
import { assertNever, parseDuration } from '../../base/index.ts';
import { needsLabels, settledAtMs } from './group.ts';
import type { Warehouse } from './types.ts';

const defaultIntervalMs = 300_000;

/** Why the repositories must be looked at now; `undefined` when there is no need. */
export type DueReason = 'first' | 'changed' | 'asked' | 'failed-before' | 'settled' | 'interval';

/**
 * Must the repositories be looked at, and why?
 *
 * Source: Kargo's behavior, plus: a look that failed is repeated however it was caused, and a set of images that must
 * belong together is looked at once more before it becomes Freight.
 */
export function whyDue(warehouse: Warehouse, nowMs: number): DueReason | undefined {
  const { status } = warehouse;
  const discoveredAtMs = Date.parse(status?.discoveredArtifacts?.discoveredAt ?? '');
  const token = annotationOf(warehouse, annotations.refresh);
  if (token !== undefined && token !== status?.lastHandledRefresh) return 'asked';
  if (Number.isNaN(discoveredAtMs)) return 'first';
  if ((warehouse.metadata.generation ?? 0) > (status?.observedGeneration ?? 0)) return 'changed';
  if (findCondition(status?.conditions, 'Healthy')?.reason === 'DiscoveryFailed') return 'failed-before';
  if (needsLabels(warehouse)) return 'changed';
  const settledMs = settledAtMs(warehouse);
  if (settledMs !== undefined && discoveredAtMs < settledMs && settledMs <= nowMs) return 'settled';
  return discoveredAtMs + intervalMsOf(warehouse) <= nowMs ? 'interval' : undefined;
}

/** An answer may be so much younger than the interval that asks for it, and is asked for anew nevertheless. */
const slackMs = 1000;

/**
 * The oldest answer of a repository that will do for a look, milliseconds since the epoch; infinite: none that was asked
 * for before. Warehouses that poll the same repository share answers and come to poll it at the same time.
 */
export function notBeforeMs(warehouse: Warehouse, reason: DueReason, nowMs: number): number {
  switch (reason) {
    case 'asked':
    case 'changed':
    case 'settled':
      return Number.POSITIVE_INFINITY;
    case 'first': {
      // Times of objects are in whole seconds.
      const createdAtMs = Date.parse(warehouse.metadata.creationTimestamp ?? '') + slackMs;
      return createdAtMs <= nowMs ? createdAtMs : Number.POSITIVE_INFINITY;
    }
    case 'failed-before':
    case 'interval':
      return nowMs - Math.max(intervalMsOf(warehouse) - slackMs, 0);
    default:
      return assertNever(reason);
  }
}

/** The polling interval that the Warehouse asks for. */
export function intervalMsOf(warehouse: Warehouse): number {
  const intervalMs = parseDuration(warehouse.spec.interval) ?? defaultIntervalMs;
  return intervalMs > 0 ? intervalMs : defaultIntervalMs;
}
