import { largePromotionBench, promotionBench } from './promotion.ts';
import type { Bench } from './support/bench.ts';

/** All benches, in the order in which they run. */
export const benches: readonly Bench[] = [promotionBench, largePromotionBench];
