import type { ResourceType } from '../../src/api/meta/index.ts';
import { freights, projectConfigs, promotions, stages, warehouses } from '../../src/api/v1alpha1/index.ts';
import { stageIndexes } from '../../src/controllers/stage/index.ts';
import type { WatchedType } from '../../src/kube/index.ts';

/** What the cache of a Stage controller holds, with its indexes, and further types. */
export function watchedByStages(...more: readonly ResourceType[]): readonly WatchedType[] {
  const others = [stages, freights, warehouses, projectConfigs, ...more];
  return [
    { type: promotions, indexes: stageIndexes } as WatchedType,
    ...others.map((type): WatchedType => ({ type })),
  ];
}
