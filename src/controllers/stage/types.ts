import type {
  Freight,
  ProjectConfig,
  Promotion,
  Stage,
  StageStatus,
  Warehouse,
} from '../../api/v1alpha1/index.ts';
import type { AppError, JsonObject } from '../../base/index.ts';
import type { ApplicationView, EventDraft, StageTurn } from '../../domain/index.ts';

/** All that one look at a Stage found. */
export interface StageSeen {
  readonly object: Stage;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
  /** As in events, e.g. "stage-controller". */
  readonly controller: string;
  /** Is the Stage in this controller's shard? */
  readonly isMine: boolean;
  /** Promotions to this Stage, in no order. */
  readonly promotions: readonly Promotion[];
  /** All Freight of the Project. */
  readonly freight: readonly Freight[];
  /** All Warehouses of the Project. */
  readonly warehouses: readonly Warehouse[];
  readonly projectConfig: ProjectConfig | undefined;
  /** Applications that health checks of this Stage ask about. */
  readonly applications: readonly SeenApplication[];
  readonly argocdNamespace: string;
  /** The Promotion whose turn it is, as this process has decided; the status may not say so yet. */
  readonly turn: StageTurn | undefined;
  /** A fresh random id, for a verification that starts in this pass. */
  readonly verificationId: string;
}

/** One Application as it was found, or why it could not be read. */
export interface SeenApplication {
  readonly namespace: string;
  readonly name: string;
  readonly application: ApplicationView | undefined;
  readonly problem: string | undefined;
}

/** A Promotion that is to start by itself. */
export interface PromotionCreation {
  /** The origin as text. */
  readonly origin: string;
  readonly freight: Freight;
}

/** A problem that keeps the Stage from being ready, though nothing is broken. */
export interface StageProblem {
  readonly reason: string;
  readonly message: string;
}

/** What a pass has worked out so far; each rule takes one and gives the next. */
export interface Draft {
  readonly status: StageStatus;
  /** The Promotion whose turn it is. */
  readonly turn: string | undefined;
  /** Status merge patches by the name of the Freight. */
  readonly freightPatches: ReadonlyMap<string, JsonObject>;
  readonly creations: readonly PromotionCreation[];
  /** Applications whose state is older than their last operation. */
  readonly refreshes: readonly { readonly namespace: string; readonly name: string }[];
  readonly events: readonly EventDraft[];
  /** The annotation `kargo.akuity.io/argocd-context`: text sets it, null removes it. */
  readonly argocdContext: string | null | undefined;
  readonly problems: readonly StageProblem[];
  /** There is more to do at once: a Promotion waits that could not be picked in this pass. */
  readonly isImmediate: boolean;
  /** When something changes by waiting alone; milliseconds since the epoch. */
  readonly wakeAtMs: number | undefined;
}

/** What is to be done. */
export type StagePlan =
  | { readonly kind: 'ignore' }
  /** It is being deleted: forget it in all Freight, then take Kargo's finalizer off. */
  | {
      readonly kind: 'release';
      readonly stage: Stage;
      readonly freightPatches: ReadonlyMap<string, JsonObject>;
    }
  | { readonly kind: 'run'; readonly stage: Stage; readonly draft: Draft };

/** What was done. */
export interface StageDone {
  readonly created: readonly { readonly origin: string; readonly promotion: Promotion }[];
  /** Promotions that admission did not let in, one sentence each. */
  readonly refused: readonly string[];
  /** The first failure; what came after it was still tried. */
  readonly error: AppError | undefined;
}
