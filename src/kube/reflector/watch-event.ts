import type { KubeObject, ResourceType } from '../../api/meta/index.ts';
import { isJsonObject, type JsonObject } from '../../base/index.ts';
import { kubeErrors } from '../errors.ts';
import { assertComparable, parseObject } from '../http/objects.ts';
import { createStatusError } from '../http/status-error.ts';

/** What a watch says. */
export type WatchEvent =
  | { readonly kind: 'changed'; readonly object: KubeObject; readonly version: string }
  | { readonly kind: 'deleted'; readonly object: KubeObject; readonly version: string }
  | { readonly kind: 'bookmark'; readonly version: string };

/**
 * The parse step of a watch event.
 *
 * Errors: kube.gone and the other codes of a Status for ERROR events; kube.protocol for what is no event.
 */
export function parseWatchEvent(type: ResourceType, line: JsonObject): WatchEvent {
  const value = line['object'];
  switch (line['type']) {
    case 'ADDED':
    case 'MODIFIED': {
      const object = parseObject(type, value);
      return { kind: 'changed', object, version: object.metadata.resourceVersion ?? '' };
    }
    case 'DELETED': {
      const object = parseObject(type, value);
      return { kind: 'deleted', object, version: object.metadata.resourceVersion ?? '' };
    }
    case 'BOOKMARK':
      return { kind: 'bookmark', version: bookmarkVersion(value) };
    case 'ERROR': {
      const label = { verb: 'WATCH', path: type.plural };
      throw createStatusError(label, { statusCode: 500, body: isJsonObject(value) ? value : undefined });
    }
    default:
      throw kubeErrors.create('kube.protocol', `the server sent an unknown watch event for ${type.plural}`);
  }
}

function bookmarkVersion(value: unknown): string {
  const metadata = isJsonObject(value) ? value['metadata'] : undefined;
  const version = isJsonObject(metadata) ? metadata['resourceVersion'] : undefined;
  if (typeof version !== 'string') {
    throw kubeErrors.create('kube.protocol', 'the server sent a bookmark without a version');
  }
  assertComparable(version);
  return version;
}
