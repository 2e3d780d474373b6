import type { KubeObject, ObjectKey } from './object.ts';

/**
 * Describes one resource type of the Kubernetes API, e.g. group "kargo.akuity.io", version "v1alpha1",
 * kind "Stage", plural "stages".
 *
 * `Object` is carried in the type only, so that readers and writers answer the right shape.
 */
export interface ResourceType<Object extends KubeObject = KubeObject> {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
  /** Never set; ties the description to its object type. */
  readonly object?: Object;
}

/** The `apiVersion` of objects of this type: "v1" or "group/version". */
export function apiVersionOf(type: ResourceType): string {
  return type.group === '' ? type.version : `${type.group}/${type.version}`;
}

/**
 * The request path of a collection or of one object, below the server's root.
 *
 * Shape: "/apis/kargo.akuity.io/v1alpha1/namespaces/demo/stages/dev"; a namespaced type without a namespace gives the
 * collection across all namespaces.
 */
export function resourcePath(
  type: ResourceType,
  place: Partial<ObjectKey> = {},
  subresource?: string,
): string {
  const root = type.group === '' ? `/api/${type.version}` : `/apis/${type.group}/${type.version}`;
  const parts = [root];
  if (type.namespaced && place.namespace !== undefined)
    parts.push('namespaces', encodeURIComponent(place.namespace));
  parts.push(type.plural);
  if (place.name !== undefined) parts.push(encodeURIComponent(place.name));
  if (subresource !== undefined) parts.push(subresource);
  return parts.join('/');
}
