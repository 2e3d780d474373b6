import { type Freight, kargoApiVersion } from '../../api/v1alpha1/index.ts';
import { freightName } from '../../domain/index.ts';
import type { DiscoveredArtifacts, Warehouse } from './types.ts';

/**
 * The Freight of the newest artifacts: the first of each result; `undefined` when a result is empty.
 *
 * Guarantees: its name depends on the Warehouse's name and the artifacts alone, so that making it twice is one Freight.
 */
export function toFreight(warehouse: Warehouse, artifacts: DiscoveredArtifacts): Freight | undefined {
  const commits = artifacts.git?.map((result) => {
    const commit = result.commits?.[0];
    return (
      commit && {
        repoURL: result.repoURL,
        ...pick(commit, ['id', 'branch', 'tag', 'author', 'committer']),
        ...named('message', commit.subject),
        ...named('subscriptionName', result.subscriptionName),
      }
    );
  });
  const images = artifacts.images?.map((result) => {
    const image = result.references?.[0];
    return (
      image && {
        repoURL: result.repoURL,
        ...pick(image, ['tag', 'digest', 'annotations']),
        ...named('subscriptionName', result.subscriptionName),
      }
    );
  });
  const charts = artifacts.charts?.map((result) => {
    const version = result.versions?.[0];
    return version === undefined
      ? undefined
      : { repoURL: result.repoURL, ...pick(result, ['name', 'subscriptionName']), version };
  });
  const generic = artifacts.results?.map((result) => result.artifactReferences?.[0]);
  const content = {
    origin: { kind: 'Warehouse' as const, name: warehouse.metadata.name },
    ...listed('commits', commits),
    ...listed('images', images),
    ...listed('charts', charts),
    ...listed('artifacts', generic),
  };
  const isComplete = [commits, images, charts, generic].every((list) =>
    (list ?? []).every((item) => item !== undefined),
  );
  if (!isComplete) return undefined;
  return {
    apiVersion: kargoApiVersion,
    kind: 'Freight',
    metadata: { name: freightName(content), ...named('namespace', warehouse.metadata.namespace) },
    ...named('discoveredAt', artifacts.discoveredAt),
    ...content,
  };
}

function pick<T extends object, K extends keyof T>(object: T, names: readonly K[]): Partial<Pick<T, K>> {
  const picked: Partial<Pick<T, K>> = {};
  for (const name of names) if (object[name] !== undefined) picked[name] = object[name];
  return picked;
}

function named<K extends string, V>(name: K, value: V | undefined): { readonly [P in K]?: V } {
  return value === undefined ? {} : ({ [name]: value } as { readonly [P in K]?: V });
}

function listed<K extends string, V>(
  name: K,
  list: readonly (V | undefined)[] | undefined,
): { readonly [P in K]?: readonly V[] } {
  const present = (list ?? []).filter((item) => item !== undefined);
  return named(name, present.length === 0 ? undefined : present);
}
