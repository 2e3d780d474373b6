import type { Clock } from '../../../ports/index.ts';
import { isObjectId, type ObjectId } from '../../../wire/git/index.ts';
import { type GitServer, type Repository, signNow } from '../../git-server/index.ts';
import type { MergeTexts } from './front.ts';
import { listCommits, type MergeMethod, makeMerge } from './merge.ts';
import { closePull, type NewPull, type Pull, type PullList, touchPull } from './pulls.ts';

/** What the operations on one repository's pull requests need. */
export interface PullContext {
  readonly clock: Clock;
  readonly git: GitServer;
  readonly repository: Repository;
  readonly pulls: PullList;
  /** Who asks. */
  readonly login: string;
  readonly mergeMethods: readonly MergeMethod[];
  readonly deleteBranchOnMerge: boolean;
  /** Is everything merged through a queue? */
  readonly hasMergeQueue: boolean;
  onChanged(pull: Pull, change: 'opened' | 'merged' | 'closed' | 'updated'): void;
}

/** What came of opening a pull request. */
export type Opened =
  | { readonly kind: 'opened'; readonly pull: Pull }
  | { readonly kind: 'duplicate'; readonly pull: Pull }
  | { readonly kind: 'no-head' | 'no-base' | 'nothing-new' };

/** Opens a pull request between two branches. */
export function openPull(context: PullContext, draft: NewPull): Opened {
  const { repository, pulls, clock } = context;
  const headId = repository.refs.get(`refs/heads/${draft.headBranch}`);
  const baseId = repository.refs.get(`refs/heads/${draft.baseBranch}`);
  if (headId === undefined) return { kind: 'no-head' };
  if (baseId === undefined) return { kind: 'no-base' };
  const [same] = findPulls(pulls, { ...draft, state: 'open' });
  if (same !== undefined) return { kind: 'duplicate', pull: same };
  if (listCommits(repository, baseId, headId).length === 0) return { kind: 'nothing-new' };
  const pull = pulls.open(draft, { author: context.login, nowMs: clock.nowMs(), headId, baseId });
  context.onChanged(pull, 'opened');
  return { kind: 'opened', pull };
}

/** The pull requests of a branch, newest first. */
export function findPulls(
  pulls: PullList,
  filter: { readonly headBranch?: string; readonly baseBranch?: string; readonly state?: Pull['state'] },
): Pull[] {
  const { headBranch, baseBranch, state } = filter;
  const found = pulls.all().filter((pull) => {
    if (state !== undefined && pull.state !== state) return false;
    if (headBranch !== undefined && pull.headBranch !== headBranch) return false;
    return baseBranch === undefined || pull.baseBranch === baseBranch;
  });
  return found.reverse();
}

/** Closes an open pull request without merging it. */
export function declinePull(context: PullContext, pull: Pull): void {
  if (pull.state !== 'open') return;
  closePull(pull, context.clock.nowMs(), undefined, baseOf(context, pull));
  context.onChanged(pull, 'closed');
}

/** Says something about a pull request. */
export function addComment(context: PullContext, pull: Pull, text: string): void {
  pull.comments.push({ login: context.login, text });
  touchPull(pull, context.clock.nowMs());
}

/** Opens a closed pull request again; false when it is merged. */
export function reopenPull(context: PullContext, pull: Pull): boolean {
  if (pull.merge !== undefined) return false;
  pull.state = 'open';
  pull.closedAtMs = undefined;
  touchPull(pull, context.clock.nowMs());
  context.onChanged(pull, 'updated');
  return true;
}

/** How to merge, as the host's own request says it. */
export interface MergeWish {
  readonly method: MergeMethod;
  /** Merge only when the head is this. */
  readonly head?: string;
}

/** What came of the wish to merge. */
export type Merged =
  | { readonly kind: 'merged'; readonly commit: ObjectId }
  | {
      readonly kind: 'closed' | 'draft' | 'blocked' | 'conflict' | 'head-moved' | 'base-moved' | 'method-off';
    };

/** Merges a pull request, for real. */
export async function mergePull(
  context: PullContext,
  pull: Pull,
  wish: MergeWish,
  texts: MergeTexts,
): Promise<Merged> {
  const { repository, git, clock, login } = context;
  if (!context.mergeMethods.includes(wish.method)) return { kind: 'method-off' };
  const base = baseOf(context, pull);
  const head = pull.headId;
  if (pull.state !== 'open' || base === undefined) return { kind: 'closed' };
  if (pull.isDraft) return { kind: 'draft' };
  if (wish.head !== undefined && wish.head !== head) return { kind: 'head-moved' };
  if (pull.isBlocked) return { kind: 'blocked' };
  const commit = await makeMerge(repository, base, head, {
    method: wish.method,
    title: texts.title,
    message: texts.message,
    author: signNow(clock, login, `${login}@${texts.mailHost}`),
    committer: signNow(clock, texts.committer.name, texts.committer.email),
  });
  if (commit === undefined) return { kind: 'conflict' };
  if (baseOf(context, pull) !== base || pull.headId !== head) return { kind: 'base-moved' };
  const nowMs = clock.nowMs();
  closePull(pull, nowMs, { commit, login, atMs: nowMs }, base);
  git.setBranch(repository.name, pull.baseBranch, commit);
  if (context.deleteBranchOnMerge) git.setBranch(repository.name, pull.headBranch, undefined);
  context.onChanged(pull, 'merged');
  return { kind: 'merged', commit };
}

/** What merging an open pull request would come to. */
export type Mergeability =
  | { readonly kind: 'closed' }
  | { readonly kind: 'clean'; readonly testMerge: ObjectId }
  | { readonly kind: 'conflict' };

/** Tries a merge without moving a branch. */
export async function tryMerge(context: PullContext, pull: Pull): Promise<Mergeability> {
  const base = baseOf(context, pull);
  if (pull.state !== 'open' || base === undefined) return { kind: 'closed' };
  const robot = { name: 'Forge', email: 'noreply@example.com', timezone: '+0000' };
  const sign = { ...robot, timeSec: Math.floor(pull.createdAtMs / 1000) };
  const title = `Merge ${pull.headId} into ${base}`;
  const draft = { method: 'merge', title, message: '', author: sign, committer: sign } as const;
  const testMerge = await makeMerge(context.repository, base, pull.headId, draft);
  return testMerge === undefined ? { kind: 'conflict' } : { kind: 'clean', testMerge };
}

/** Where the base of a pull request is now. */
export function baseOf({ repository }: Pick<PullContext, 'repository'>, pull: Pull): ObjectId | undefined {
  return repository.refs.get(`refs/heads/${pull.baseBranch}`);
}

/** The id of a branch, tag or commit; `undefined` when there is none. */
export function findCommit(repository: Repository, revision: string): ObjectId | undefined {
  const id = repository.refs.resolve(revision, repository.head) ?? findByPrefix(repository, revision);
  const peeled = id === undefined || !repository.has(id) ? undefined : repository.peel(id);
  return peeled !== undefined && repository.find(peeled)?.type === 'commit' ? peeled : undefined;
}

function findByPrefix(repository: Repository, prefix: string): ObjectId | undefined {
  if (!/^[0-9a-f]{4,40}$/.test(prefix)) return undefined;
  const heads = repository.refs.list().map(([, id]) => repository.peel(id));
  const commits = heads.filter((id) => repository.find(id)?.type === 'commit');
  return [...repository.ancestors(commits)].find((id) => isObjectId(id) && id.startsWith(prefix));
}
