import type { Front } from './front.ts';
import type { MergeMethod } from './merge.ts';
import { mergePull, type PullContext } from './operations.ts';
import { type Pull, touchPull } from './pulls.ts';

/** What a host writes into the commit of a merge. */
type Describe = Front['describeMerge'];

/** Has a pull request merged by itself; done at once when nothing is missing. */
export async function orderAuto(
  context: PullContext,
  pull: Pull,
  method: MergeMethod,
  describe: Describe,
): Promise<void> {
  pull.auto = { method, login: context.login };
  touchPull(pull, context.clock.nowMs());
  await followAuto(context, pull, describe);
}

/** Puts a pull request into the merge queue. */
export function enqueue(context: PullContext, pull: Pull, method: MergeMethod): void {
  pull.auto = undefined;
  pull.queue = { method, login: context.login };
  touchPull(pull, context.clock.nowMs());
}

/** Merges, or puts into the queue, what was to be merged by itself and lacks nothing any more. */
export async function followAuto(context: PullContext, pull: Pull, describe: Describe): Promise<void> {
  const { auto } = pull;
  if (auto === undefined || pull.isBlocked || pull.state !== 'open') return;
  if (context.hasMergeQueue) {
    enqueue(context, pull, auto.method);
    return;
  }
  const texts = describe(pull, context.repository.name, auto.method);
  await mergePull(context, pull, { method: auto.method }, texts);
}

/** Takes a pull request out of the queue. */
export async function leaveQueue(
  context: PullContext,
  pull: Pull,
  end: 'merged' | 'failed',
  describe: Describe,
): Promise<void> {
  const { queue } = pull;
  if (queue === undefined) return;
  pull.queue = undefined;
  const texts = describe(pull, context.repository.name, queue.method);
  if (end === 'merged') await mergePull(context, pull, { method: queue.method }, texts);
}
