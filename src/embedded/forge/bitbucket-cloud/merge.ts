import type { JsonValue } from '../../../base/index.ts';
import type { MergeTexts } from '../core/front.ts';
import type { MergeMethod } from '../core/merge.ts';
import { baseOf, type Merged, mergePull, type PullContext } from '../core/operations.ts';
import type { Pull } from '../core/pulls.ts';
import type { Reply } from '../core/reply.ts';
import { members, text } from '../core/text.ts';
import { refuse } from './reply.ts';

const methods: Readonly<Record<string, MergeMethod>> = {
  merge_commit: 'merge',
  squash: 'squash',
  fast_forward: 'fast-forward',
  squash_fast_forward: 'squash',
  rebase_fast_forward: 'rebase',
  rebase_merge: 'rebase-merge',
};

/** What Bitbucket Cloud writes into the commit of a merge. */
export function describeMerge(pull: Pull, _repository: string, method: MergeMethod): MergeTexts {
  const what = method === 'merge' ? `Merged in ${pull.headBranch}` : pull.title;
  return {
    title: `${what} (pull request #${pull.number})`,
    message: method === 'merge' ? pull.title : pull.body,
    committer: { name: 'Bitbucket', email: 'noreply@bitbucket.org' },
    mailHost: 'noreply.bitbucket.org',
  };
}

/** Merges a pull request; the answer to a refusal, if it is one. */
export async function acceptMerge(
  context: PullContext,
  pull: Pull,
  body: JsonValue | undefined,
): Promise<Reply | undefined> {
  const { type, merge_strategy: strategy } = members(body);
  if (text(type) === '') return refuse(400, 'type: required key not provided');
  const method = methods[text(strategy) || 'merge_commit'];
  if (method === undefined) return refuse(400, `merge_strategy: "${text(strategy)}" is not valid`);
  const base = baseOf(context, pull);
  const needsBase = text(strategy) === 'squash_fast_forward';
  if (needsBase && base !== undefined && !context.repository.isAncestor(base, pull.headId)) {
    return refuseMerge({ kind: 'base-moved' });
  }
  const texts = describeMerge(pull, context.repository.name, method);
  const merged = await mergePull(context, pull, { method }, texts);
  return merged.kind === 'merged' ? undefined : refuseMerge(merged);
}

function refuseMerge({ kind }: Exclude<Merged, { kind: 'merged' }>): Reply {
  switch (kind) {
    case 'method-off':
      return refuse(400, 'This merge strategy is not enabled for the destination branch');
    case 'closed':
      return refuse(400, 'This pull request is already closed.');
    case 'draft':
      return refuse(400, 'This pull request is a draft and cannot be merged.');
    case 'blocked':
      return refuse(400, 'This pull request has unresolved merge checks.');
    case 'conflict':
      return refuse(409, 'You can’t merge until you resolve all merge conflicts.');
    case 'head-moved':
    case 'base-moved':
      return refuse(409, 'The branches have changed; try again.');
  }
}
