/**
 * Argo CD, behind the port `ArgoCd`: Applications as objects of the Kubernetes API. It never decides what to sync.
 * Start reading at `kubernetes.ts`.
 */
export { argocdErrors } from './errors.ts';
export { createKubernetesArgoCd, formatSelector } from './kubernetes.ts';
export { createUnavailableArgoCd } from './unavailable.ts';
