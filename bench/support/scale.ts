import { type Freight, freights, stages, warehouses } from '../../src/api/v1alpha1/index.ts';
import { freightName } from '../../src/domain/index.ts';
import { createStage, imageUrl, imageWarehouse, updateSteps } from './manifests.ts';
import { forEachOf } from './wait.ts';
import type { World } from './world.ts';

/** How much is made. */
export interface Scale {
  readonly projects: number;
  /** In each Project. */
  readonly warehouses: number;
  /** For each Warehouse, one after the other. */
  readonly stages: number;
  /** For each Warehouse. */
  readonly freight: number;
}

const atOnce = 24;

/** Fills a control plane with objects at rest: Freight made by hand, Warehouses that make none. */
export async function seedScale(world: World, scale: Scale, signal: AbortSignal): Promise<void> {
  const { writer } = world.client;
  const { username, password } = world.ready;
  const source = { repoURL: imageUrl('shared'), credential: { identity: 'bench', username, password } };
  await world.images.pushImage(source, '1.0.0', { created: '2026-01-01T00:00:00Z' }, signal);
  const range = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);
  for (const project of range(scale.projects)) {
    const namespace = `scale-${project}`;
    await world.createProject(namespace, signal);
    const all = range(scale.warehouses);
    await forEachOf(all, atOnce, (warehouse) => {
      const image = { repoURL: imageUrl('shared') };
      return writer.create(warehouses, imageWarehouse(namespace, `w${warehouse}`, image, 'Manual'), signal);
    });
    const pairs = (count: number): readonly (readonly [number, number])[] =>
      all.flatMap((warehouse) => range(count).map((index) => [warehouse, index] as const));
    await forEachOf(pairs(scale.stages), atOnce, ([warehouse, index]) => {
      const upstream = index === 0 ? {} : { upstream: `w${warehouse}-s${index - 1}` };
      const steps = updateSteps('gitops', 'sources/values/env/dev/web.yaml', imageUrl('shared'));
      const source = { warehouse: `w${warehouse}`, ...upstream };
      return writer.create(stages, createStage(namespace, `w${warehouse}-s${index}`, source, steps), signal);
    });
    await forEachOf(pairs(scale.freight), atOnce, ([warehouse, index]) =>
      writer.create(freights, createFreight(namespace, warehouse, index), signal),
    );
  }
}

/** Freight of one image; the index decides its name. */
export function createFreight(namespace: string, warehouse: number, index: number): Freight {
  const digest = `sha256:${String(index).padStart(64, '0')}`;
  const origin = { kind: 'Warehouse', name: `w${warehouse}` } as const;
  const images = [{ repoURL: imageUrl('shared'), tag: `1.0.${index}`, digest }];
  const freight = {
    apiVersion: 'kargo.akuity.io/v1alpha1',
    kind: 'Freight',
    metadata: { namespace, name: '' },
    // Made up ones would be looked for among all others, and two at once may come out the same.
    alias: `w${warehouse}-f${index}`,
    origin,
    images,
  } as const;
  return { ...freight, metadata: { namespace, name: freightName(freight) } };
}
