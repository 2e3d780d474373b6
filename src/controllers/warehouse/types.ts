import type { DiscoveredArtifacts, Freight, Warehouse, WarehouseStatus } from '../../api/v1alpha1/index.ts';
import type { AppError } from '../../base/index.ts';
import type { UsedCredential } from '../../domain/index.ts';

/** A tag that a look left out because it could not be read. */
export interface SkippedImage {
  readonly repoURL: string;
  readonly tag: string;
  readonly problem: string;
}

/** Whether the repositories were looked at in this pass, and what came of it. */
export type Look =
  | { readonly kind: 'not-due' }
  | {
      readonly kind: 'found';
      readonly artifacts: DiscoveredArtifacts;
      readonly skipped: readonly SkippedImage[];
    }
  | { readonly kind: 'failed'; readonly error: AppError }
  /** A host is busy; the look has to be made a little later, and nothing is wrong. */
  | { readonly kind: 'deferred'; readonly delayMs: number };

/** Everything that a pass knows. */
export interface WarehouseSeen {
  readonly object: Warehouse;
  readonly nowMs: number;
  /** False when another shard is responsible. */
  readonly isMine: boolean;
  readonly look: Look;
  /** Does the Freight of the newest artifacts exist already? */
  readonly hasFreight: boolean;
  /** What the look's credentials were; absent where nobody looked or nobody tells. */
  readonly credentials?: readonly UsedCredential[];
}

/** What is to be done. */
export type WarehousePlan =
  | { readonly kind: 'ignore' }
  | { readonly kind: 'report-failure'; readonly error: AppError }
  | { readonly kind: 'defer'; readonly delayMs: number }
  | {
      readonly kind: 'report-nothing-found';
      readonly healthyReason: string;
      readonly readyReason: string;
      readonly message: string;
    }
  | { readonly kind: 'report-bad-criteria'; readonly problem: string }
  | { readonly kind: 'report-bad-group'; readonly problem: string }
  | { readonly kind: 'leave-to-people' }
  /** Images that must belong together do not yet. */
  | { readonly kind: 'wait-for-group' }
  /** They do, and may still change. */
  | { readonly kind: 'let-settle'; readonly untilMs: number; readonly isNew: boolean }
  | { readonly kind: 'hold-back' }
  | { readonly kind: 'keep'; readonly freight: Freight }
  | { readonly kind: 'mint'; readonly freight: Freight };

/** What was done. */
export type WarehouseDone =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'created'; readonly freight: Freight }
  | { readonly kind: 'existed' }
  | { readonly kind: 'refused'; readonly error: AppError };

/** Says whether the newest artifacts are wanted as Freight. */
export type EvaluateCriteria = (
  expression: string,
  artifacts: DiscoveredArtifacts,
) => { readonly ok: true; readonly isSatisfied: boolean } | { readonly ok: false; readonly problem: string };

/** What the pure parts are configured with. */
export interface WarehouseRules {
  /** As in events, e.g. "warehouse-controller". */
  readonly controllerName: string;
  /** The shortest time between two looks at one Warehouse's repositories. */
  readonly minIntervalMs: number;
  readonly evaluateCriteria: EvaluateCriteria;
}

export type { DiscoveredArtifacts, Freight, Warehouse, WarehouseStatus };
