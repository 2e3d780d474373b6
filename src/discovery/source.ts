import type { AppError } from '../base/index.ts';
import { normalizeGitUrl } from '../domain/index.ts';
import type { GitRemote } from '../ports/index.ts';
import { discoveryErrors } from './errors.ts';

/** Says that a subscription makes no sense. */
export function cannotFollow(repoURL: string, problem: string): AppError {
  const message = `the subscription to ${repoURL} cannot be followed: ${problem}`;
  return discoveryErrors.create('discovery.invalid-subscription', message);
}

/** Names a git repository together with who asks. */
export function remoteKey({ url, credential, insecureSkipTLSVerify }: GitRemote): string {
  const trust = insecureSkipTLSVerify === true ? 'insecure' : '';
  return [normalizeGitUrl(url), credential?.identity ?? '', trust].join('\n');
}
