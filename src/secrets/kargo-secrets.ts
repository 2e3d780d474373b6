import { type Secret, secrets } from '../api/core/index.ts';
import { labels as labelNames } from '../api/v1alpha1/index.ts';
import { AppError } from '../base/index.ts';
import type { CredentialLevel, KubeReader } from '../ports/index.ts';
import { type Match, matchSecrets } from './match.ts';
import { readSecret, type SecretUse, type Use, unusable } from './secret-use.ts';
import { type Candidate, type Level, noMatch, type Wanted } from './types.ts';

/** What the Secrets of Kargo's users are read with. */
export interface KargoSecretsDeps extends SecretUse {
  readonly reader: Pick<KubeReader, 'listLive'> & Partial<Pick<KubeReader, 'list'>>;
}

/**
 * The Secrets labeled for Kargo, first those of the Project, then the shared ones; in each namespace the first by name that
 * matches. One that matches and is of no use stops the search.
 */
export function createKargoSecrets(deps: KargoSecretsDeps, sharedNamespace: string | undefined): Level {
  async function lookIn(
    level: CredentialLevel,
    namespace: string,
    wanted: Wanted,
    isExplaining: boolean,
    signal: AbortSignal,
  ): Promise<readonly Candidate[]> {
    if (isExplaining) {
      const all = await listForExplanation(deps, namespace, signal);
      if (all === undefined) return [noMatch(level, `secrets of ${namespace}`, 'they may not be listed')];
      return matchSecrets(all, wanted.kind, wanted.repoURL).map((match) => toCandidate(level, match, wanted));
    }
    const known = findMatch(listWatched(deps, namespace), wanted);
    // A Secret applied together with the Warehouse that needs it may not be in the cache yet, so its absence is asked for.
    const selection = { namespace, labels: `${labelNames.credentialType}=${wanted.kind}` };
    const found = known ?? findMatch(await deps.reader.listLive(secrets, selection, signal), wanted);
    return found === undefined ? [] : [toCandidate(level, found, wanted)];
  }

  function toCandidate(
    level: CredentialLevel,
    { secret, matches, reason }: Match,
    wanted: Wanted,
  ): Candidate {
    const identity = `secret ${secret.metadata.namespace}/${secret.metadata.name}`;
    if (!matches) return noMatch(level, identity, reason);
    const use = tryRead(deps, secret, identity, wanted);
    if (!(use instanceof AppError)) return { level, matches, reason, ...use };
    const problem = use;
    return { level, identity, matches, reason, problem, resolve: () => Promise.reject(problem) };
  }

  return {
    async look(wanted, isExplaining, signal) {
      const own = await lookIn('project secret', wanted.project, wanted, isExplaining, signal);
      const isEnough = !isExplaining && own.some(({ matches }) => matches);
      if (isEnough || sharedNamespace === undefined || sharedNamespace === wanted.project) return own;
      return [...own, ...(await lookIn('shared secret', sharedNamespace, wanted, isExplaining, signal))];
    },
  };
}

function tryRead(deps: SecretUse, secret: Secret, identity: string, wanted: Wanted): Use | AppError {
  try {
    const use = readSecret(deps, secret, identity, wanted);
    return typeof use === 'string' ? unusable(identity, wanted, use) : use;
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}

function findMatch(all: readonly Secret[], { kind, repoURL }: Wanted): Match | undefined {
  return matchSecrets(all, kind, repoURL).find(({ matches }) => matches);
}

/** From the watch, which may be behind; nothing where Secrets are not watched. */
function listWatched({ reader }: KargoSecretsDeps, namespace: string): readonly Secret[] {
  try {
    return reader.list?.(secrets, { namespace }) ?? [];
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'kube.not-watched') throw error;
    return [];
  }
}

async function listForExplanation(
  { reader }: KargoSecretsDeps,
  namespace: string,
  signal: AbortSignal,
): Promise<readonly Secret[] | undefined> {
  try {
    return await reader.listLive(secrets, { namespace, labels: labelNames.credentialType }, signal);
  } catch (error) {
    if (error instanceof AppError && error.code === 'kube.forbidden') return undefined;
    throw error;
  }
}
