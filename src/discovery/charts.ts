import type { ChartSubscription } from '../api/v1alpha1/index.ts';
import { type ChartPlace, compileChartRule, normalizeChartUrl } from '../domain/index.ts';
import type { Charts, Clock, Credential, Credentials, Registry } from '../ports/index.ts';
import { sourceMember, withCredential } from './credential.ts';
import { createHostGate } from './host-gate.ts';
import { createSharedScans, type Scan } from './shared-scans.ts';
import { cannotFollow, whoAsks } from './source.ts';

/** What is to be looked at, and for whom. */
export interface ChartLook {
  readonly project: string;
  readonly subscription: ChartSubscription;
  /** The oldest answer of the repository that will do; see `Question`. */
  readonly notBeforeMs: number;
  /** Does somebody wait for this look? Then it overtakes the polling of others. */
  readonly isAwaited?: boolean;
  /** The source of credentials that the subscription names for itself. */
  readonly source?: string | undefined;
}

/** What a look found. */
export interface ChartFindings {
  /** Best first. */
  readonly versions: readonly string[];
  /** When the repository was asked, milliseconds since the epoch. */
  readonly askedAtMs: number;
}

/** Finds the versions of charts that subscriptions select. */
export interface ChartDiscovery {
  /** Errors: discovery.*, credentials.*, helm.* and oci.*. */
  discover(look: ChartLook, signal: AbortSignal): Promise<ChartFindings>;
}

/** Creates chart discovery; all looks made through it share their requests. */
export function createChartDiscovery(deps: {
  readonly charts: Charts;
  readonly registry: Registry;
  readonly credentials: Credentials;
  readonly clock: Clock;
}): ChartDiscovery {
  const indexes = createSharedScans<ReadonlyMap<string, readonly string[]>>(deps.clock, {
    freshOvertakes: true,
  });
  const tags = createSharedScans<readonly string[]>(deps.clock, { freshOvertakes: true });
  const gate = createHostGate(deps.clock);

  async function list(
    place: ChartPlace,
    { project, subscription, notBeforeMs, isAwaited = false }: ChartLook,
    credential: Credential | undefined,
    signal: AbortSignal,
  ): Promise<Scan<readonly string[]>> {
    const { repoURL, insecureSkipTLSVerify } = subscription;
    const source = {
      repoURL: place.repoURL,
      ...(credential === undefined ? {} : { credential }),
      ...(insecureSkipTLSVerify ? { insecureSkipTLSVerify: true } : {}),
      party: project,
      isAwaited,
    };
    const key = [
      place.kind === 'oci' ? normalizeChartUrl(repoURL) : place.repoURL,
      whoAsks(credential),
      insecureSkipTLSVerify ? 'insecure' : '',
    ].join('\n');
    if (place.kind === 'oci') {
      return tags.ask(
        { key, wants: [], notBeforeMs },
        (_, shared) => deps.registry.listTags(source, shared),
        signal,
      );
    }
    const { name } = place;
    const scan = await indexes.ask(
      { key, wants: [name], notBeforeMs },
      (names, shared) => deps.charts.listVersions(source, names, shared),
      signal,
    );
    return { answer: scan.answer.get(name) ?? [], askedAtMs: scan.askedAtMs };
  }

  return {
    async discover(look, signal) {
      const compiled = compileChartRule(look.subscription);
      if (!compiled.ok) throw cannotFollow(look.subscription.repoURL, compiled.problem);
      const { place } = compiled.rule;
      const { project, source } = look;
      // Kargo's Secrets name an OCI repository with its scheme.
      const { repoURL } = look.subscription;
      const { answer, askedAtMs } = await withCredential(
        deps.credentials,
        { project, kind: 'helm', repoURL, ...sourceMember(source) },
        (credential) => {
          const ask = () => list(place, look, credential, signal);
          return gate.pass(hostOf(place.repoURL), look.isAwaited === true, ask);
        },
        signal,
      );
      return { versions: compiled.rule.select(answer), askedAtMs };
    },
  };
}

/** The host of a chart repository, with or without a scheme. */
function hostOf(repoURL: string): string {
  return repoURL.replace(/^[a-z]+:\/\//, '').split('/', 1)[0] ?? '';
}
