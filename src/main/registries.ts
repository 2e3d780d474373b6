import { createHostBudgets, type HostLimits } from '../http/index.ts';
import { type ContentStore, createDiskStore, type RegistryHost, type RegistryHosts } from '../oci/index.ts';
import type { HostBudgets } from '../ports/index.ts';
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

/** Reads what the operator says of registries. Errors: main.missing-file. */
export function createRegistryParts(surroundings: Surroundings, settings: Settings): RegistryParts {
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
  return {
    hosts,
    budgets: createHostBudgets(surroundings, {
      requestsPerSecond: settings.IMAGE_REGISTRY_RATE_LIMIT,
      hosts: limits,
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
