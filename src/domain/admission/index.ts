/**
 * What admission does to each kind: completes objects (`default…`) and lets them in or not (`validate…`).
 * Pure functions over a request and a record of facts; effects and events are returned as data. Start at `types.ts`.
 */
export { defaultFreight, type FreightDefaultFacts, type FreightFacts, validateFreight } from './freight.ts';
export { type ProjectFacts, validateProject, validateProjectConfig } from './project.ts';
export {
  defaultPromotion,
  needsPromoteVerb,
  type PromotionDefaultFacts,
  type PromotionFacts,
  validatePromotion,
} from './promotion.ts';
export { defaultStage, type StageFacts, validateStage } from './stage.ts';
export { validateClusterPromotionTask, validatePromotionTask } from './task.ts';
export type {
  AdmissionEffect,
  AdmissionOperation,
  AdmissionRequest,
  Cause,
  Defaulted,
  Denial,
  NamespaceFact,
  Requester,
  Validated,
} from './types.ts';
export { defaultWarehouse, validateWarehouse, type WarehouseFacts } from './warehouse.ts';
