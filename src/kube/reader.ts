import type { KubeObject, ObjectKey, ResourceType } from '../api/meta/index.ts';
import type { KubeReader, LiveSelection } from '../ports/index.ts';
import type { Cache } from './cache/cache.ts';
import { kubeErrors } from './errors.ts';
import type { Rest } from './http/rest.ts';

/** Pages of live lists; as large as a server answers without strain. */
const pageSize = 500;

/** A reader of the cache and of the server behind it. Live reads put nothing into the cache. */
export function createReader(cache: Cache, rest: Rest): KubeReader {
  return {
    get: (type, key) => cache.get(type, key),
    list: (type, selection) => cache.list(type, selection),
    async getLive<T extends KubeObject>(type: ResourceType<T>, key: ObjectKey, signal: AbortSignal) {
      try {
        return await rest.get(type, key, signal);
      } catch (error) {
        if (kubeErrors.is(error, 'kube.not-found')) return undefined;
        throw error;
      }
    },
    async listLive<T extends KubeObject>(
      type: ResourceType<T>,
      selection: LiveSelection,
      signal: AbortSignal,
    ) {
      const items: T[] = [];
      let next: string | undefined;
      do {
        const place = next === undefined ? { limit: pageSize } : { limit: pageSize, next };
        const page = await rest.listPage(type, selection, place, signal);
        items.push(...page.items);
        next = page.next;
      } while (next !== undefined);
      return items;
    },
  };
}
