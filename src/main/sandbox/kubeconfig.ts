import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Resources } from '../resources.ts';

/** A folder with mode 0700 for what must not be read by others; it goes with the process. */
export function createPrivateFolder(resources: Resources): string {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-sandbox-'));
  return resources.use(folder, (path) => rmSync(path, { recursive: true, force: true }));
}

/** Writes a file that only its owner can read, and gives its path. */
export function writePrivateFile(folder: string, name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content, { mode: 0o600 });
  return path;
}

/** A kubeconfig for one server and one token. JSON is YAML, so every reader takes it. */
export function formatKubeconfig(cluster: {
  readonly server: string;
  readonly caPem: string;
  readonly token: string;
  /** Of cluster, user and context. */
  readonly name?: string;
}): string {
  const name = cluster.name ?? 'gantry-sandbox';
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name,
        cluster: {
          server: cluster.server,
          'certificate-authority-data': Buffer.from(cluster.caPem).toString('base64'),
        },
      },
    ],
    users: [{ name, user: { token: cluster.token } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    'current-context': name,
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}
