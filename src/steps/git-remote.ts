import { AppError, withRenewal } from '../base/index.ts';
import type {
  Credential,
  Credentials,
  ForgeProvider,
  ForgeRepo,
  GitRemote,
  GitRepos,
  StepContext,
  Worktree,
} from '../ports/index.ts';

/** What of a step's context a call to a remote needs. */
type Caller = Pick<StepContext<unknown, 'credentials'>, 'ports' | 'run' | 'claimed' | 'claim' | 'signal'>;

/**
 * Calls the remote behind a step's `repoURL` with the project's credential for it. When the host refuses the credential
 * and another one can be had, calls once more with that one.
 *
 * `call` must find what it did before, as in a retry: it gets the step's context, the second time with the claim that it
 * has written the first time.
 */
export function withRemote<Context extends Caller, Result>(
  context: Context,
  repo: { readonly repoURL: string; readonly insecureSkipTLSVerify?: boolean | undefined },
  call: (remote: GitRemote, context: Context) => Promise<Result>,
): Promise<Result> {
  const { repoURL } = repo;
  let { claimed } = context;
  const claim: Context['claim'] = async (made) => {
    await context.claim(made);
    claimed = made;
  };
  const use = (credential: Credential | undefined) => {
    const remote: GitRemote = {
      url: repoURL,
      renew: (refused, signal) => findCredential({ ...context, signal }, repoURL, refused),
      ...(credential === undefined ? {} : { credential }),
      ...(repo.insecureSkipTLSVerify === true ? { insecureSkipTLSVerify: true } : {}),
    };
    return call(remote, { ...context, claimed, claim });
  };
  return withRenewal((refused) => findCredential(context, repoURL, refused), use, context.signal);
}

/**
 * Calls the remote of a work tree. When the host refuses its credential and another one can be had, the work tree gets
 * that one and `call` is made once more; so it must find what it did before, as in a retry.
 */
export function withWorktree<Result>(
  context: Caller,
  worktree: Worktree,
  call: () => Promise<Result>,
): Promise<Result> {
  const { url, credential: first } = worktree.remote;
  const use = (credential: Credential | undefined) => {
    if (credential !== undefined && credential !== first) worktree.useCredential(credential);
    return call();
  };
  const find = async (refused?: Credential) =>
    refused === undefined ? first : findCredential(context, url, refused);
  return withRenewal(find, use, context.signal);
}

function findCredential(
  { ports, run, signal }: Caller,
  repoURL: string,
  refused: Credential | undefined,
): ReturnType<Credentials['find']> {
  const request = { project: run.project, kind: 'git', repoURL } as const;
  return ports.credentials.find(refused === undefined ? request : { ...request, refused }, signal);
}

/** The name of a branch or tag, which git takes in its full form too, e.g. "refs/heads/main". */
export function shortName(kind: 'heads' | 'tags', name: string): string {
  const prefix = `refs/${kind}/`;
  return name.startsWith(prefix) ? name.slice(prefix.length) : name;
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
