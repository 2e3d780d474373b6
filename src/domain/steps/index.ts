export type { EngineResult, EngineStatus } from './execution.ts';
export {
  concludePhase,
  isEnded,
  isFailure,
  type PromotionPhase,
  type StepRecord,
  type StepStatus,
} from './record.ts';
