import { type Secret, secrets } from '../api/core/index.ts';
import type { ObjectKey } from '../api/meta/index.ts';
import { AppError } from '../base/index.ts';
import type { HostKeys, KubeReader, KubeWriter } from '../ports/index.ts';
import { readValue } from './match.ts';

/** The Secret in which the keys of SSH hosts are recorded; its data key is a known_hosts file. */
export const hostKeysSecret = 'gantry-ssh-known-hosts';

const dataKey = 'known_hosts';

/** Writes that another process may win before this one gives up for now. */
const maxAttempts = 8;

/**
 * Remembers the keys of SSH hosts in one Secret, a line for each, which people may read, change and delete.
 *
 * Guarantees: always asks the server; a write is refused when somebody else wrote meanwhile, and repeated on top of it.
 */
export function createSecretHostKeys(
  { reader, writer }: { readonly reader: KubeReader; readonly writer: KubeWriter },
  { namespace }: { readonly namespace: string },
): HostKeys {
  const key: ObjectKey = { namespace, name: hostKeysSecret };
  return {
    async find(host, signal) {
      return keysOf(readText(await reader.getLive(secrets, key, signal)), host);
    },
    async record(host, hostKey, signal) {
      for (let attempt = 1; ; attempt++) {
        const secret = await reader.getLive(secrets, key, signal);
        const text = readText(secret);
        const known = keysOf(text, host);
        if (known.length > 0) return known;
        const lines = `${text.replace(/\n*$/, text === '' ? '' : '\n')}${host} ${hostKey}\n`;
        try {
          await write(writer, key, secret, lines, signal);
          return [hostKey];
        } catch (error) {
          if (attempt === maxAttempts || !isRace(error)) throw error;
        }
      }
    },
  };
}

async function write(
  writer: KubeWriter,
  key: ObjectKey,
  secret: Secret | undefined,
  text: string,
  signal: AbortSignal,
): Promise<void> {
  const data = { [dataKey]: Buffer.from(text).toString('base64') };
  if (secret === undefined) {
    const metadata = { ...key, labels: { 'app.kubernetes.io/managed-by': 'gantry' } };
    await writer.create(
      secrets,
      { apiVersion: 'v1', kind: 'Secret', metadata, type: 'Opaque', data },
      signal,
    );
    return;
  }
  const { resourceVersion = '' } = secret.metadata;
  await writer.mergePatch(secrets, key, { metadata: { resourceVersion }, data }, {}, signal);
}

function readText(secret: Secret | undefined): string {
  return (secret === undefined ? undefined : readValue(secret, dataKey)) ?? '';
}

function keysOf(text: string, host: string): string[] {
  const lines = text.split('\n').map((line) => line.trim().split(/\s+/));
  return lines
    .filter(
      ([hosts = '', type, base64]) => base64 !== undefined && type !== '' && hosts.split(',').includes(host),
    )
    .map(([, type, base64]) => `${type} ${base64}`);
}

function isRace(error: unknown): boolean {
  if (!(error instanceof AppError)) return false;
  return error.code === 'kube.conflict' || error.code === 'kube.already-exists';
}
