import { secrets } from '../api/core/index.ts';
import { clusterConfigs } from '../api/v1alpha1/index.ts';
import { AppError } from '../base/index.ts';
import type { Clock, Committer, Committers, KubeReader, SigningKey } from '../ports/index.ts';
import { credentialsErrors } from './errors.ts';
import { readValue } from './match.ts';

/** How long what was read is used again, in milliseconds. */
const freshMs = 10_000;

/** What the operator's settings say. */
export interface CommittersOptions {
  /** Who commits when there is no ClusterConfig, or it does not say. */
  readonly fallback: Committer;
  /** Where the Secret of the signing key lies. */
  readonly systemNamespace?: string;
}

/**
 * Who commits, as the ClusterConfig says. A signing key is the member `signingKey` of a Secret, and `passphrase` opens
 * it where it is protected.
 */
export function createCommitters(
  deps: { readonly reader: KubeReader; readonly clock: Clock },
  options: CommittersOptions,
): Committers {
  let last: { readonly atMs: number; readonly found: Promise<Committer> } | undefined;
  return {
    async find(signal) {
      const nowMs = deps.clock.nowMs();
      if (last !== undefined && nowMs - last.atMs < freshMs) {
        try {
          return await last.found;
        } catch {
          // What somebody else could not read, or gave up on, is not our answer.
          signal.throwIfAborted();
        }
      }
      const found = readCommitter(deps.reader, options, signal);
      const mine = { atMs: nowMs, found };
      last = mine;
      found.catch(() => {
        if (last === mine) last = undefined;
      });
      return found;
    },
  };
}

async function readCommitter(
  reader: KubeReader,
  { fallback, systemNamespace }: CommittersOptions,
  signal: AbortSignal,
): Promise<Committer> {
  const configured = (await readClusterConfig(reader, signal))?.spec?.gitClient;
  if (configured === undefined) return fallback;
  const { name, email, signingKeySecret } = configured;
  const secret = signingKeySecret?.name;
  if (secret === undefined || secret === '') return { name, email };
  if (systemNamespace === undefined) {
    throw noSigningKey(`the Secret "${secret}" that the ClusterConfig names cannot be looked for`, {
      hint: 'Set SYSTEM_RESOURCES_NAMESPACE to the namespace it lies in.',
    });
  }
  const key = { namespace: systemNamespace, name: secret };
  return { name, email, signingKey: await readSigningKey(reader, key, signal) };
}

async function readClusterConfig(reader: KubeReader, signal: AbortSignal) {
  try {
    return await reader.getLive(clusterConfigs, { name: 'cluster' }, signal);
  } catch (error) {
    // The kind need not be installed.
    if (error instanceof AppError && error.code === 'kube.unknown-type') return undefined;
    throw error;
  }
}

async function readSigningKey(
  reader: KubeReader,
  key: { readonly namespace: string; readonly name: string },
  signal: AbortSignal,
): Promise<SigningKey> {
  const secret = await reader.getLive(secrets, key, signal);
  const privateKey = secret === undefined ? undefined : readValue(secret, 'signingKey');
  if (secret === undefined || !privateKey) {
    const what = secret === undefined ? 'does not exist' : 'has no key "signingKey"';
    throw noSigningKey(`the Secret ${key.namespace}/${key.name} that the ClusterConfig names ${what}`);
  }
  const passphrase = readValue(secret, 'passphrase');
  return passphrase ? { privateKey, passphrase } : { privateKey };
}

function noSigningKey(message: string, options: { readonly hint?: string } = {}): Error {
  return credentialsErrors.create('credentials.no-signing-key', message, options);
}
