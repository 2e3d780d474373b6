import type { ObjectKey } from '../../api/meta/index.ts';
import type {
  Freight,
  FreightCollection,
  Promotion,
  PromotionStatus,
  Stage,
} from '../../api/v1alpha1/index.ts';
import type { EngineResult } from '../../domain/index.ts';

/** Everything known about a Promotion in one pass. */
export interface Seen {
  readonly object: Promotion;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
  /** Is the Promotion in this controller's shard? */
  readonly isMine: boolean;
  readonly stage: Stage | undefined;
  /** Name of the Promotion whose turn it is at the Stage. */
  readonly turn: string | undefined;
  readonly freight: Freight | undefined;
  /** Name of this controller in events, e.g. "promotion-controller". */
  readonly component: string;
}

/** A Promotion that is to be worked on, with what its steps need to know. */
export interface Run {
  readonly promotion: Promotion;
  readonly stage: Stage;
  readonly freight: Freight;
  /** The status to start from: phase Running, with its start, its Freight and the set it makes. */
  readonly status: PromotionStatus & {
    readonly startedAt: string;
    readonly freightCollection: FreightCollection;
  };
}

/** What to do with a Promotion now. */
export type Plan =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'release'; readonly key: ObjectKey; readonly finalizers: readonly string[] }
  /** Too new for its Stage to have looked: say nothing yet. */
  | { readonly kind: 'hold'; readonly wakeAfterMs: number }
  | { readonly kind: 'pend'; readonly message: string; readonly wakeAfterMs: number | undefined }
  | { readonly kind: 'abort'; readonly message: string }
  | { readonly kind: 'refuse'; readonly message: string }
  | { readonly kind: 'run'; readonly run: Run };

/** What came of it. */
export type Done = { readonly kind: 'nothing' } | { readonly kind: 'ran'; readonly result: EngineResult };
