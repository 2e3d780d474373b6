import type { AppError } from '../base/index.ts';
import { normalizeGitUrl } from '../domain/index.ts';
import type { Credential, GitRemote } from '../ports/index.ts';
import { discoveryErrors } from './errors.ts';

/** Says that a subscription makes no sense. */
export function cannotFollow(repoURL: string, problem: string): AppError {
  const message = `the subscription to ${repoURL} cannot be followed: ${problem}`;
  return discoveryErrors.create('discovery.invalid-subscription', message);
}

/** Names a git repository together with who asks; some hosts heed the case of its path. */
export function remoteKey({ url, credential, insecureSkipTLSVerify }: GitRemote): string {
  const trust = insecureSkipTLSVerify === true ? 'insecure' : '';
  return [normalizeGitUrl(url), pathAsWritten(url), whoAsks(credential), trust].join('\n');
}

function pathAsWritten(url: string): string {
  const beforePath = /^(?:[a-z][a-z0-9+.-]*:\/\/)?(?:[^/]*@)?[^/:]*(?::\d+(?=\/))?[/:]*/i;
  return url
    .trim()
    .replace(beforePath, '')
    .replace(/\/+$/, '')
    .replace(/\.git$/i, '');
}

/** Names who asks, and which of the secrets that stood behind the name: what replaced one may see something else. */
export function whoAsks(credential: Credential | undefined): string {
  return credential === undefined ? '' : `${credential.identity} ${credential.revision ?? ''}`;
}
