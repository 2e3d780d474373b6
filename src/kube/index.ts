/**
 * The Kubernetes client and the runner of controllers: HTTP, watches, the cache, the work queue, and the one place that
 * writes status. It must never know a kind of its own. Start reading at `client.ts` and `runner/runner.ts`.
 */
export {
  type ClusterAddress,
  createKubeClient,
  type KubeClient,
  type KubeClientDeps,
  type KubeClientOptions,
} from './client.ts';
export {
  createElector,
  type Elector,
  type ElectorDeps,
  type ElectorOptions,
  type Term,
} from './election/elector.ts';
export { createGuardedWriter, type Permit } from './election/guard.ts';
export { type Heartbeat, type HeartbeatOptions, startHeartbeat } from './election/heartbeat.ts';
export { kubeErrors } from './errors.ts';
export { createKubeEvents, type KubeEvents } from './events.ts';
export { gatherPatches } from './gather.ts';
export type { Health } from './health.ts';
export type { PlainConnection } from './http/connection.ts';
export type { KubeconfigSource } from './http/kubeconfig.ts';
export type { AnyController } from './runner/any-controller.ts';
export { createRunner, type Runner, type RunnerDeps, type RunnerOptions } from './runner/runner.ts';
export type { IndexValues, WatchedType } from './watched.ts';
