/** The members of an Argo CD Application that Gantry reads. Times are RFC 3339. */
export interface ApplicationView {
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec?: {
    readonly source?: { readonly repoURL?: string };
    readonly sources?: readonly { readonly repoURL?: string }[];
  };
  readonly operation?: { readonly sync?: object } | null;
  readonly status?: {
    readonly reconciledAt?: string;
    readonly health?: { readonly status?: string };
    readonly sync?: {
      readonly status?: string;
      readonly revision?: string;
      readonly revisions?: readonly string[];
    };
    readonly operationState?: { readonly phase?: string; readonly finishedAt?: string } | null;
    readonly conditions?: readonly { readonly type: string; readonly message?: string }[];
  };
}

/**
 * Was the Application looked at since its last operation ended? Before that its health is yesterday's.
 *
 * Equal times count: Argo CD writes both in one go.
 */
export function isReconciledAfterOperation(application: ApplicationView): boolean {
  const finishedAt = application.status?.operationState?.finishedAt;
  if (finishedAt === undefined) return true;
  const reconciledAt = application.status?.reconciledAt;
  return reconciledAt !== undefined && Date.parse(reconciledAt) >= Date.parse(finishedAt);
}

/** The revisions that the Application is synced to, one per source; empty when it is not known. */
export function syncedRevisions(application: ApplicationView): readonly string[] {
  const sync = application.status?.sync;
  if (sync?.revisions !== undefined && sync.revisions.length > 0) return sync.revisions;
  return sync?.revision === undefined || sync.revision === '' ? [] : [sync.revision];
}

/** The repository addresses of the Application's sources, in order. */
export function sourcesOf(application: ApplicationView): readonly { readonly repoURL?: string }[] {
  const { source, sources } = application.spec ?? {};
  if (sources !== undefined && sources.length > 0) return sources;
  return source === undefined ? [] : [source];
}
