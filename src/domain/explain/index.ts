/**
 * Why things wait and what to do about it, in sentences: for the command line, the API and the user interface.
 * Pure; it must never decide anything. Start reading at `stage.ts` and `promotion.ts`.
 */
export { formatAge, formatAgeSince } from './age.ts';
export { explainUnavailable } from './availability.ts';
export {
  type ArtifactLabel,
  artifactLabels,
  freightLabel,
  type OpenedPullRequest,
  pullRequestOf,
  shortDigest,
} from './freight-text.ts';
export { currentStepOf, explainPromotion, type PromotionCase } from './promotion.ts';
export { explainStage, type StageCase } from './stage.ts';
export type { Action, Advice, Blocker, Explanation } from './types.ts';
