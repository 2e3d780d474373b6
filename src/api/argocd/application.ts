import type { JsonObject } from '../../base/index.ts';
import type { KubeObject, ResourceType } from '../meta/index.ts';

/** Where an Application's manifests come from: a path in a git repository, or a chart. */
export interface ApplicationSource {
  readonly repoURL: string;
  readonly path?: string;
  readonly chart?: string;
  readonly targetRevision?: string;
  readonly helm?: {
    readonly parameters?: readonly { readonly name: string; readonly value?: string }[];
    /** Relative to `path`. */
    readonly valueFiles?: readonly string[];
  };
  readonly kustomize?: { readonly images?: readonly string[] };
}

/** A request to synchronize; Argo CD takes it away when it begins. */
export interface ApplicationOperation {
  readonly initiatedBy?: { readonly username?: string; readonly automated?: boolean };
  readonly info?: readonly { readonly name: string; readonly value: string }[];
  readonly retry?: JsonObject;
  readonly sync?: {
    readonly revision?: string;
    readonly revisions?: readonly string[];
    readonly syncOptions?: readonly string[];
  };
}

/** How the newest operation goes or went. Times are RFC 3339. */
export interface OperationState {
  readonly operation?: ApplicationOperation;
  /** "Running", "Terminating", "Failed", "Error" or "Succeeded". */
  readonly phase: string;
  readonly message?: string;
  readonly startedAt?: string;
  readonly finishedAt?: string;
  readonly syncResult?: { readonly revision?: string; readonly revisions?: readonly string[] };
}

/** What Argo CD says about an Application. Times are RFC 3339. */
export interface ApplicationStatus {
  readonly reconciledAt?: string;
  readonly conditions?: readonly { readonly type: string; readonly message?: string }[];
  readonly health?: {
    readonly status?: string;
    readonly lastTransitionTime?: string;
    readonly message?: string;
  };
  readonly sync?: {
    readonly status?: string;
    readonly revision?: string;
    readonly revisions?: readonly string[];
  };
  readonly operationState?: OperationState;
  readonly history?: readonly {
    readonly id: number;
    readonly revision?: string;
    readonly deployedAt?: string;
  }[];
  readonly summary?: { readonly images?: readonly string[] };
}

/** An Argo CD Application. It has no status sub-resource: status is written with the object. */
export interface Application extends KubeObject {
  readonly spec: {
    readonly project?: string;
    readonly source?: ApplicationSource;
    readonly sources?: readonly ApplicationSource[];
    readonly syncPolicy?: {
      readonly automated?: JsonObject;
      readonly syncOptions?: readonly string[];
      readonly retry?: JsonObject;
    };
  };
  readonly operation?: ApplicationOperation;
  readonly status?: ApplicationStatus;
}

/** Applications in the Kubernetes API. */
export const applications: ResourceType<Application> = {
  group: 'argoproj.io',
  version: 'v1alpha1',
  kind: 'Application',
  plural: 'applications',
  namespaced: true,
};
