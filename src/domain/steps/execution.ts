import type { HealthCheck, WakeSource } from '../report.ts';
import type { PromotionPhase, StepRecord } from './record.ts';

/** The part of a Promotion's status that the engine owns, in Kargo's shape. */
export interface EngineStatus {
  readonly phase?: PromotionPhase | undefined;
  readonly message?: string | undefined;
  readonly currentStep?: number | undefined;
  readonly stepExecutionMetadata?: readonly StepRecord[] | undefined;
  readonly state?: unknown;
  readonly healthChecks?: readonly HealthCheck[] | undefined;
  /** RFC 3339. */
  readonly startedAt?: string | undefined;
  /** RFC 3339. */
  readonly finishedAt?: string | undefined;
}

/** How far a promotion got in one pass. */
export type EngineResult =
  | { readonly kind: 'ended'; readonly status: EngineStatus }
  | {
      readonly kind: 'waiting';
      readonly status: EngineStatus;
      readonly wakeAfterMs: number;
      readonly wakes: readonly WakeSource[];
    }
  | { readonly kind: 'retry'; readonly status: EngineStatus; readonly message: string }
  | { readonly kind: 'interrupted'; readonly status: EngineStatus };
