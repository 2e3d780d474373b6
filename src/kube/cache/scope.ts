import type { KubeObject } from '../../api/meta/index.ts';
import { kubeErrors } from '../errors.ts';
import { parseLabelSelector } from '../label-selector.ts';
import type { WatchedType } from '../watched.ts';

/**
 * A test whether a watch of this type would send an object; answers to writes are not filtered by the server.
 *
 * Errors: kube.bad-config when the label selector cannot be read.
 */
export function createScope(watched: WatchedType): (object: KubeObject) => boolean {
  const match = parseLabelSelector(watched.labelSelector ?? '');
  if (match === undefined) {
    throw kubeErrors.create('kube.bad-config', `label selector "${watched.labelSelector}" cannot be read`);
  }
  return (object) => {
    if (watched.namespace !== undefined && object.metadata.namespace !== watched.namespace) return false;
    return match(object.metadata.labels ?? {});
  };
}
