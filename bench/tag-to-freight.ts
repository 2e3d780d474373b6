import { warehouses } from '../src/api/v1alpha1/index.ts';
import type { Bench } from './support/bench.ts';
import { imageUrl, imageWarehouse } from './support/manifests.ts';
import { spreadOf } from './support/numbers.ts';
import { mintFreight, watchKinds } from './support/promotions.ts';
import { pause } from './support/wait.ts';

const runs = 15;

/** How soon a pushed tag is Freight, when the Warehouse is told of it. */
export const tagToFreightBench: Bench = {
  name: 'tag-to-freight',
  about: 'refresh annotation after a push → Freight exists',
  async run(context) {
    const { signal } = context;
    const world = await context.openWorld();
    await watchKinds(world, signal);
    await world.startController();
    const place = { namespace: 'bench', warehouse: 'web', image: 'web' };
    await world.createProject(place.namespace, signal);
    const image = { repoURL: imageUrl(place.image) };
    const warehouse = imageWarehouse(place.namespace, place.warehouse, image);
    await world.client.writer.create(warehouses, warehouse, signal);
    const tookMs: number[] = [];
    for (let run = 0; run <= runs; run += 1) {
      const { tookMs: ms } = await mintFreight(world, place, `1.0.${run}`, signal);
      // The first one waits for the connection to the registry.
      if (run > 0) tookMs.push(ms);
      // As far apart as the budget of requests per host allows: each look reads the digest of every tag again.
      await pause(1500);
    }
    const spread = spreadOf(tookMs);
    return [
      { name: 'told → Freight, median', value: spread.p50, unit: 'ms', goal: '≤ 200' },
      { name: 'told → Freight, 95th percentile', value: spread.p95, unit: 'ms', goal: '≤ 500' },
    ];
  },
};
