import { createKubeClient, type Runner } from '../kube/index.ts';
import { createAdapters, createHttp } from './adapters.ts';
import { startControllers } from './controllers.ts';
import { serveProbes } from './probes.ts';
import { Resources } from './resources.ts';
import type { Settings } from './settings.ts';
import { createSurroundings } from './surroundings.ts';

/** The process behind `gantry controller`: all controllers on the cluster of a kubeconfig, until the signal is aborted. */
export async function runController(
  settings: Settings,
  kubeconfig: string | undefined,
  stderr: { write(text: string): unknown },
  signal: AbortSignal,
): Promise<void> {
  await using resources = new Resources();
  const surroundings = createSurroundings(settings.LOG_LEVEL, stderr);
  let runner: Runner | undefined;
  if (settings.METRICS_BIND_ADDRESS !== '0') {
    const sources = { metrics: surroundings.prometheus, runner: () => runner };
    const url = await serveProbes(sources, settings.METRICS_BIND_ADDRESS, resources);
    surroundings.log.info('serving metrics and probes', { url });
  }
  const client = await createKubeClient(surroundings, {
    kubeconfig: kubeconfig === undefined ? {} : { path: kubeconfig },
  });
  resources.use(client, (one) => one.close());
  const adapters = createAdapters(surroundings, client, createHttp(settings, resources), settings);
  runner = await startControllers({ ...surroundings, client, adapters }, settings, resources, signal);
  surroundings.log.info('controllers are at work', { host: client.server });
  await untilAborted(signal);
  surroundings.log.info('stopping');
}

/** Resolves when the signal is aborted. */
export function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
