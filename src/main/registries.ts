import { createHostBudgets, type HostLimits } from '../http/index.ts';
import { type ContentStore, createDiskStore, type RegistryHost, type RegistryHosts } from '../oci/index.ts';
import type { HostBudgets } from '../ports/index.ts';
import { limitOf, type RegistriesSource, settingsOf } from '../secrets/index.ts';
import type { Surroundings } from './adapters.ts';
import { readSettingFile, type Settings } from './settings.ts';

/** What the clients of registries and chart repositories of one process have in common. */
export interface RegistryParts {
  readonly budgets: HostBudgets;
  readonly hosts: RegistryHosts;
  readonly store: ContentStore | undefined;
}

/** Docker Hub's API does not live at its public name. */
const dockerHub = { name: 'docker.io', api: 'index.docker.io' };
const mebibyte = 1024 * 1024;

/** More than anybody asks, where an operator lifts the limit. */
const unlimitedPerSecond = 1_000_000;

/**
 * Reads what the operator says of registries: GANTRY_REGISTRIES, and for what it does not say the configuration in
 * the form of Argo CD Image Updater, as it is in force at each request. Errors: main.missing-file.
 */
export function createRegistryParts(
  surroundings: Surroundings,
  settings: Settings,
  registries: RegistriesSource,
): RegistryParts {
  const hosts: Record<string, RegistryHost> = {};
  const limits: Record<string, Partial<HostLimits>> = {};
  for (const [host, given] of Object.entries(settings.GANTRY_REGISTRIES)) {
    const { caFile, requestsPerSecond, concurrency, plainHttp, insecureSkipTLSVerify } = given;
    hosts[host] = {
      ...(plainHttp === undefined ? {} : { plainHttp }),
      ...(insecureSkipTLSVerify === undefined ? {} : { insecureSkipTLSVerify }),
      ...(caFile === undefined ? {} : { caPem: readSettingFile('GANTRY_REGISTRIES', caFile) }),
    };
    limits[host === dockerHub.name ? dockerHub.api : host] = {
      ...(requestsPerSecond === undefined
        ? {}
        : { requestsPerSecond, burst: Math.max(1, requestsPerSecond) }),
      ...(concurrency === undefined ? {} : { concurrency }),
    };
  }
  const folder = settings.GANTRY_IMAGE_CACHE_FOLDER;
  const limitsOf = (host: string): Partial<HostLimits> | undefined => {
    const limit = limitOf(registries.peek().conf, host);
    const requestsPerSecond = limit === undefined ? undefined : Math.min(limit, unlimitedPerSecond);
    const imported = requestsPerSecond === undefined ? {} : { requestsPerSecond, burst: requestsPerSecond };
    return { ...imported, ...(Object.hasOwn(limits, host) ? limits[host] : {}) };
  };
  return {
    hosts: (host, repository) => ({
      ...settingsOf(registries.peek().conf, host, repository),
      ...(Object.hasOwn(hosts, host) ? hosts[host] : {}),
    }),
    budgets: createHostBudgets(surroundings, {
      requestsPerSecond: settings.IMAGE_REGISTRY_RATE_LIMIT,
      hosts: limitsOf,
    }),
    store:
      folder === undefined
        ? undefined
        : createDiskStore(surroundings, {
            folder,
            maxBytes: settings.GANTRY_IMAGE_CACHE_MEBIBYTES * mebibyte,
          }),
  };
}
