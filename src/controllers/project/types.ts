import type { Namespace } from '../../api/core/index.ts';
import type { Freight, Project, ProjectStatus, Stage, Warehouse } from '../../api/v1alpha1/index.ts';
import type { AppError } from '../../base/index.ts';

/** All that one look at a Project found. */
export interface ProjectSeen {
  readonly object: Project;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
  readonly namespace: Namespace | undefined;
  readonly stages: readonly Stage[];
  readonly warehouses: readonly Warehouse[];
  readonly freight: readonly Freight[];
}

/** A Freight that still speaks of Stages that do not exist. */
export interface Leftover {
  readonly freight: string;
  readonly stages: readonly string[];
}

/** What is to be done about a Project. */
export type ProjectPlan =
  /** It is being deleted: take Kargo's finalizer off; the namespace stays. */
  | { readonly kind: 'release'; readonly project: Project }
  | { readonly kind: 'wait-for-namespace'; readonly project: Project }
  | { readonly kind: 'create-namespace'; readonly project: Project }
  /** The namespace is there and nobody has said that the Project may have it. */
  | { readonly kind: 'stall'; readonly project: Project }
  | { readonly kind: 'tend'; readonly project: Project; readonly leftovers: readonly Leftover[] };

/** What was done. */
export interface ProjectDone {
  readonly error: AppError | undefined;
}

/** The figures of a Project. */
export type ProjectStats = NonNullable<ProjectStatus['stats']>;
