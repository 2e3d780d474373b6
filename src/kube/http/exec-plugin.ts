import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { env } from 'node:process';
import type { Cluster } from '@kubernetes/client-node/dist/config_types.js';

/** The `exec` member of a kubeconfig's user, as far as starting the plugin needs it. */
export interface ExecSettings {
  readonly apiVersion?: string;
  readonly provideClusterInfo?: boolean;
}

/** The longest that a credential plugin may take, in milliseconds; a person may have to log in. */
const timeoutMs = 60_000;

/**
 * Starts a credential plugin as the client-authentication protocol wants it: KUBERNETES_EXEC_INFO in its environment, a
 * command with a slash relative to the kubeconfig. Beyond the protocol it has a time limit.
 */
export function createPluginSpawn(
  exec: ExecSettings,
  cluster: Cluster,
  folder: string | undefined,
): (command: string, args?: readonly string[], options?: SpawnOptions) => ChildProcess {
  return (command, args = [], options = {}) => {
    const path = folder !== undefined && /[\\/]/.test(command) ? resolve(folder, command) : command;
    const info = JSON.stringify(toExecInfo(exec, cluster));
    // A plugin inherits the environment by protocol: it finds its own configuration there.
    const environment = { ...(options.env ?? env), KUBERNETES_EXEC_INFO: info };
    return spawn(path, args, { ...options, env: environment, timeout: timeoutMs, killSignal: 'SIGKILL' });
  };
}

function toExecInfo(exec: ExecSettings, cluster: Cluster): object {
  const about = exec.provideClusterInfo === true ? { cluster: toClusterInfo(cluster) } : {};
  return {
    apiVersion: exec.apiVersion ?? 'client.authentication.k8s.io/v1',
    kind: 'ExecCredential',
    spec: { ...about, interactive: false },
  };
}

function toClusterInfo(cluster: Cluster): object {
  const { server, skipTLSVerify, tlsServerName, proxyUrl, caData, caFile } = cluster;
  const ca = caFile === undefined || caFile === '' ? caData : readFileSync(caFile).toString('base64');
  return {
    server,
    ...(tlsServerName === undefined ? {} : { 'tls-server-name': tlsServerName }),
    ...(skipTLSVerify ? { 'insecure-skip-tls-verify': true } : {}),
    ...(ca === undefined ? {} : { 'certificate-authority-data': ca }),
    ...(proxyUrl === undefined ? {} : { 'proxy-url': proxyUrl }),
  };
}
