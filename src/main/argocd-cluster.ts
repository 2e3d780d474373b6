import { applications } from '../api/argocd/index.ts';
import type { ResourceType } from '../api/meta/index.ts';
import type { KubeClient } from '../kube/index.ts';
import type { KubeReader } from '../ports/index.ts';

/** Reads and writes of a cluster. */
export type ClusterAccess = Pick<KubeClient, 'reader' | 'writer' | 'changes'>;

/** One access for two clusters: Applications are those of Argo CD's cluster, all else is in the control plane. */
export function joinClusters(controlPlane: ClusterAccess, argocd: ClusterAccess): ClusterAccess {
  if (controlPlane === argocd) return controlPlane;
  const of = (type: ResourceType): ClusterAccess =>
    type.group === applications.group && type.plural === applications.plural ? argocd : controlPlane;
  const reader: KubeReader = {
    get: (type, key) => of(type).reader.get(type, key),
    list: (type, selection) => of(type).reader.list(type, selection),
    getLive: (type, key, signal) => of(type).reader.getLive(type, key, signal),
    listLive: (type, selection, signal) => of(type).reader.listLive(type, selection, signal),
  };
  return {
    reader,
    changes: { subscribe: (type, listener) => of(type).changes.subscribe(type, listener) },
    writer: {
      create: (type, object, signal) => of(type).writer.create(type, object, signal),
      mergePatch: (type, key, patch, options, signal) =>
        of(type).writer.mergePatch(type, key, patch, options, signal),
      jsonPatch: (type, key, patch, options, signal) =>
        of(type).writer.jsonPatch(type, key, patch, options, signal),
      apply: (type, object, options, signal) => of(type).writer.apply(type, object, options, signal),
      delete: (type, key, preconditions, signal) => of(type).writer.delete(type, key, preconditions, signal),
    },
  };
}
