import type {
  Clock,
  CredentialDesk,
  HttpClient,
  KubeReader,
  Log,
  Metrics,
  Programs,
} from '../ports/index.ts';
import { type Cloud, createAmbientLevel } from './clouds/ambient.ts';
import { createCloudKeys } from './clouds/keys.ts';
import { createCredentialDesk } from './credentials.ts';
import { createDockerLevel, type DockerLevelOptions } from './docker-level.ts';
import { createGitHubAppTokens } from './github-app/index.ts';
import { createKargoSecrets } from './kargo-secrets.ts';
import { createKubeletLevel, type KubeletLevelOptions } from './kubelet-level.ts';
import { createCredentialMetrics, registriesAcceptedMetric } from './metrics.ts';
import { createRegistriesSource, type RegistriesOptions, type RegistriesSource } from './registries.ts';
import { createSourceReader, type SourceRules } from './source-reader.ts';
import { createTokenCache } from './token-cache.ts';
import type { Level } from './types.ts';
import { createRegistriesLevel, createSubscriptionLevel } from './written-sources.ts';

/** What credentials are found with. */
export interface CredentialsDeps {
  /** `list` may be absent where nothing is watched. */
  readonly reader: Pick<KubeReader, 'getLive' | 'listLive'> & Partial<Pick<KubeReader, 'list'>>;
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics?: Metrics;
  readonly programs: Programs;
  /** The environment of this process; read by names that are known or allowed, never passed on as a whole. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The text of a file; throws when it cannot be read. */
  readFile(path: string): string;
}

/** Where credentials may come from. */
export interface CredentialsOptions {
  /** The namespace whose Secrets serve all Projects; none when absent. */
  readonly sharedNamespace?: string;
  /** May credentials be sent to "http://" URLs? No unless told. */
  readonly allowOverHttp?: boolean;
  readonly registries?: RegistriesOptions;
  /** What "env:" and "ext:" may name; nothing unless told. */
  readonly allowed?: Pick<SourceRules, 'variables' | 'programs'>;
  readonly docker?: Omit<DockerLevelOptions, 'environment'>;
  readonly kubelet?: Omit<KubeletLevelOptions, 'environment'>;
  /** The clouds whose identity this process uses; none unless told. */
  readonly clouds?: readonly Cloud[];
  /** It explains what another process does, whose identity at clouds cannot be seen from here. */
  readonly isElsewhere?: boolean;
  /** The shard of this controller, part of the names of its sessions at clouds. */
  readonly shard?: string;
}

/** What `createCredentials` gives. */
export interface CredentialsParts {
  readonly desk: CredentialDesk;
  readonly registries: RegistriesSource;
}

/** Builds the search for credentials. Nothing is contacted yet. */
export function createCredentials(deps: CredentialsDeps, options: CredentialsOptions = {}): CredentialsParts {
  const tokens = createTokenCache(deps.clock);
  const shared = { ...deps, tokens };
  const environment = helperEnvironment(deps.environment);
  const allowed = { variables: options.allowed?.variables ?? [], programs: options.allowed?.programs ?? [] };
  const sources = createSourceReader({ ...shared, variables: deps.environment }, { ...allowed, environment });
  // What is allowed there is not known here; reading refuses all the same.
  const shown = options.isElsewhere === true ? { ...sources, findRefusal: () => undefined } : sources;
  const registries = createRegistriesSource(deps, options.registries ?? {});
  const metrics = createCredentialMetrics(deps.metrics);
  const accepted = deps.metrics?.gauge(registriesAcceptedMetric);
  const levels: readonly Level[] = [
    createKargoSecrets(
      { ...deps, cloudKeys: createCloudKeys(shared), githubApps: createGitHubAppTokens(deps) },
      options.sharedNamespace,
    ),
    createRegistriesLevel(registries, shown),
    ...(options.docker === undefined ? [] : [createDockerLevel(shared, { ...options.docker, environment })]),
    ...(options.kubelet === undefined
      ? []
      : [createKubeletLevel(shared, { ...options.kubelet, environment })]),
    createAmbientLevel(shared, {
      clouds: options.clouds ?? [],
      isElsewhere: options.isElsewhere === true,
      ...(options.shard === undefined ? {} : { shard: options.shard }),
    }),
  ];
  const desk = createCredentialDesk(
    {
      clock: deps.clock,
      levels,
      subscriptions: createSubscriptionLevel(sources),
      prepare: (signal) => registries.load(signal),
      warnings: () => {
        const { problems, conf } = registries.peek();
        return [...problems, ...conf.warnings];
      },
      onUse: (source, use) => {
        metrics.record(source, use);
        accepted?.set({}, registries.peek().problems.length === 0 ? 1 : 0);
      },
    },
    { allowOverHttp: options.allowOverHttp === true },
  );
  return { desk, registries };
}

/**
 * The variables that helpers get: where programs are, how to reach the network, and what clouds tell processes about
 * themselves. None of them is a secret, but for what a proxy's address may hold.
 */
const helperVariables: readonly string[] = [
  'PATH',
  'HOME',
  'LANG',
  'TZ',
  'TMPDIR',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'http_proxy',
  'https_proxy',
  'no_proxy',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'AWS_REGION',
  'AWS_DEFAULT_REGION',
  'AWS_ROLE_ARN',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_STS_REGIONAL_ENDPOINTS',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE',
  'AZURE_CLIENT_ID',
  'AZURE_TENANT_ID',
  'AZURE_FEDERATED_TOKEN_FILE',
  'AZURE_AUTHORITY_HOST',
  'GOOGLE_APPLICATION_CREDENTIALS',
  'GOOGLE_CLOUD_PROJECT',
  'GCE_METADATA_HOST',
];

function helperEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const name of helperVariables) {
    const value = environment[name];
    if (value !== undefined) found[name] = value;
  }
  return found;
}
