import { apiServerBench } from './apiserver.ts';
import { apiServerLoadBench } from './apiserver-load.ts';
import { atRestBench } from './at-rest.ts';
import { discoveryBench } from './discovery.ts';
import { engineBench } from './engine.ts';
import { exprBench } from './expr.ts';
import { fanoutBench } from './fanout.ts';
import { gitBench, monorepoBench } from './git.ts';
import { gitHistoryBench } from './git-history.ts';
import { kubeCacheBench } from './kube-cache.ts';
import { outsideBench } from './outside.ts';
import { largePromotionBench, promotionBench } from './promotion.ts';
import { queueBench } from './queue.ts';
import { loadedStartBench, startBench } from './start.ts';
import type { Bench } from './support/bench.ts';
import { tagToFreightBench } from './tag-to-freight.ts';
import { manyTagsBench, pollingBench, refusingHostBench, warehousesBench } from './warehouses.ts';

/** All benches, in the order in which they run. */
export const benches: readonly Bench[] = [
  promotionBench,
  largePromotionBench,
  fanoutBench,
  gitBench,
  monorepoBench,
  gitHistoryBench,
  tagToFreightBench,
  discoveryBench,
  warehousesBench,
  manyTagsBench,
  pollingBench,
  refusingHostBench,
  startBench,
  loadedStartBench,
  atRestBench,
  exprBench,
  engineBench,
  queueBench,
  outsideBench,
  apiServerBench,
  apiServerLoadBench,
  kubeCacheBench,
];
