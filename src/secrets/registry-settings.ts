import { findRegistry, type RegistriesConf } from './registries-conf.ts';

/** What a configuration of registries says of the connection to one. */
export interface RegistrySettings {
  /** Host of its API, with its port where it has one, when that is another than the name says. */
  readonly api?: string;
  /** Its API is at an http:// address. */
  readonly plainHttp?: boolean;
  /** Accept any certificate. */
  readonly insecureSkipTLSVerify?: boolean;
  /** Certificates to trust in addition, in PEM. */
  readonly caPem?: string;
}

const dockerHub = 'docker.io';
const dockerHubApis: readonly string[] = ['docker.io', 'index.docker.io', 'registry-1.docker.io'];

/** The connection to the registry of a repository, or to a host when no repository is named. */
export function settingsOf(
  conf: RegistriesConf,
  host: string,
  repository: string | undefined,
): RegistrySettings | undefined {
  if (repository === undefined) {
    const isPlain = conf.entries.some(({ apiUrl }) => apiUrl === `http://${host}`);
    return isPlain ? { plainHttp: true } : undefined;
  }
  const entry = findRegistry(conf, `${host}/${repository}`);
  if (entry === undefined) return undefined;
  const url = new URL(entry.apiUrl);
  const isUsual = url.host === host || (host === dockerHub && dockerHubApis.includes(url.host));
  return {
    ...(isUsual ? {} : { api: url.host }),
    ...(url.protocol === 'http:' ? { plainHttp: true } : {}),
    ...(entry.insecure ? { insecureSkipTLSVerify: true } : {}),
    ...(entry.caPem === undefined ? {} : { caPem: entry.caPem }),
  };
}

/** Requests per second at a host's API, where the configuration says; infinite where it lifts the limit. */
export function limitOf(conf: RegistriesConf, apiHost: string): number | undefined {
  const { limit } = conf.entries.find(({ apiUrl }) => isApi(apiUrl, apiHost)) ?? {};
  return limit === 0 ? Number.POSITIVE_INFINITY : limit;
}

function isApi(apiUrl: string, apiHost: string): boolean {
  const { host } = new URL(apiUrl);
  return host === apiHost || (dockerHubApis.includes(host) && dockerHubApis.includes(apiHost));
}
