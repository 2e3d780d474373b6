import type { JsonValue } from '../../../base/index.ts';
import { orderAuto } from '../core/auto.ts';
import type { MergeTexts } from '../core/front.ts';
import type { MergeMethod } from '../core/merge.ts';
import { type Merged, mergePull, type PullContext } from '../core/operations.ts';
import type { Pull } from '../core/pulls.ts';
import type { Reply } from '../core/reply.ts';
import { members, text } from '../core/text.ts';
import { refuse } from './reply.ts';

/** What GitLab writes into the commit of a merge. */
export function describeMerge(pull: Pull, repository: string, method: MergeMethod): MergeTexts {
  const isMerge = method === 'merge';
  return {
    title: isMerge ? `Merge branch '${pull.headBranch}' into '${pull.baseBranch}'` : pull.title,
    message: isMerge ? `${pull.title}\n\nSee merge request ${repository}!${pull.number}` : pull.body,
    committer: { name: 'GitLab', email: 'noreply@gitlab.com' },
    mailHost: 'users.noreply.gitlab.com',
  };
}

/** Merges a merge request; the answer to a refusal, if it is one. */
export async function acceptMerge(
  context: PullContext,
  pull: Pull,
  body: JsonValue | undefined,
): Promise<Reply | undefined> {
  const { squash, sha, auto_merge: auto } = members(body);
  const method = squash === true ? 'squash' : 'merge';
  const isSameHead = sha === undefined || text(sha) === pull.headId;
  if (auto === true && pull.isBlocked && isSameHead && pull.state === 'open') {
    await orderAuto(context, pull, method, describeMerge);
    return undefined;
  }
  const texts = describeMerge(pull, context.repository.name, method);
  const wish = { method, ...(sha === undefined ? {} : { head: text(sha) }) } as const;
  const merged = await mergePull(context, pull, wish, texts);
  return merged.kind === 'merged' ? undefined : refuseMerge(merged);
}

function refuseMerge({ kind }: Exclude<Merged, { kind: 'merged' }>): Reply {
  switch (kind) {
    case 'head-moved':
      return refuse(409, 'SHA does not match HEAD of source branch');
    case 'conflict':
    case 'base-moved':
      return refuse(422, 'Branch cannot be merged');
    case 'method-off':
    case 'closed':
    case 'draft':
    case 'blocked':
      return refuse(405, '405 Method Not Allowed');
  }
}
