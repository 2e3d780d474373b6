import type { JsonValue } from '../../../base/index.ts';
import { orderAuto } from '../core/auto.ts';
import type { MergeTexts } from '../core/front.ts';
import type { MergeMethod } from '../core/merge.ts';
import { type Merged, mergePull, type PullContext } from '../core/operations.ts';
import type { Pull } from '../core/pulls.ts';
import type { Reply } from '../core/reply.ts';
import { members, text } from '../core/text.ts';
import { notFound, refuse } from './reply.ts';

const methods: Readonly<Record<string, MergeMethod>> = {
  merge: 'merge',
  rebase: 'rebase',
  'rebase-merge': 'rebase-merge',
  squash: 'squash',
  'fast-forward-only': 'fast-forward',
};

/** What Gitea writes into the commit of a merge. */
export function describeMerge(pull: Pull, _repository: string, method: MergeMethod): MergeTexts {
  const { title, number, headBranch, baseBranch } = pull;
  const isMerge = method === 'merge' || method === 'rebase-merge';
  return {
    title: isMerge
      ? `Merge pull request '${title}' (#${number}) from ${headBranch} into ${baseBranch}`
      : `${title} (#${number})`,
    message: isMerge ? '' : pull.body,
    committer: { name: 'Gitea', email: 'gitea@noreply.localhost' },
    mailHost: 'noreply.localhost',
  };
}

/** Merges a pull request; an empty answer when it is done. */
export async function acceptMerge(
  context: PullContext,
  pull: Pull,
  body: JsonValue | undefined,
): Promise<Reply> {
  const { Do: style, head_commit_id: head, merge_when_checks_succeed: auto } = members(body);
  const method = methods[text(style) || 'merge'];
  if (method === undefined) return refuse(422, '[Do]: Required');
  if (pull.merge !== undefined) return refuse(405, '');
  if (auto === true && pull.state === 'open' && !pull.isDraft) {
    if (pull.auto !== undefined) {
      const words = 'pull request is already scheduled to auto merge when checks succeed';
      return refuse(409, `${words} [pull_id: ${pull.number}]`);
    }
    await orderAuto(context, pull, method, describeMerge);
    return { status: 201 };
  }
  const texts = describeMerge(pull, context.repository.name, method);
  const wish = { method, ...(text(head) === '' ? {} : { head: text(head) }) };
  const merged = await mergePull(context, pull, wish, texts);
  return merged.kind === 'merged' ? { status: 200 } : refuseMerge(merged, text(style));
}

function refuseMerge({ kind }: Exclude<Merged, { kind: 'merged' }>, style: string): Reply {
  switch (kind) {
    case 'method-off':
      return refuse(405, `${style} is not allowed an allowed merge style for this repository`);
    case 'closed':
      return notFound;
    case 'draft':
      return refuse(405, 'Work in progress PRs cannot be merged');
    case 'blocked':
      return refuse(405, 'Not all required status checks successful');
    case 'conflict':
      return refuse(405, 'Please try again later');
    case 'head-moved':
      return refuse(409, 'head out of date');
    case 'base-moved':
      return refuse(409, 'merge push out of date');
  }
}
