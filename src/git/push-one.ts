import type { Clock, GitRemote, PushRequest, PushResult, Random } from '../ports/index.ts';
import { type GitObject, type ObjectId, zeroId } from '../wire/git/index.ts';
import type { Access } from './access.ts';
import { isOfPromotion, type LocalCommit, promotionHeader } from './commits.ts';
import { gitErrors } from './errors.ts';
import type { Heads } from './heads.ts';
import { maxHistory, type OwnCommits, readHistory, readOwnCommits } from './history.ts';
import { integrate, type PushPolicy } from './integrate.ts';
import type { RemoteObjects } from './objects.ts';
import { readOutcome } from './push-report.ts';
import { collectNewObjects, type KnownCommit } from './rebase.ts';
import type { Signer } from './signing/types.ts';
import type { GitTransport } from './transport.ts';
import { describeUrl } from './url.ts';
import type { Anchor, GitWorktree } from './worktree.ts';

/** What pushing needs. */
export interface PusherDeps {
  readonly transport: GitTransport;
  readonly access: Access;
  readonly heads: Heads;
  readonly clock: Clock;
  readonly random: Random;
  readonly policy: PushPolicy;
  readonly objectsOf: (remote: GitRemote) => RemoteObjects;
}

/** Delays between two tries of one push, in milliseconds. */
const firstPauseMs = 100;
const longestPauseMs = 5_000;

/** What to send so that a branch moves from where it is. */
type Plan =
  | { readonly kind: 'adopt'; readonly at: Anchor }
  | {
      readonly kind: 'send';
      readonly tip: Anchor;
      readonly objects: ReadonlyMap<ObjectId, GitObject>;
    };

/** A push that is being worked on. */
export interface Job {
  readonly request: PushRequest;
  readonly worktree: GitWorktree;
  readonly source: RemoteObjects;
  /** Signs merges, and what is rebased and has no signer of its own. */
  readonly signer: Signer | undefined;
}

/**
 * Pushes one work tree.
 *
 * A push is sent against the head that is believed to be there; the host refuses it when the branch is elsewhere. Then
 * the head is looked up, searched for what an earlier attempt may have pushed, and the commits are rebased onto it.
 */
export class SinglePush {
  readonly #deps: PusherDeps;

  constructor(deps: PusherDeps) {
    this.#deps = deps;
  }

  /** See `GitRepos.push`; it must be this branch's turn. */
  async push(job: Job, signal: AbortSignal): Promise<PushResult> {
    const { worktree, request } = job;
    const { branch } = request;
    const ref = `refs/heads/${branch}`;
    let head: ObjectId | 'absent' | undefined = this.guessHead(job);
    for (let attempt = 1; attempt <= Math.max(1, request.maxAttempts); attempt++) {
      if (attempt > 1) await this.pause(attempt, signal);
      head ??= await this.lookUp(worktree.remote, branch, signal);
      const plan = await this.#plan(job, head === 'absent' ? undefined : head, signal);
      if (plan.kind === 'adopt') return this.settle(job, plan.at, { isAdopted: true });
      if (plan.tip.commit === head) return this.settle(job, plan.tip, { isAdopted: false });
      const oldId = head === 'absent' ? zeroId : head;
      const answer = await this.#deps.transport.push(
        worktree.remote,
        [{ ref, oldId, newId: plan.tip.commit }],
        [...plan.objects.values()],
        signal,
      );
      if (readOutcome(answer, ref, worktree.remote.url, { isForced: request.force }) === 'done') {
        job.source.remember(plan.objects);
        return this.settle(job, plan.tip, { isAdopted: false });
      }
      head = undefined;
    }
    throw racedError(job);
  }

  /** Where the branch probably is, when that can be known without asking and the identity may know it. */
  guessHead({ request, worktree }: Job): ObjectId | undefined {
    const { heads, access } = this.#deps;
    if (request.force || worktree.branch !== request.branch) return undefined;
    const seen = heads.get(worktree.remote, request.branch) ?? worktree.anchor.commit;
    // Somebody else has seen it elsewhere: then this identity has to look for itself.
    return seen === worktree.anchor.commit || access.isProven(worktree.remote, seen) ? seen : undefined;
  }

  /** Where the branch is, asked at the remote. */
  async lookUp(remote: GitRemote, branch: string, signal: AbortSignal): Promise<ObjectId | 'absent'> {
    const name = `refs/heads/${branch}`;
    const refs = await this.#deps.transport.listRefs(remote, [name], signal);
    const id = refs.find((ref) => ref.name === name)?.id;
    if (id === undefined) return 'absent';
    this.#deps.access.prove(remote, id);
    this.#deps.heads.set(remote, branch, id);
    return id;
  }

  async #plan(job: Job, head: ObjectId | undefined, signal: AbortSignal): Promise<Plan> {
    const { worktree, request, source } = job;
    const { anchor } = worktree;
    if (head === undefined || head === anchor.commit) return asIs(worktree);
    const filter = worktree.branch === request.branch ? 'blob:none' : 'tree:0';
    const history = await readHistory({ head, base: anchor.commit, filter }, source, signal);
    const earlier = history.commits.find((known) => isEarlierAttempt(known, job));
    if (earlier !== undefined) {
      return { kind: 'adopt', at: { commit: earlier.id, tree: earlier.commit.tree } };
    }
    if (request.force) return asIs(worktree);
    const own = history.reachesBase ? undefined : await this.#ownCommits(job, head, signal);
    if (own === 'ahead') return asIs(worktree);
    await assertClean(job, signal);
    const onto = { commit: head, tree: (await source.readCommit(head, signal)).tree };
    const joined = await integrate({ job, own, onto, objects: new Map() }, this.#deps.policy, signal);
    return toSend(joined.commits, joined.objects, onto);
  }

  /** Commits below the local ones that the branch does not have; "ahead" when the branch is behind all of them. */
  async #ownCommits(job: Job, head: ObjectId, signal: AbortSignal): Promise<OwnCommits | 'ahead'> {
    const { worktree, source, request } = job;
    const range = { head: worktree.anchor.commit, base: head, filter: 'tree:0' } as const;
    const back = await readHistory(range, source, signal);
    if (back.reachesBase) return 'ahead';
    const own = await readOwnCommits(range, source, signal);
    if (own !== undefined) return own;
    const what = `branch ${JSON.stringify(request.branch)} and the checkout differ by more than ${maxHistory} commits`;
    throw gitErrors.create('git.unsupported', `${what}, which is too far to rebase`, {
      hint: 'Push to a branch of its own (generateTargetBranch), or use force.',
    });
  }

  /** The remote has a job's commits now: tells everybody who should know. */
  settle(job: Job, at: Anchor, { isAdopted }: { readonly isAdopted: boolean }): PushResult {
    const { worktree, request } = job;
    this.#deps.access.prove(worktree.remote, at.commit);
    // An adopted commit need not be the head.
    if (!isAdopted) this.#deps.heads.set(worktree.remote, request.branch, at.commit);
    worktree.moveTo(at);
    return { commit: at.commit, branch: request.branch, adopted: isAdopted };
  }

  /** Waits before a further try. */
  pause(attempt: number, signal: AbortSignal): Promise<void> {
    const { clock, random } = this.#deps;
    const pauseMs = Math.min(longestPauseMs, firstPauseMs * 1.5 ** (attempt - 2));
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        cancel();
        reject(signal.reason);
      };
      const cancel = clock.schedule(pauseMs * (1 + random.next() / 2), () => {
        signal.removeEventListener('abort', stop);
        resolve();
      });
      if (signal.aborted) stop();
      else signal.addEventListener('abort', stop, { once: true });
    });
  }
}

/** The error of a push that lost every race. */
export function racedError({ request, worktree }: Job): Error {
  const where = `branch ${JSON.stringify(request.branch)} of ${describeUrl(worktree.remote.url)}`;
  return gitErrors.create('git.push-raced', `${where} moved during each of ${request.maxAttempts} tries`);
}

/** Before commits are rebased: nothing may be left that is not in them. Errors: git.uncommitted. */
export async function assertClean({ request, worktree }: Job, signal: AbortSignal): Promise<void> {
  if (await worktree.isClean(signal)) return;
  const what = `branch ${JSON.stringify(request.branch)} has moved`;
  throw gitErrors.create('git.uncommitted', `${what} and there are changes that are not committed`);
}

/** Is this a commit that an earlier attempt of the same push left? */
export function isEarlierAttempt({ id, commit }: KnownCommit, { worktree }: Job): boolean {
  const newest = worktree.localCommits.at(-1);
  if (id === newest?.id) return true;
  const promotion = newest?.commit.headers.find((header) => header.name === promotionHeader)?.value;
  return promotion !== undefined && isOfPromotion(commit, promotion);
}

/** The local commits on the commit they were made on. */
function asIs(worktree: GitWorktree): Plan {
  return toSend(worktree.localCommits, worktree.localObjects, worktree.anchor);
}

function toSend(
  commits: readonly LocalCommit[],
  objects: ReadonlyMap<ObjectId, GitObject>,
  below: Anchor,
): Plan {
  const last = commits.at(-1);
  const tip = last === undefined ? below : { commit: last.id, tree: last.commit.tree };
  return { kind: 'send', tip, objects: collectNewObjects(commits, objects) };
}
