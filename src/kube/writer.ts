import type { KubeObject, ResourceType } from '../api/meta/index.ts';
import type { KubeWriter } from '../ports/index.ts';
import type { Cache } from './cache/cache.ts';
import { kubeErrors } from './errors.ts';
import type { Rest } from './http/rest.ts';

/** A writer whose every answer is in the cache before its promise resolves. */
export function createWriter(cache: Cache, rest: Rest): KubeWriter {
  async function taken<T extends KubeObject>(type: ResourceType<T>, answer: Promise<T>): Promise<T> {
    const object = await answer;
    cache.takeAnswer(type, object);
    return object;
  }

  return {
    create: (type, object, signal) => taken(type, rest.create(type, object, signal)),
    mergePatch: (type, key, patch, options, signal) =>
      taken(type, rest.patch(type, key, patch, options, signal)),
    jsonPatch: (type, key, patch, options, signal) =>
      taken(type, rest.patch(type, key, patch, options, signal)),
    apply: (type, object, options, signal) => taken(type, rest.apply(type, object, options, signal)),
    async delete(type, key, preconditions, signal) {
      const heldUid = cache.storeOf(type)?.get(key)?.metadata.uid;
      try {
        const answer = await rest.delete(type, key, preconditions, signal);
        if (answer.kind === 'going') cache.takeAnswer(type, answer.object);
        // Without a UID in the answer only a precondition tells which object it was.
        const uid = answer.kind === 'gone' ? (answer.uid ?? preconditions.uid) : undefined;
        if (uid !== undefined) cache.storeOf(type)?.takeOwnDelete(key, uid);
      } catch (error) {
        if (!kubeErrors.is(error, 'kube.not-found')) throw error;
        // Somebody else was first: what was held when we asked is gone.
        if (heldUid !== undefined) cache.storeOf(type)?.takeOwnDelete(key, heldUid);
      }
    },
  };
}
