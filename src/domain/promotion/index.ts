/**
 * What Promotions are called, in which order they run, which steps they consist of and what they deploy.
 * Pure; it must never run a step or read a cluster. Start reading at `ordering.ts`.
 */
export { collectionId, type FreightCopy, type FreightSet, nextFreightCollection } from './collection.ts';
export { commitTrailersAnnotation, type Trailer, trailersOf, withTrailers } from './commit-trailers.ts';
export {
  type Inflation,
  type InflationProblem,
  inflateSteps,
  referencedTasks,
  type StepTemplate,
  stepAlias,
  type TaskContent,
  type TaskKind,
  type Variable,
} from './inflate.ts';
export {
  analysisRunName,
  createUlids,
  type PromotionNameParts,
  parsePromotionName,
  promotionName,
} from './name.ts';
export {
  compareNames,
  comparePromotions,
  isTerminal,
  isTerminalPhase,
  type OrderedPromotion,
} from './ordering.ts';
export {
  formatWaiting,
  parseWaiting,
  type Waiting,
  type WaitingReason,
  type WaitingReasonDoc,
  waitingReasons,
} from './waiting.ts';
