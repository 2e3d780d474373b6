import { createKubernetesArgoCd, createUnavailableArgoCd } from '../argocd/index.ts';
import { createForges } from '../forge/index.ts';
import { createGitRepos } from '../git/index.ts';
import { createHttpCharts } from '../helm/index.ts';
import { createHttpClient, type Endpoint } from '../http/index.ts';
import type { KubeClient } from '../kube/index.ts';
import { createRegistryClient } from '../oci/index.ts';
import type {
  ArgoCd,
  Charts,
  Clock,
  Credentials,
  Forges,
  GitHistory,
  GitRepos,
  HttpClient,
  Log,
  Metrics,
  Random,
  Registry,
} from '../ports/index.ts';
import { createSecretCredentials } from '../secrets/index.ts';
import { createProxyRule, proxySettings } from './proxy.ts';
import { createRegistryParts } from './registries.ts';
import type { Resources } from './resources.ts';
import { readSettingFile, type Settings } from './settings.ts';

/** Clock, randomness, log and metrics of one process. */
export interface Surroundings {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** Everything outside that the controllers speak to, behind its port. */
export interface Adapters {
  readonly http: HttpClient;
  readonly git: GitRepos;
  readonly history: GitHistory;
  readonly charts: Charts;
  readonly registry: Registry;
  readonly forges: Forges;
  readonly credentials: Credentials;
  readonly argocd: ArgoCd;
}

/** The HTTP client of a process, with its mapped endpoints and further authorities. Errors: main.missing-file. */
export function createHttp(settings: Settings, resources: Resources): HttpClient {
  const endpoints: Record<string, Endpoint> = {};
  for (const [host, { address, caFile }] of Object.entries(settings.GANTRY_ENDPOINTS)) {
    const ca = caFile === undefined ? {} : { caPem: readSettingFile('GANTRY_ENDPOINTS', caFile) };
    endpoints[host] = { address, ...ca };
  }
  const extra = settings.SSL_CERT_FILE;
  const client = createHttpClient({
    endpoints,
    proxyFor: createProxyRule(proxySettings(settings)),
    ...(extra === undefined ? {} : { extraCaPem: readSettingFile('SSL_CERT_FILE', extra) }),
  });
  return resources.use(client, async (one) => one[Symbol.asyncDispose]());
}

/** Builds the adapters. Nothing is contacted yet. */
export function createAdapters(
  surroundings: Surroundings,
  client: Pick<KubeClient, 'reader' | 'writer'>,
  http: HttpClient,
  settings: Settings,
): Adapters {
  const shared = settings.SHARED_RESOURCES_NAMESPACE;
  const git = createGitRepos({ ...surroundings, http });
  const { budgets, hosts, store } = createRegistryParts(surroundings, settings);
  return {
    http,
    git,
    history: git.history,
    charts: createHttpCharts({ http, budgets }),
    registry: createRegistryClient(
      { ...surroundings, http, budgets },
      {
        hosts,
        maxCachedImages: settings.MAX_IMAGE_CACHE_ENTRIES,
        ...(store === undefined ? {} : { store }),
      },
    ),
    forges: createForges({ ...surroundings, http }),
    credentials: createSecretCredentials(
      { reader: client.reader },
      {
        allowOverHttp: settings.ALLOW_CREDENTIALS_OVER_HTTP,
        ...(shared === undefined ? {} : { sharedNamespace: shared }),
      },
    ),
    argocd: settings.ARGOCD_INTEGRATION_ENABLED
      ? createKubernetesArgoCd(client)
      : createUnavailableArgoCd('ARGOCD_INTEGRATION_ENABLED is false'),
  };
}
