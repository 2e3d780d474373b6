import { AppError } from '../base/index.ts';
import type {
  CredentialKind,
  Credentials,
  ForgeProvider,
  ForgeRepo,
  GitRemote,
  GitRepos,
} from '../ports/index.ts';

/** The remote behind a step's `repoURL`, with the project's credential for it. */
export async function findRemote(
  credentials: Credentials,
  project: string,
  repo: { readonly repoURL: string; readonly insecureSkipTLSVerify?: boolean | undefined },
  signal: AbortSignal,
): Promise<GitRemote> {
  const kind: CredentialKind = 'git';
  const credential = await credentials.find({ project, kind, repoURL: repo.repoURL }, signal);
  return {
    url: repo.repoURL,
    ...(credential === undefined ? {} : { credential }),
    ...(repo.insecureSkipTLSVerify === true ? { insecureSkipTLSVerify: true } : {}),
  };
}

/** The repository as its git host knows it. */
export function toForgeRepo(remote: GitRemote, provider: ForgeProvider | undefined): ForgeRepo {
  return provider === undefined ? { remote } : { remote, provider };
}

/** Has the repository a tag of this name? */
export async function hasTag(
  git: GitRepos,
  remote: GitRemote,
  tag: string,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    await git.resolve(remote, { kind: 'tag', tag }, signal);
    return true;
  } catch (error) {
    if (error instanceof AppError && error.code === 'git.ref-not-found') return false;
    throw error;
  }
}
