import type { GitIdentity } from '../ports/index.ts';
import type { ObjectId, Signature } from '../wire/git/index.ts';
import { createSigned, promotionHeader } from './commits.ts';
import { gitErrors } from './errors.ts';
import type { OwnCommits } from './history.ts';
import { type LocalObjects, mergeOrThrow } from './merge.ts';
import type { Job } from './push-one.ts';
import { type KnownCommit, type Replayed, rebase } from './rebase.ts';
import { readSignature } from './signing/signed.ts';
import { describeUrl } from './url.ts';
import type { Anchor } from './worktree.ts';

/** What to do with local commits when the branch holds others, as `GIT_PUSH_INTEGRATION_POLICY` names it. */
export type PushPolicy = 'AlwaysRebase' | 'AlwaysMerge' | 'RebaseOrMerge' | 'RebaseOrFail' | 'None';

/** What is to be joined with the head of a branch. */
export interface Integration {
  readonly job: Job;
  /** Commits below the local ones that the branch does not have; none when it has the one they stand on. */
  readonly own: OwnCommits | undefined;
  readonly onto: Anchor;
  /** Objects that only exist here, beside those of the work tree. */
  readonly objects: LocalObjects;
}

/**
 * Joins commits with the head of a branch as the policy says: put onto it one by one, or tied to it by a merge.
 *
 * Errors: git.conflict, git.rebase-unsafe, git.push-raced (policy None), git.unsupported; those of the source.
 */
export async function integrate(
  integration: Integration,
  policy: PushPolicy,
  signal: AbortSignal,
): Promise<Replayed> {
  const { job, own, onto } = integration;
  const { worktree, request, source, signer } = job;
  const commits = [...(own?.commits ?? []), ...worktree.localCommits];
  if (commits.length === 0) return { commits: [], objects: new Map() };
  if (policy === 'None') throw movedError(job);
  const { localObjects } = worktree;
  const objects = { get: (id: ObjectId) => localObjects.get(id) ?? integration.objects.get(id) };
  const how = policy === 'AlwaysMerge' ? 'merge' : await choose(commits, job, policy);
  const joined =
    how === 'merge'
      ? await merge({ ...integration, objects }, signal)
      : await rebase({ commits, onto, branch: request.branch, objects, signer }, source, signal);
  return { ...joined, objects: new Map([...localObjects, ...joined.objects]) };
}

/** Rebasing is safe where no signature gets lost and none appears that was not there. */
async function choose(
  commits: readonly KnownCommit[],
  job: Job,
  policy: Exclude<PushPolicy, 'None' | 'AlwaysMerge'>,
): Promise<'rebase' | 'merge'> {
  if (policy === 'AlwaysRebase') return 'rebase';
  for (const known of commits) {
    const why = await whyUnsafe(known, job);
    if (why === undefined) continue;
    if (policy === 'RebaseOrMerge') return 'merge';
    const where = `branch ${JSON.stringify(job.request.branch)} of ${describeUrl(job.worktree.remote.url)}`;
    const message = `${where} has moved, and rebasing onto it is unsafe: commit ${known.id.slice(0, 10)} ${why}`;
    throw gitErrors.create('git.rebase-unsafe', message, { data: { commit: known.id } });
  }
  return 'rebase';
}

async function whyUnsafe(known: KnownCommit, { signer }: Job): Promise<string | undefined> {
  // Whoever signed it here can sign it again.
  if (known.signer !== undefined) return undefined;
  const signature = await readSignature(known.commit, signer);
  if (signature === 'foreign') return 'is signed with a key that is not ours';
  if (signature === 'none' && signer !== undefined) return 'is not signed and would be';
  return undefined;
}

/** A merge as `git pull --no-rebase` makes it: the local commits first, the branch second. */
async function merge(integration: Integration, signal: AbortSignal): Promise<Replayed> {
  const { job, onto, objects } = integration;
  const { worktree, request, source } = job;
  const last = worktree.localCommits.at(-1);
  const tip = last?.id ?? worktree.anchor.commit;
  const { tree } = last?.commit ?? worktree.anchor;
  const newest = last?.commit ?? (await source.readCommit(tip, signal));
  const sides = { base: await baseTreeOf(integration, signal), ours: onto.tree, theirs: tree };
  const names = { branch: request.branch, head: onto.commit, subject: newest.message };
  const merged = await mergeOrThrow(sides, names, { objects, source }, signal);
  const committer: Signature =
    request.committer === undefined
      ? newest.committer
      : { ...identityOf(request.committer), timeSec: newest.committer.timeSec, timezone: '+0000' };
  const commit = {
    tree: merged.tree,
    parents: [tip, onto.commit],
    author: committer,
    committer,
    // An earlier attempt is found by it, before the commits that were merged.
    headers: newest.headers.filter(({ name }) => name === promotionHeader),
    message: mergeMessage(job),
  };
  const made = await createSigned(commit, job.signer ?? last?.signer);
  return { commits: [...worktree.localCommits, made], objects: merged.objects };
}

/** The tree of the commit from which both sides come. */
async function baseTreeOf({ job, own }: Integration, signal: AbortSignal): Promise<ObjectId> {
  const { worktree, request, source } = job;
  if (own === undefined) return worktree.anchor.tree;
  const [fork, ...others] = own.forks;
  if (fork !== undefined && others.length === 0) return (await source.readCommit(fork, signal)).tree;
  const what = fork === undefined ? 'have no commit in common' : 'were joined before in more than one place';
  const message = `branch ${JSON.stringify(request.branch)} and the checkout ${what}, so they cannot be merged`;
  throw gitErrors.create('git.unsupported', message, {
    hint: 'Push to a branch of its own (generateTargetBranch), or use force.',
  });
}

/** In git's words. */
function mergeMessage({ request, worktree }: Job): string {
  const url = worktree.remote.url
    .replace(/\/\/[^/@]*@/, '//')
    .replace(/\/+$/, '')
    .replace(/\.git$/, '');
  const into = worktree.branch ?? 'HEAD';
  const end = into === 'main' || into === 'master' ? '' : ` into ${into}`;
  return `Merge branch '${request.branch}' of ${url}${end}\n`;
}

function movedError({ request, worktree }: Job): Error {
  const where = `branch ${JSON.stringify(request.branch)} of ${describeUrl(worktree.remote.url)}`;
  const message = `${where} has moved, and GIT_PUSH_INTEGRATION_POLICY is None`;
  return gitErrors.create('git.push-raced', message, { data: { policy: 'None' } });
}

function identityOf({ name, email }: GitIdentity): GitIdentity {
  return { name, email };
}
