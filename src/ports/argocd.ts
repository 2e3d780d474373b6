import type { Application } from '../api/argocd/index.ts';
import type { JsonObject } from '../base/index.ts';

/** Labels that an Application must have, in Kubernetes's own terms; all criteria must hold. */
export interface ApplicationSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
    readonly values?: readonly string[];
  }[];
}

/**
 * Argo CD Applications.
 *
 * Consistency: `get` and `list` answer as the control plane stands now, not from a cache, because a sync is decided on it.
 * Errors: argocd.conflict (the Application moved on; read again), argocd.not-found, argocd.forbidden,
 * argocd.unavailable (not installed or switched off), argocd.unreachable.
 */
export interface ArgoCd {
  get(namespace: string, name: string, signal: AbortSignal): Promise<Application | undefined>;
  list(
    namespace: string,
    selector: ApplicationSelector,
    signal: AbortSignal,
  ): Promise<readonly Application[]>;
  /** A merge patch, accepted only while the Application still has the version of `application`. */
  patch(application: Application, patch: JsonObject, signal: AbortSignal): Promise<Application>;
  /** Asks Argo CD to compare again with a fresh manifest. Repeating it is harmless. */
  refresh(namespace: string, name: string, signal: AbortSignal): Promise<void>;
}
