/**
 * Rules about Stages that controllers and admission share: selectors and policies.
 * Pure; it must never read a cluster. Start reading at `auto-promotion-policy.ts`.
 */
export { type AutoPromotionPolicy, readAutoPromotionPolicy } from './auto-promotion-policy.ts';
export { type Match, matchLabels, matchName } from './selector.ts';
export type { StageTurn } from './turn.ts';
