import type { JsonObject } from '../../../base/index.ts';
import { orderAuto } from '../core/auto.ts';
import type { MergeTexts } from '../core/front.ts';
import type { MergeMethod } from '../core/merge.ts';
import { type Merged, mergePull, type PullContext } from '../core/operations.ts';
import type { Pull } from '../core/pulls.ts';
import type { Reply } from '../core/reply.ts';
import { members, text } from '../core/text.ts';
import { refuse } from './reply.ts';

const methods: Readonly<Record<string, MergeMethod>> = {
  noFastForward: 'merge',
  squash: 'squash',
  rebase: 'rebase',
  rebaseMerge: 'rebase-merge',
};

/** What Azure DevOps writes into the commit of a merge. */
export function describeMerge(pull: Pull, _repository: string, _method: MergeMethod): MergeTexts {
  return {
    title: `Merged PR ${pull.number}: ${pull.title}`,
    message: pull.body,
    committer: { name: 'Azure DevOps', email: 'noreply@dev.azure.com' },
    mailHost: 'users.noreply.dev.azure.com',
  };
}

/** Completes a pull request; the answer to a refusal, if it is one. */
export async function complete(
  context: PullContext,
  pull: Pull,
  body: JsonObject,
): Promise<Reply | undefined> {
  const head = text(members(body['lastMergeSourceCommit'])['commitId']);
  if (head === '') {
    const message = 'TF400898: lastMergeSourceCommit must be given to complete a pull request';
    return refuse(400, message, 'InvalidArgumentValueException');
  }
  const strategy = text(members(body['completionOptions'])['mergeStrategy']) || 'noFastForward';
  const method = methods[strategy];
  if (method === undefined) {
    return refuse(400, `"${strategy}" is no merge strategy`, 'InvalidArgumentValueException');
  }
  const texts = describeMerge(pull, context.repository.name, method);
  const merged = await mergePull(context, pull, { method, head }, texts);
  return merged.kind === 'merged' ? undefined : refuseMerge(merged);
}

/** Completes a pull request as soon as its policies allow; the answer to a refusal, if it is one. */
export async function completeLater(
  context: PullContext,
  pull: Pull,
  body: JsonObject,
): Promise<Reply | undefined> {
  const strategy = text(members(body['completionOptions'])['mergeStrategy']) || 'noFastForward';
  const method = methods[strategy];
  if (method === undefined) {
    return refuse(400, `"${strategy}" is no merge strategy`, 'InvalidArgumentValueException');
  }
  if (pull.state !== 'open') return refuseMerge({ kind: 'closed' });
  await orderAuto(context, pull, method, describeMerge);
  return undefined;
}

function refuseMerge({ kind }: Exclude<Merged, { kind: 'merged' }>): Reply {
  switch (kind) {
    case 'head-moved':
    case 'base-moved': {
      const message = 'TF401192: The source branch has been modified since the last merge attempt.';
      return refuse(409, message, 'GitPullRequestStaleException');
    }
    case 'closed':
      return refuse(
        409,
        'TF401181: The pull request cannot be edited due to its state.',
        'GitPullRequestNotEditableException',
      );
    case 'blocked':
      return refuse(
        403,
        'TF402455: policies of the target branch are not satisfied.',
        'GitRefUpdateRejectedByPolicyException',
      );
    case 'draft':
    case 'conflict':
    case 'method-off':
      return refuse(400, 'TF401181: The pull request cannot be completed.', 'InvalidArgumentValueException');
  }
}
