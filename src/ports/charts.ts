import type { Credential } from './credentials.ts';

/** A repository of charts over HTTP, and who is asking. */
export interface ChartSource {
  /** Without a final slash, e.g. "https://charts.example.com/stable"; never contains a secret. */
  readonly repoURL: string;
  readonly credential?: Credential;
  readonly insecureSkipTLSVerify?: boolean;
  /** Who shares the repository's host fairly with others, usually a Project. */
  readonly party?: string;
  /** Does somebody wait for the answer? Then it overtakes what is only polled. */
  readonly isAwaited?: boolean;
}

/**
 * Reads chart repositories that have an index.
 *
 * Consistency: the index is asked for at every call; one that has not changed is not sent again.
 * Limits: requests per host are budgeted, together with those to registries; indexes up to a size; large ones are not decoded beyond the charts that are asked for.
 * Errors: helm.auth-failed, helm.not-found, helm.rate-limited, helm.unreachable, helm.too-large, helm.invalid-index,
 * helm.unsupported.
 */
export interface Charts {
  /** The versions of charts as the index lists them, by name of the chart; a chart that is not listed has none. */
  listVersions(
    source: ChartSource,
    names: readonly string[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, readonly string[]>>;
}
