/**
 * Which images, commits and chart versions a subscription selects, as pure rules over facts that are asked for as they
 * are needed. It must never fetch anything. Start reading at `select.ts`, `git/select-branch.ts`, `git/select-tags.ts`.
 */
export { type CacheByTagPolicy, type CacheByTagResult, decideCacheByTag } from './cache-by-tag.ts';
export {
  type ChartCriteria,
  type ChartPlace,
  type ChartRule,
  type ChartRuleResult,
  compileChartRule,
} from './chart/rule.ts';
export { type ModernSubscription, modernizeSubscription } from './dialect.ts';
export {
  type ImageFacts,
  type ImagePlatform,
  imageCreationMs,
  isRunnable,
  latest,
  statedCreationMs,
  type TagFact,
} from './facts.ts';
export type { CommitFact, GitMoment, GitTag, TagRef } from './git/facts.ts';
export { isSameObservation, type Observation, observeBranch, observeTags } from './git/observation.ts';
export { compilePathRule, type PathRule, touches } from './git/paths.ts';
export { type BranchRule, compileGitRule, type GitCriteria, type GitRule, type TagRule } from './git/rule.ts';
export {
  type BranchSelection,
  type BranchWalk,
  type EarlierSelection,
  selectFromBranch,
} from './git/select-branch.ts';
export { selectFromTags, type TagFacts, type TagSelection } from './git/select-tags.ts';
export type { TouchFacts } from './git/sift.ts';
export { annotationsFor, isPlatform, type PlatformRule, parsePlatformRule } from './platform.ts';
export { compileImageRule, type ImageCriteria, type ImageRule, type ImageRuleResult } from './rule.ts';
export { type ImageSelection, type SelectedImage, type SkippedTag, selectImages } from './select.ts';
export { parseTimestampMs } from './time.ts';
export { readTruth } from './truth.ts';
