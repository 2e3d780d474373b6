/**
 * Expressions of Promotions and Stages: which names and functions they have, over plain snapshot data.
 *
 * Functions that miss data report needs; the caller reads the objects, adds them to `Snapshot.answers` under
 * `answerKey(need)` and evaluates again. Pure. Start reading at `promotion.ts`, then `environment.ts`.
 */
export { dataFunctions } from './data-functions.ts';
export {
  functionsOf,
  type PromotionFacts,
  type PromotionScope,
  promotionEnvironment,
  type StepFacts,
} from './environment.ts';
export { freightFunctions } from './freight-functions.ts';
export {
  createPromotionExpressions,
  type DeclaredVar,
  type PromotionExpressions,
  type StepEvaluated,
  type StepProblem,
  type StepTemplates,
  stepFunctions,
  varFunctions,
} from './promotion.ts';
export type { StepRecord } from './records.ts';
export {
  type Answers,
  type ArtifactOrigin,
  answerKey,
  type FreightContents,
  type NeedKind,
  type Snapshot,
} from './snapshot.ts';
export { statusFunctions } from './status-functions.ts';
export { utilityFunctions } from './utility-functions.ts';
