import { readFileSync } from 'node:fs';
import { createKubernetesArgoCd, createUnavailableArgoCd } from '../argocd/index.ts';
import { createForges } from '../forge/index.ts';
import { createGitRepos, type GitReposOptions } from '../git/index.ts';
import { createHttpCharts } from '../helm/index.ts';
import { createHttpClient, type Endpoint } from '../http/index.ts';
import type { KubeClient } from '../kube/index.ts';
import { createRegistryClient } from '../oci/index.ts';
import type {
  ArgoCd,
  Charts,
  Clock,
  Committer,
  Committers,
  CredentialDesk,
  Forges,
  GitHistory,
  GitRepos,
  HttpClient,
  KubeReader,
  Log,
  Metrics,
  Random,
  Registry,
} from '../ports/index.ts';
import { createPrograms } from '../programs/index.ts';
import {
  type CredentialsParts,
  createCommitters,
  createCredentials,
  createSecretHostKeys,
} from '../secrets/index.ts';
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
  readonly credentials: CredentialDesk;
  readonly committers: Committers;
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
  const hostKeys = createSecretHostKeys(client, { namespace: settings.KARGO_NAMESPACE });
  const git = createGitRepos({ ...surroundings, http, hostKeys }, gitOptions(settings));
  const { desk, registries } = createDesk(surroundings, client.reader, http, settings);
  const { budgets, hosts, store } = createRegistryParts(surroundings, settings, registries);
  const system = settings.SYSTEM_RESOURCES_NAMESPACE;
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
    credentials: desk,
    committers: createCommitters(
      { ...surroundings, reader: client.reader },
      {
        fallback: readCommitter(settings),
        ...(system === undefined ? {} : { systemNamespace: system }),
      },
    ),
    argocd: settings.ARGOCD_INTEGRATION_ENABLED
      ? createKubernetesArgoCd(client)
      : createUnavailableArgoCd('ARGOCD_INTEGRATION_ENABLED is false'),
  };
}

/** The search for credentials; `isElsewhere`: it explains what another process does. Nothing is contacted yet. */
export function createDesk(
  surroundings: Surroundings,
  reader: Pick<KubeReader, 'getLive' | 'listLive'> & Partial<Pick<KubeReader, 'list'>>,
  http: HttpClient,
  settings: Settings,
  isElsewhere = false,
): CredentialsParts {
  const environment = settings.environment ?? {};
  const programs = createPrograms(surroundings);
  const readFile = (path: string): string => readFileSync(path, 'utf8');
  const {
    GANTRY_REGISTRIES_CONF: file,
    SYSTEM_RESOURCES_NAMESPACE: namespace,
    SHARED_RESOURCES_NAMESPACE: sharedNamespace,
    DOCKER_CONFIG: folder,
    GANTRY_CREDENTIAL_PROVIDER_CONFIG: configFile,
  } = settings;
  return createCredentials(
    { ...surroundings, reader, http, programs, environment, readFile },
    {
      allowOverHttp: settings.ALLOW_CREDENTIALS_OVER_HTTP,
      ...(sharedNamespace === undefined ? {} : { sharedNamespace }),
      registries: {
        ...(file === undefined ? {} : { file }),
        ...(namespace === undefined ? {} : { namespace }),
      },
      allowed: {
        variables: settings.GANTRY_CREDENTIAL_VARIABLES,
        programs: settings.GANTRY_CREDENTIAL_PROGRAMS,
      },
      ...(folder === undefined || isElsewhere
        ? {}
        : { docker: { folder, helperFolders: settings.GANTRY_CREDENTIAL_HELPER_DIRS } }),
      ...(configFile === undefined || isElsewhere
        ? {}
        : { kubelet: { configFile, programFolder: settings.GANTRY_CREDENTIAL_PROVIDER_BIN_DIR } }),
      clouds: settings.GANTRY_AMBIENT_CREDENTIALS,
      isElsewhere,
      ...(settings.SHARD_NAME === '' ? {} : { shard: settings.SHARD_NAME }),
    },
  );
}

/** How pushes integrate, the disk cache when one is set, and SSH. Errors: main.missing-file. */
function gitOptions(settings: Settings): GitReposOptions {
  const { GANTRY_GIT_CACHE_DIR: folder, GANTRY_GIT_CACHE_MIB: mebibytes } = settings;
  return {
    ssh: sshOptions(settings),
    pushPolicy: settings.GIT_PUSH_INTEGRATION_POLICY,
    ...(folder === undefined ? {} : { disk: { folder, maxBytes: mebibytes * 1024 * 1024 } }),
  };
}

/** How hosts are known and reached over SSH. Errors: main.missing-file. */
function sshOptions(settings: Settings): NonNullable<GitReposOptions['ssh']> {
  const file = settings.GANTRY_SSH_KNOWN_HOSTS_FILE;
  return {
    endpoints: settings.GANTRY_ENDPOINTS,
    trustOnFirstUse: settings.GANTRY_SSH_TRUST_ON_FIRST_USE,
    ...(file === undefined ? {} : { knownHosts: readSettingFile('GANTRY_SSH_KNOWN_HOSTS_FILE', file) }),
  };
}

function readCommitter(settings: Settings): Committer {
  const identity = { name: settings.GITCLIENT_NAME, email: settings.GITCLIENT_EMAIL };
  const path = settings.GITCLIENT_SIGNING_KEY_PATH;
  if (path === undefined) return identity;
  return { ...identity, signingKey: { privateKey: readSettingFile('GITCLIENT_SIGNING_KEY_PATH', path) } };
}
