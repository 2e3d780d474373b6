/**
 * What Freight is called and how it lives: names, aliases, origins, stays in Stages, availability to Stages.
 * Pure; it must never read the clock or a cluster. Start reading at `availability.ts`.
 */
export { createAlias, type RandomNumbers } from './alias.ts';
export {
  type Asker,
  type Availability,
  type AvailableFreight,
  autoPromotionCandidates,
  type FreightRequest,
  isFreightAvailable,
  listAvailableFreight,
} from './availability.ts';
export {
  type AgedFreight,
  compareNewestFirst,
  discoveredAtMs,
  mintedAtAnnotation,
} from './discovery-time.ts';
export {
  approveForStage,
  enterStage,
  type FreightLife,
  forgetStage,
  hasSoaked,
  isApprovedFor,
  isCurrentlyIn,
  isVerifiedIn,
  type LivingFreight,
  leaveStage,
  longestSoakMs,
  soakEndsAtMs,
  verifyInStage,
} from './lifecycle.ts';
export { chartKey, type FreightContent, freightCollectionId, freightName } from './name.ts';
export { formatOrigin, isSameOrigin, type Origin, parseOrigin } from './origin.ts';
export { toFreightReference } from './reference.ts';
export { shortenLabelValue, shortenResourceName } from './shorten.ts';
