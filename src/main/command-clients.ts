import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { type CliDeps, type Output, sandboxInfoFile } from '../cli/index.ts';
import { createHostBudgets, createHttpClient } from '../http/index.ts';
import { createKubeClient } from '../kube/index.ts';
import { createImagePusher } from '../oci/index.ts';
import { createDesk, createHttp } from './adapters.ts';
import { toKubeconfigSource } from './controller-process.ts';
import { createProxyRule } from './proxy.ts';
import { Resources } from './resources.ts';
import { mappedHosts } from './sandbox/servers.ts';
import { readSettings } from './settings.ts';
import { createSurroundings } from './surroundings.ts';

/** The embedded registry has no limits. */
const pushesPerSecond = 1000;

/** A stream as commands write to it. */
export function toOutput(stream: NodeJS.WriteStream): Output {
  return {
    write: (text) => void stream.write(text),
    isTerminal: stream.isTTY === true,
    columns: stream.columns ?? 80,
  };
}

/** What the commands for people work with; nothing is opened before one of them runs. */
export function createCommandDeps(
  process: {
    readonly stdout: NodeJS.WriteStream;
    readonly stderr: NodeJS.WriteStream;
    readonly env: NodeJS.ProcessEnv;
  },
  version: string,
  signal: AbortSignal,
): CliDeps {
  const surroundings = createSurroundings('error', process.stderr);
  const pathOf = (kubeconfig: string | undefined): string =>
    kubeconfig ?? process.env['KUBECONFIG'] ?? join(homedir(), '.kube', 'config');
  return {
    version,
    clock: surroundings.clock,
    random: surroundings.random,
    output: toOutput(process.stdout),
    notes: toOutput(process.stderr),
    signal,
    async openCluster({ kubeconfig }) {
      const client = await createKubeClient(surroundings, {
        kubeconfig: toKubeconfigSource(kubeconfig ?? process.env['KUBECONFIG'], createProxyRule(process.env)),
      });
      return { reader: client.reader, writer: client.writer, close: () => client.close() };
    },
    async explainCredentials(cluster, request, until) {
      await using resources = new Resources();
      const settings = readSettings(process.env);
      const http = createHttp(settings, resources);
      const { desk } = createDesk(
        surroundings,
        cluster.reader,
        http,
        {
          ...settings,
          // Where the chart puts them, because the settings of the controllers are not at hand.
          SHARED_RESOURCES_NAMESPACE: settings.SHARED_RESOURCES_NAMESPACE ?? 'kargo-shared-resources',
          SYSTEM_RESOURCES_NAMESPACE: settings.SYSTEM_RESOURCES_NAMESPACE ?? 'kargo-system-resources',
        },
        true,
      );
      return desk.explain(request, until);
    },
    async readSandboxFile({ kubeconfig }) {
      const path = join(dirname(pathOf(kubeconfig)), sandboxInfoFile);
      return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
    },
    async openSandbox(info) {
      const address = new URL(info.registry).host;
      const caPem = readFileSync(info.caFile, 'utf8');
      const http = createHttpClient({
        endpoints: Object.fromEntries(mappedHosts.map((host) => [host, { address, caPem }])),
      });
      const budgets = createHostBudgets(surroundings, { requestsPerSecond: pushesPerSecond });
      const pusher = createImagePusher({ ...surroundings, http, budgets });
      return {
        http,
        pushImage: (source, tag, draft, until) => pusher.pushImage(source, tag, draft, until),
        close: async () => http[Symbol.asyncDispose](),
      };
    },
  };
}
