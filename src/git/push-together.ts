import type { PushResult } from '../ports/index.ts';
import type { GitObject, ObjectId } from '../wire/git/index.ts';
import type { LocalCommit } from './commits.ts';
import { readHistory } from './history.ts';
import { integrate } from './integrate.ts';
import {
  assertClean,
  isEarlierAttempt,
  type Job,
  type PusherDeps,
  racedError,
  type SinglePush,
} from './push-one.ts';
import { isRefusal } from './push-refusal.ts';
import { readOutcome } from './push-report.ts';
import { collectNewObjects } from './rebase.ts';
import type { Anchor } from './worktree.ts';

/** A push and who waits for it. */
export interface WaitingPush {
  readonly job: Job;
  /** Aborted when nobody waits for it any more. */
  readonly signal: AbortSignal;
  resolve(result: PushResult): void;
  reject(error: unknown): void;
}

/** May this push share its turn with others of the same branch and identity? */
export function canShare({ request, worktree }: Job): boolean {
  return !request.force && worktree.branch === request.branch && worktree.localCommits.length > 0;
}

/** The commits of several pushes on top of each other. */
interface Stack {
  readonly placed: { readonly push: WaitingPush; readonly at: Anchor }[];
  readonly commits: LocalCommit[];
  readonly objects: Map<ObjectId, GitObject>;
  tip: Anchor;
}

/**
 * Sends the commits of several work trees to one branch in one push, each rebased onto the one before.
 *
 * Guarantees: every push ends on its own: what conflicts, or was pushed earlier, does not hold up the others; when the
 * host refuses all together, each is tried alone.
 */
export class JointPush {
  readonly #single: SinglePush;
  readonly #deps: Pick<PusherDeps, 'transport' | 'policy'>;

  constructor(single: SinglePush, deps: Pick<PusherDeps, 'transport' | 'policy'>) {
    this.#single = single;
    this.#deps = deps;
  }

  /** Pushes all of them; answers go to those who wait. */
  async push(pushes: readonly [WaitingPush, ...WaitingPush[]], signal: AbortSignal): Promise<void> {
    const [{ job: first }] = pushes;
    const { remote } = first.worktree;
    const { branch, maxAttempts } = first.request;
    let open: readonly WaitingPush[] = pushes;
    let head: ObjectId | 'absent' | undefined = this.#single.guessHead(first);
    for (let attempt = 1; attempt <= Math.max(1, maxAttempts); attempt++) {
      if (attempt > 1) await this.#single.pause(attempt, signal);
      head ??= await this.#single.lookUp(remote, branch, signal);
      if (head === 'absent') return this.#pushAlone(open);
      open = dropAborted(open);
      if (open.length === 0) return;
      const stack = await this.#stack(open, head, signal);
      open = stack.placed.map(({ push }) => push);
      if (open.length === 0) return;
      const outcome = stack.tip.commit === head ? 'done' : await this.#send(first, head, stack, signal);
      if (outcome === 'refused') return this.#pushAlone(open);
      if (outcome === 'done') {
        for (const { push, at } of stack.placed) {
          push.resolve(this.#single.settle(push.job, at, { isAdopted: false }));
        }
        return;
      }
      head = undefined;
    }
    for (const push of open) push.reject(racedError(push.job));
  }

  async #send(
    first: Job,
    head: ObjectId,
    stack: Stack,
    signal: AbortSignal,
  ): Promise<'done' | 'moved' | 'refused'> {
    const { remote } = first.worktree;
    const { branch } = first.request;
    const objects = collectNewObjects(stack.commits, stack.objects);
    const command = { ref: `refs/heads/${branch}`, oldId: head, newId: stack.tip.commit };
    const answer = await this.#deps.transport.push(remote, [command], [...objects.values()], signal);
    try {
      const outcome = readOutcome(answer, command.ref, remote.url);
      if (outcome === 'done') first.source.remember(objects);
      return outcome;
    } catch (error) {
      // Perhaps only one of them is what the host does not like.
      if (isRefusal(error)) return 'refused';
      throw error;
    }
  }

  async #stack(pushes: readonly WaitingPush[], head: ObjectId, signal: AbortSignal): Promise<Stack> {
    const source = pushes[0]?.job.source;
    const tree = (await source?.readCommit(head, signal))?.tree;
    if (tree === undefined) throw new Error('there is nothing to push together');
    const stack: Stack = { placed: [], commits: [], objects: new Map(), tip: { commit: head, tree } };
    for (const push of pushes) {
      try {
        await this.#place(push, head, stack, signal);
      } catch (error) {
        signal.throwIfAborted();
        push.reject(error);
      }
    }
    return stack;
  }

  async #place(push: WaitingPush, head: ObjectId, stack: Stack, signal: AbortSignal): Promise<void> {
    const { job } = push;
    const { worktree, source } = job;
    const base = worktree.anchor.commit;
    if (head !== base) {
      const history = await readHistory({ head, base, filter: 'blob:none' }, source, signal);
      const earlier = history.commits.find((known) => isEarlierAttempt(known, job));
      if (earlier !== undefined) {
        const at = { commit: earlier.id, tree: earlier.commit.tree };
        push.resolve(this.#single.settle(job, at, { isAdopted: true }));
        return;
      }
      if (!history.reachesBase) {
        // The history was rewritten: what that means is for this push alone.
        push.resolve(await this.#single.push(job, push.signal));
        return;
      }
    }
    const placed = await this.#onto(job, stack, signal);
    for (const [id, object] of placed.objects) stack.objects.set(id, object);
    stack.commits.push(...placed.commits);
    const last = placed.commits.at(-1);
    if (last !== undefined) stack.tip = { commit: last.id, tree: last.commit.tree };
    stack.placed.push({ push, at: stack.tip });
  }

  async #onto(
    job: Job,
    stack: Stack,
    signal: AbortSignal,
  ): Promise<{
    readonly commits: readonly LocalCommit[];
    readonly objects: ReadonlyMap<ObjectId, GitObject>;
  }> {
    const { worktree } = job;
    if (stack.tip.commit === worktree.anchor.commit) {
      return { commits: worktree.localCommits, objects: worktree.localObjects };
    }
    await assertClean(job, signal);
    const { tip: onto, objects } = stack;
    return integrate({ job, own: undefined, onto, objects }, this.#deps.policy, signal);
  }

  async #pushAlone(pushes: readonly WaitingPush[]): Promise<void> {
    for (const push of pushes) {
      try {
        push.signal.throwIfAborted();
        push.resolve(await this.#single.push(push.job, push.signal));
      } catch (error) {
        push.reject(error);
      }
    }
  }
}

/** Who gave up is not taken along in a further try. */
function dropAborted(pushes: readonly WaitingPush[]): readonly WaitingPush[] {
  for (const { signal, reject } of pushes) if (signal.aborted) reject(signal.reason);
  return pushes.filter((push) => !push.signal.aborted);
}
