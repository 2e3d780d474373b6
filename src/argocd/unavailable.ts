import type { ArgoCd } from '../ports/index.ts';
import { argocdErrors } from './errors.ts';

/** Stands where Argo CD would when its integration is off: every use says so. */
export function createUnavailableArgoCd(why: string): ArgoCd {
  const refuse = (): Promise<never> =>
    Promise.reject(argocdErrors.create('argocd.unavailable', `Argo CD cannot be used: ${why}`));
  return { get: refuse, list: refuse, patch: refuse, refresh: refuse };
}
