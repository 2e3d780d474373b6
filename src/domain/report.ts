import type { AppError, JsonObject, JsonValue } from '../base/index.ts';

/** When a reconciler wants to look again; changes of watched objects wake it in any case. */
export type WakeUp =
  | { readonly kind: 'none' }
  | { readonly kind: 'after'; readonly delayMs: number }
  | { readonly kind: 'backoff' };

/** A Kubernetes Event to be written: something that has happened and matters to a person. */
export interface EventDraft {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  /** The object it is about. */
  readonly involved: {
    readonly apiVersion: string;
    readonly kind: string;
    readonly namespace: string;
    readonly name: string;
    /** With it `kubectl describe` finds the Event. */
    readonly uid?: string;
  };
  /** The component that reports it, e.g. "stage-controller". */
  readonly component: string;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Names what has happened: however often it is reported, by one process or several, there is one Event of it. */
  readonly once?: string;
}

/** What a reconcile pass has to say: the whole next status, events, and when to look again. */
export interface Report<Status> {
  /** The whole status as it should be; the runner writes the difference. `undefined` leaves the status alone. */
  readonly status: Status | undefined;
  /** Annotations of the object itself to set (text) or remove (null), written as a merge patch when they differ. */
  readonly annotations?: Readonly<Record<string, string | null>>;
  readonly events: readonly EventDraft[];
  readonly wakeUp: WakeUp;
  /** The failure behind a back-off; the runner logs it once and applies its disposition. */
  readonly error?: AppError;
}

/** How severe a health state is, in ascending order. */
export type HealthStatus = 'Healthy' | 'NotApplicable' | 'Progressing' | 'Unknown' | 'Unhealthy';

/** What a promotion step asks to be checked for as long as its Freight is deployed. */
export interface HealthCheck {
  readonly uses: string;
  readonly config: JsonObject;
}

/** What may wake a waiting promotion before its poll interval is over. */
export type WakeSource =
  | { readonly kind: 'application'; readonly namespace: string; readonly name: string }
  | { readonly kind: 'pull-request'; readonly url: string };

/** How one attempt of a step ended. */
export type StepOutcome =
  | {
      readonly kind: 'done';
      /** "Skipped" where the step found nothing to do. */
      readonly status: 'Succeeded' | 'Skipped';
      readonly output?: JsonObject;
      readonly message?: string;
      readonly healthCheck?: HealthCheck;
    }
  | {
      readonly kind: 'waiting';
      /** A sentence that names what is being waited for. */
      readonly message: string;
      readonly pollAfterMs: number;
      readonly wakes: readonly WakeSource[];
      readonly output?: JsonObject;
    }
  | {
      readonly kind: 'failed';
      /** "Failed": the step did its work and the answer is no. "Errored": it could not do its work. */
      readonly status: 'Failed' | 'Errored';
      readonly code: string;
      readonly message: string;
      /** True when another attempt cannot help. */
      readonly terminal: boolean;
      readonly output?: JsonObject;
    };

/** What a step keeps in the journal so that a replay reads the same bytes (commit ids, digests). */
export type StepPins = Readonly<Record<string, JsonValue>>;
