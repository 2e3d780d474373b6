/**
 * Pure rules and result types that more than one front uses: controllers, admission, CLI.
 * It must never do I/O, read the clock or call a port. Each folder has its own door; start reading at `report.ts`.
 */
export type {
  EventDraft,
  HealthCheck,
  HealthStatus,
  Report,
  StepOutcome,
  StepPins,
  WakeSource,
  WakeUp,
} from './report.ts';
export {
  annotationsFor,
  formatTimestamp,
  type ImageFacts,
  type ImagePlatform,
  imageCreationMs,
  isRunnable,
  latest,
  type PlatformRule,
  parsePlatformRule,
  parseTimestampMs,
  statedCreationMs,
  type TagFact,
} from './selection/index.ts';
export {
  type ImageName,
  normalizeChartUrl,
  normalizeGitUrl,
  normalizeImageUrl,
  parseImageName,
} from './urls/index.ts';
