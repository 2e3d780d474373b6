/**
 * Which images a subscription selects, as pure rules over facts that are asked for as they are needed.
 * It must never fetch anything. Start reading at `select.ts`.
 */
export {
  type ImageFacts,
  type ImagePlatform,
  imageCreationMs,
  isRunnable,
  latest,
  statedCreationMs,
  type TagFact,
} from './facts.ts';
export { annotationsFor, type PlatformRule, parsePlatformRule } from './platform.ts';
export { compileImageRule, type ImageCriteria, type ImageRule, type ImageRuleResult } from './rule.ts';
export { type ImageSelection, type SelectedImage, type SkippedTag, selectImages } from './select.ts';
export { parseTimestampMs } from './time.ts';
