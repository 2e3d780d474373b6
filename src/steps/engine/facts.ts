import type { Freight, FreightCollection, Promotion, Stage } from '../../api/v1alpha1/index.ts';

/** What the expressions of one promotion may know of its surroundings. */
export interface PromotionFacts {
  readonly promotion: Promotion;
  readonly stage: Stage;
  readonly freight: Freight;
  /** The set of Freight that the Stage will run. */
  readonly collection: FreightCollection;
  readonly uiBaseUrl: string | undefined;
}
