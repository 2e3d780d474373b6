import type { JsonObject } from '../../../base/index.ts';
import { orderAuto } from '../core/auto.ts';
import type { ApiRequest, MergeTexts } from '../core/front.ts';
import type { MergeMethod } from '../core/merge.ts';
import { type Merged, mergePull, type PullContext, tryMerge } from '../core/operations.ts';
import type { Pull } from '../core/pulls.ts';
import type { Reply } from '../core/reply.ts';
import { members, text } from '../core/text.ts';
import { refuse } from './reply.ts';

const methods: Readonly<Record<string, MergeMethod>> = {
  'no-ff': 'merge',
  ff: 'merge',
  'ff-only': 'fast-forward',
  'rebase-no-ff': 'rebase-merge',
  'rebase-ff-only': 'rebase',
  squash: 'squash',
  'squash-ff-only': 'squash',
};

/** What Bitbucket Data Center writes into the commit of a merge. */
export function describeMerge(pull: Pull, repository: string, _method: MergeMethod): MergeTexts {
  const name = repository.replace(/^scm\//, '');
  return {
    title: `Pull request #${pull.number}: ${pull.title}`,
    message: `Merge in ${name} from ${pull.headBranch} to ${pull.baseBranch}`,
    committer: { name: 'Bitbucket', email: 'noreply@bitbucket.example.com' },
    mailHost: 'bitbucket.example.com',
  };
}

/** Whether a pull request can be merged, and what forbids it. */
export async function testMerge(context: PullContext, pull: Pull): Promise<JsonObject> {
  const isConflicted = (await tryMerge(context, pull)).kind === 'conflict';
  const veto = {
    summaryMessage: 'Not all required builds are successful yet',
    detailedMessage: 'You need a minimum of 1 successful build before this pull request can be merged.',
  };
  return {
    canMerge: pull.state === 'open' && !isConflicted && !pull.isBlocked,
    conflicted: isConflicted,
    outcome: isConflicted ? 'CONFLICTED' : 'CLEAN',
    vetoes: pull.isBlocked ? [veto] : [],
  };
}

/** Merges a pull request of the version that is named; the answer to a refusal, if it is one. */
export async function acceptMerge(
  request: ApiRequest,
  context: PullContext,
  pull: Pull,
): Promise<Reply | undefined> {
  const version = Number(request.url.searchParams.get('version') ?? '-1');
  if (version !== pull.revision) return outOfDate(pull, version);
  const strategy = text(members(request.body)['strategyId']) || 'no-ff';
  const method = methods[strategy];
  if (method === undefined) {
    return refuse(400, `The merge strategy ${strategy} does not exist`, 'NoSuchMergeStrategyException');
  }
  if (members(request.body)['autoMerge'] === true && pull.state === 'open' && pull.isBlocked) {
    await orderAuto(context, pull, method, describeMerge);
    return undefined;
  }
  const texts = describeMerge(pull, context.repository.name, method);
  const merged = await mergePull(context, pull, { method }, texts);
  return merged.kind === 'merged' ? undefined : refuseMerge(merged, pull);
}

/** The answer to a change that was ordered of another version. */
export function outOfDate(pull: Pull, version: number): Reply {
  const message = 'You are attempting to modify a pull request based on out-of-date information.';
  const versions = { currentVersion: pull.revision, expectedVersion: version };
  return refuse(409, message, 'pull.PullRequestOutOfDateException', versions);
}

function refuseMerge({ kind }: Exclude<Merged, { kind: 'merged' }>, pull: Pull): Reply {
  switch (kind) {
    case 'method-off':
      return refuse(400, 'The merge strategy is disabled', 'NoSuchMergeStrategyException');
    case 'draft':
    case 'blocked':
      return refuse(409, 'The merge has been vetoed', 'pull.PullRequestMergeVetoedException', {
        vetoes: [{ summaryMessage: 'Not ready', detailedMessage: 'The pull request is not ready.' }],
      });
    case 'conflict':
      return refuse(409, 'The pull request has conflicts', 'pull.PullRequestMergeConflictException');
    case 'head-moved':
    case 'base-moved':
      return outOfDate(pull, pull.revision);
    case 'closed':
      return refuse(409, 'This pull request is not open', 'pull.IllegalPullRequestStateException');
  }
}
