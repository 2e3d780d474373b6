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
 * Does something that only the one with the permission may do: refused once it is gone, even before anybody had the time
 * to say so, and broken off while it is under way. Errors: kube.not-leader, besides those of the work.
 */
export type Permit = <T>(signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>) => Promise<T>;

/** The permit of a permission. */
export function createPermit(permission: Permission): Permit {
  return async (signal, work) => {
    signal.throwIfAborted();
    if (!permission.isHeld() || permission.lost.aborted) throw notLeader();
    const controller = new AbortController();
    const end = (): void => controller.abort(signal.reason);
    const lose = (): void => controller.abort(notLeader());
    setMaxListeners(0, signal, permission.lost); // many works follow one signal; each lets go of it again
    signal.addEventListener('abort', end, { once: true });
    permission.lost.addEventListener('abort', lose, { once: true });
    try {
      return await work(controller.signal);
    } finally {
      signal.removeEventListener('abort', end);
      permission.lost.removeEventListener('abort', lose);
    }
  };
}

/** A writer all of whose writes need the permit. */
export function createGuardedWriter(writer: KubeWriter, permit: Permit): KubeWriter {
  return {
    create: (type, object, signal) => permit(signal, (own) => writer.create(type, object, own)),
    mergePatch: (type, key, patch, options, signal) =>
      permit(signal, (own) => writer.mergePatch(type, key, patch, options, own)),
    jsonPatch: (type, key, patch, options, signal) =>
      permit(signal, (own) => writer.jsonPatch(type, key, patch, options, own)),
    apply: (type, object, options, signal) =>
      permit(signal, (own) => writer.apply(type, object, options, own)),
    delete: (type, key, preconditions, signal) =>
      permit(signal, (own) => writer.delete(type, key, preconditions, own)),
  };
}

function notLeader(): Error {
  return kubeErrors.create('kube.not-leader', 'nothing is done: this process does not hold the lease');
}
