import { setMaxListeners } from 'node:events';
import type { KubeWriter } from '../../ports/index.ts';
import { kubeErrors } from '../errors.ts';

/** What tells a guarded writer whether it may still write. */
export interface Permission {
  /** Is it certain at this moment that nobody else may write? */
  isHeld(): boolean;
  /** Aborted when the permission is lost. */
  readonly lost: AbortSignal;
}

/**
 * A writer that refuses every write once its permission is gone, even before anybody had the time to say so, and breaks
 * off those under way. Errors: kube.not-leader, besides the writer's own.
 */
export function createGuardedWriter(writer: KubeWriter, permission: Permission): KubeWriter {
  async function guarded<T>(signal: AbortSignal, write: (signal: AbortSignal) => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    if (!permission.isHeld() || permission.lost.aborted) throw notLeader();
    const controller = new AbortController();
    const end = (): void => controller.abort(signal.reason);
    const lose = (): void => controller.abort(notLeader());
    setMaxListeners(0, signal, permission.lost); // many writes follow one signal; each lets go of it again
    signal.addEventListener('abort', end, { once: true });
    permission.lost.addEventListener('abort', lose, { once: true });
    try {
      return await write(controller.signal);
    } finally {
      signal.removeEventListener('abort', end);
      permission.lost.removeEventListener('abort', lose);
    }
  }
  return {
    create: (type, object, signal) => guarded(signal, (own) => writer.create(type, object, own)),
    mergePatch: (type, key, patch, options, signal) =>
      guarded(signal, (own) => writer.mergePatch(type, key, patch, options, own)),
    jsonPatch: (type, key, patch, options, signal) =>
      guarded(signal, (own) => writer.jsonPatch(type, key, patch, options, own)),
    apply: (type, object, options, signal) =>
      guarded(signal, (own) => writer.apply(type, object, options, own)),
    delete: (type, key, preconditions, signal) =>
      guarded(signal, (own) => writer.delete(type, key, preconditions, own)),
  };
}

function notLeader(): Error {
  return kubeErrors.create('kube.not-leader', 'nothing is written: this process does not hold the lease');
}
