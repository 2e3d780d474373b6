import { apiVersionOf, type KubeObject, type ResourceType } from '../../api/meta/index.ts';
import { isJsonObject, type JsonValue } from '../../base/index.ts';
import { kubeErrors } from '../errors.ts';
import { isComparableVersion } from '../version.ts';

/**
 * The parse step of every object that the API server sends: metadata present, version comparable, `managedFields`
 * dropped, apiVersion and kind filled in where lists of built-in types leave them out.
 *
 * Errors: kube.protocol, kube.unsupported-version.
 */
export function parseObject<T extends KubeObject>(type: ResourceType<T>, value: JsonValue | undefined): T {
  const metadata = isJsonObject(value) ? value['metadata'] : undefined;
  if (!isJsonObject(value) || !isJsonObject(metadata) || typeof metadata['name'] !== 'string') {
    throw kubeErrors.create('kube.protocol', `the server sent something that is no ${type.kind}`);
  }
  const version = metadata['resourceVersion'];
  if (typeof version !== 'string' || typeof metadata['uid'] !== 'string') {
    throw kubeErrors.create('kube.protocol', `the server sent a ${type.kind} without version or UID`);
  }
  assertComparable(version);
  const { managedFields: _, ...kept } = metadata;
  const object: unknown = {
    ...value,
    apiVersion: value['apiVersion'] ?? apiVersionOf(type),
    kind: value['kind'] ?? type.kind,
    metadata: kept,
  };
  return object as T;
}

/** Errors: kube.unsupported-version. */
export function assertComparable(version: string): void {
  if (isComparableVersion(version)) return;
  throw kubeErrors.create(
    'kube.unsupported-version',
    `resource version "${version}" is not an unsigned integer`,
  );
}
