import type { JsonObject, JsonValue } from '../../base/index.ts';
import type { HealthCheck, WakeSource } from '../../domain/index.ts';
import type { PromotionPhase, StepRecord } from './record.ts';

/** A name with a value that may hold expressions. */
export interface StepVariable {
  readonly name: string;
  readonly value?: string | undefined;
}

/** A step of a Promotion: tasks have been replaced by their steps and every step has an alias. */
export interface PlannedStep {
  readonly uses: string;
  readonly as: string;
  readonly if?: string | undefined;
  readonly continueOnError?: boolean | undefined;
  readonly retry?:
    | { readonly timeout?: string | undefined; readonly errorThreshold?: number | undefined }
    | undefined;
  readonly vars?: readonly StepVariable[] | undefined;
  readonly config?: unknown;
}

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

/** A value that came out of an expression, with the JSON pointers of its verbatim texts. */
export interface Evaluated {
  readonly value: JsonValue;
  readonly verbatim: readonly string[];
}

/** Configuration as the step gets it. */
export interface EvaluatedConfig {
  readonly config: JsonObject;
  readonly verbatim: readonly string[];
}
