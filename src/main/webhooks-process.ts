import { createKubeClient } from '../kube/index.ts';
import { toKubeconfigSource, untilAborted } from './controller-process.ts';
import { createProxyRule, proxySettings } from './proxy.ts';
import { Resources } from './resources.ts';
import type { Settings } from './settings.ts';
import { createSurroundings } from './surroundings.ts';
import { startWebhooks } from './webhooks.ts';

/** The process behind `gantry webhooks`: admission for the cluster of a kubeconfig, until the signal is aborted. */
export async function runWebhooks(
  settings: Settings,
  kubeconfig: string | undefined,
  stderr: { write(text: string): unknown },
  signal: AbortSignal,
): Promise<void> {
  await using resources = new Resources();
  const surroundings = createSurroundings(settings.LOG_LEVEL, stderr);
  const client = await createKubeClient(surroundings, {
    kubeconfig: toKubeconfigSource(
      kubeconfig ?? settings.KUBECONFIG,
      createProxyRule(proxySettings(settings)),
    ),
  });
  resources.use(client, (one) => one.close());
  const start = { settings, host: '0.0.0.0', port: settings.WEBHOOK_SERVER_PORT, registers: false };
  const url = await startWebhooks({ ...surroundings, client }, start, resources, signal);
  surroundings.log.info('serving admission webhooks', { url });
  await untilAborted(signal);
}
