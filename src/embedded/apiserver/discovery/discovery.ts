import type { JsonObject } from '../../../base/index.ts';
import { type Catalog, listGroups } from '../catalog.ts';
import type { Resource } from '../resource.ts';
import { unknownPath } from '../status.ts';

const statusVerbs = ['get', 'patch', 'update'];

/** What `/version` answers. Clients choose their dialect by it; this is the version that is imitated. */
export const versionInfo: JsonObject = {
  major: '1',
  minor: '32',
  gitVersion: 'v1.32.0',
  gitCommit: '0000000000000000000000000000000000000000',
  gitTreeState: 'clean',
  buildDate: '2024-12-11T17:59:15Z',
  goVersion: 'go1.23.3',
  compiler: 'gc',
  platform: 'linux/amd64',
};

/** The sub-resources of a resource with their verbs. */
export function subresourcesOf(resource: Resource): readonly (readonly [string, readonly string[]])[] {
  const status = resource.hasStatus ? ([['status', statusVerbs]] as const) : [];
  const finalize = resource.storage === 'namespaces' ? ([['finalize', ['update']]] as const) : [];
  const token = resource.storage === 'serviceaccounts' ? ([['token', ['create']]] as const) : [];
  const scale = resource.scale === undefined ? [] : ([['scale', statusVerbs]] as const);
  return [...finalize, ...status, ...token, ...scale];
}

/** `/api`. */
export function listCoreVersions(address: string): JsonObject {
  const serverAddressByClientCIDRs = [{ clientCIDR: '0.0.0.0/0', serverAddress: address }];
  return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs };
}

function toGroup(group: string, versions: readonly string[]): JsonObject {
  const served = versions.map((version) => ({ groupVersion: `${group}/${version}`, version }));
  return { name: group, versions: served, preferredVersion: served[0] ?? {} };
}

/** `/apis`. */
export function listApiGroups(catalog: Catalog): JsonObject {
  const groups = listGroups(catalog.all())
    .filter(({ group }) => group !== '')
    .map(({ group, versions }) => toGroup(group, versions));
  return { kind: 'APIGroupList', apiVersion: 'v1', groups };
}

/** `/apis/<group>`. */
export function showApiGroup(catalog: Catalog, name: string): JsonObject {
  const found = listGroups(catalog.all()).find(({ group }) => group === name && group !== '');
  if (found === undefined) throw unknownPath();
  return { kind: 'APIGroup', apiVersion: 'v1', ...toGroup(name, found.versions) };
}

/** `/api/v1` and `/apis/<group>/<version>`. */
export function listApiResources(catalog: Catalog, group: string, version: string): JsonObject {
  const found = catalog.all().filter((r) => r.group === group && r.version === version);
  if (found.length === 0) throw unknownPath();
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: group === '' ? version : `${group}/${version}`,
    resources: found.flatMap((resource) => [toApiResource(resource), ...toSubresources(resource)]),
  };
}

function toApiResource(resource: Resource): JsonObject {
  return {
    name: resource.plural,
    singularName: resource.singular,
    namespaced: resource.namespaced,
    kind: resource.kind,
    verbs: resource.verbs,
    ...(resource.shortNames.length === 0 ? {} : { shortNames: resource.shortNames }),
    ...(resource.categories.length === 0 ? {} : { categories: resource.categories }),
  };
}

function toSubresources(resource: Resource): JsonObject[] {
  const { plural, namespaced, kind } = resource;
  return subresourcesOf(resource).map(([name, verbs]) => ({
    name: `${plural}/${name}`,
    singularName: '',
    namespaced,
    ...kindOfSubresource(name, kind),
    verbs,
  }));
}

function kindOfSubresource(name: string, kind: string): JsonObject {
  return name === 'scale' ? { group: 'autoscaling', version: 'v1', kind: 'Scale' } : { kind };
}

/** The aggregated form of `/api` (core group) and `/apis` (all others). */
export function listAggregated(catalog: Catalog, isCore: boolean): JsonObject {
  const groups = listGroups(catalog.all()).filter(({ group }) => (group === '') === isCore);
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: 'apidiscovery.k8s.io/v2',
    metadata: {},
    items: groups.map(({ group, versions }) => ({
      metadata: { ...(group === '' ? {} : { name: group }), creationTimestamp: null },
      versions: versions.map((version) => ({
        version,
        resources: catalog
          .all()
          .filter((r) => r.group === group && r.version === version)
          .map(toAggregated),
        freshness: 'Current',
      })),
    })),
  };
}

function toAggregated(resource: Resource): JsonObject {
  const { group, version, kind } = resource;
  const responseKind = { group, version, kind };
  const subresources = subresourcesOf(resource).map(([subresource, verbs]) => ({
    subresource,
    responseKind: { ...responseKind, ...kindOfSubresource(subresource, kind) },
    verbs,
  }));
  return {
    resource: resource.plural,
    responseKind,
    scope: resource.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: resource.singular,
    verbs: resource.verbs,
    ...(resource.shortNames.length === 0 ? {} : { shortNames: resource.shortNames }),
    ...(resource.categories.length === 0 ? {} : { categories: resource.categories }),
    ...(subresources.length === 0 ? {} : { subresources }),
  };
}
