import { annotationOf, findCondition } from '../../api/meta/index.ts';
import { annotations } from '../../api/v1alpha1/index.ts';
import { parseDuration } from '../../base/index.ts';
import type { Warehouse } from './types.ts';

const defaultIntervalMs = 300_000;

/** Why the repositories must be looked at now; `undefined` when there is no need. */
export type DueReason = 'first' | 'changed' | 'asked' | 'failed-before' | 'interval';

/**
 * Must the repositories be looked at, and why?
 *
 * Source: Kargo's behavior, plus: a look that failed is repeated however it was caused.
 */
export function whyDue(warehouse: Warehouse, nowMs: number): DueReason | undefined {
  const { status } = warehouse;
  const discoveredAtMs = Date.parse(status?.discoveredArtifacts?.discoveredAt ?? '');
  const token = annotationOf(warehouse, annotations.refresh);
  if (token !== undefined && token !== status?.lastHandledRefresh) return 'asked';
  if (Number.isNaN(discoveredAtMs)) return 'first';
  if ((warehouse.metadata.generation ?? 0) > (status?.observedGeneration ?? 0)) return 'changed';
  if (findCondition(status?.conditions, 'Healthy')?.reason === 'DiscoveryFailed') return 'failed-before';
  return discoveredAtMs + intervalMsOf(warehouse) <= nowMs ? 'interval' : undefined;
}

/** The polling interval that the Warehouse asks for. */
export function intervalMsOf(warehouse: Warehouse): number {
  const intervalMs = parseDuration(warehouse.spec.interval) ?? defaultIntervalMs;
  return intervalMs > 0 ? intervalMs : defaultIntervalMs;
}
