import type { Secret } from '../api/core/index.ts';
import { annotationOf } from '../api/meta/index.ts';
import { annotations } from '../api/v1alpha1/index.ts';
import type { AppError } from '../base/index.ts';
import type { CloudKeys } from './clouds/keys.ts';
import { credentialsErrors } from './errors.ts';
import { type GitHubAppTokens, githubAppUsername, readGitHubApp } from './github-app/index.ts';
import { readJwtExpiryMs } from './jwt.ts';
import { readValue } from './match.ts';
import { redactUrl } from './redact.ts';
import type { Candidate, Material, Wanted } from './types.ts';

/** On a Secret: when its password or token ends, as a date or time; Gantry warns before. */
export const expiresAtAnnotation = 'gantry.io/expires-at';

/** Turns what a Secret holds into a credential, where that takes a token service. */
export interface SecretUse {
  readonly cloudKeys: CloudKeys;
  /** Absent: Secrets of GitHub Apps are refused. */
  readonly githubApps?: GitHubAppTokens;
}

/** How a Secret is used. */
export type Use = Pick<Candidate, 'identity' | 'resolve'>;

/**
 * How a Secret serves a repository: user and password, SSH key, GitHub App, or the key of a cloud's account; a text says
 * what it lacks. For git one Secret may hold both an SSH key and a password; the scheme of the address decides.
 */
export function readSecret(deps: SecretUse, secret: Secret, identity: string, wanted: Wanted): Use | string {
  const plain = readPlain(secret, wanted);
  if (plain !== undefined) return { identity, resolve: () => Promise.resolve(plain) };
  if (wanted.kind === 'git') return readGitUse(deps, secret, identity, wanted);
  const key = deps.cloudKeys.read((name) => readValue(secret, name), wanted);
  if (key === undefined) return 'has neither username and password nor the key of a cloud account';
  if (typeof key === 'string') return key;
  return { identity, resolve: (refused, signal) => key.fetch(identity, refused, signal) };
}

function readPlain(secret: Secret, { kind }: Wanted): Material | undefined {
  const username = readValue(secret, 'username');
  const password = readValue(secret, 'password');
  const sshPrivateKey = kind === 'git' ? readValue(secret, 'sshPrivateKey') : undefined;
  const login = username && password ? { username, password } : {};
  const sshKnownHosts = sshPrivateKey ? readValue(secret, 'known_hosts') : undefined;
  const key = sshPrivateKey ? { sshPrivateKey, ...(sshKnownHosts ? { sshKnownHosts } : {}) } : {};
  const bearerToken = kind === 'git' ? readValue(secret, 'bearerToken')?.trim() : undefined;
  if (bearerToken && !('username' in login)) return { bearerToken, ...key, ...expiryOf(secret, bearerToken) };
  const isGithubApp = kind === 'git' && readGitHubApp((name) => readValue(secret, name)) !== undefined;
  if (!('username' in login) && (!('sshPrivateKey' in key) || isGithubApp)) return undefined;
  const warnings = [password, username].some((text) => text !== undefined && /[\r\n]$/.test(text))
    ? ['user name or password ends with a line break, which is sent as part of it']
    : [];
  return { ...login, ...key, ...expiryOf(secret, password), warnings };
}

function expiryOf(secret: Secret, password: string | undefined): Pick<Material, 'expiresAtMs'> {
  const noted = Date.parse(annotationOf(secret, expiresAtAnnotation) ?? '');
  if (!Number.isNaN(noted)) return { expiresAtMs: noted };
  const expiresAtMs = readJwtExpiryMs(password);
  return expiresAtMs === undefined ? {} : { expiresAtMs };
}

function readGitUse(deps: SecretUse, secret: Secret, identity: string, wanted: Wanted): Use | string {
  const { githubApps } = deps;
  const app = readGitHubApp((name) => readValue(secret, name));
  if (app === undefined)
    return 'has neither username and password nor bearerToken nor sshPrivateKey nor the keys of a GitHub App';
  if (githubApps === undefined) return 'is of a GitHub App, which is not supported here';
  const { repoURL, project } = wanted;
  const scopes = annotationOf(secret, annotations.githubTokenScopes);
  return {
    // Tokens of one App reach different repositories, so that what they fetched must not be shared.
    identity: `${identity} for ${redactUrl(wanted.normalURL)} in ${project}`,
    async resolve(refused, signal) {
      const request = { app, repoURL, project, scopes, refused: refused?.password };
      const token = await githubApps.find(request, signal);
      if (token === undefined) {
        throw unusable(identity, wanted, 'is of a GitHub App, which works with https:// addresses only');
      }
      return { username: githubAppUsername, password: token, isToken: true };
    },
  };
}

/** The error for a Secret that is for a repository and cannot serve it. */
export function unusable(identity: string, { repoURL }: Wanted, why: string): AppError {
  const message = `${identity} matches ${redactUrl(repoURL)} but ${why}`;
  return credentialsErrors.create('credentials.unusable', message, { data: { identity } });
}
