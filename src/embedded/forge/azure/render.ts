import type { JsonObject } from '../../../base/index.ts';
import type { ForgeUrls } from '../core/front.ts';
import { baseOf, type PullContext, tryMerge } from '../core/operations.ts';
import type { Pull } from '../core/pulls.ts';
import { formatTime } from '../core/text.ts';

/** A pull request in Azure DevOps' shape. */
export async function describePull(urls: ForgeUrls, context: PullContext, pull: Pull): Promise<JsonObject> {
  const { repository } = context;
  const { merge } = pull;
  const attempt = await tryMerge(context, pull);
  const made = merge?.commit ?? (attempt.kind === 'clean' ? attempt.testMerge : undefined);
  const isConflicted = attempt.kind === 'conflict';
  const webUrl = `${urls.web}/${encodeURI(repository.name)}`;
  return {
    pullRequestId: pull.number,
    codeReviewId: pull.number,
    repository: { id: repository.name, name: repository.name.split('/').at(-1) ?? '', webUrl },
    status: statusOf(pull),
    createdBy: renderUser(pull.author),
    creationDate: formatTime(pull.createdAtMs),
    ...(pull.closedAtMs === undefined ? {} : { closedDate: formatTime(pull.closedAtMs) }),
    title: pull.title,
    description: pull.body,
    sourceRefName: `refs/heads/${pull.headBranch}`,
    targetRefName: `refs/heads/${pull.baseBranch}`,
    mergeStatus: isConflicted ? 'conflicts' : pull.isBlocked ? 'rejectedByPolicy' : 'succeeded',
    isDraft: pull.isDraft,
    lastMergeSourceCommit: { commitId: pull.headId },
    lastMergeTargetCommit: { commitId: baseOf(context, pull) ?? pull.baseId },
    ...(made === undefined ? {} : { lastMergeCommit: { commitId: made } }),
    labels: pull.labels.map((name) => ({ id: name, name, active: true })),
    reviewers: pull.reviewers.map((id) => ({ ...renderUser(id), vote: 0 })),
    ...(pull.auto === undefined ? {} : { autoCompleteSetBy: renderUser(pull.auto.login) }),
    supportsIterations: true,
  };
}

/** Active, completed or abandoned. */
export function statusOf(pull: Pull): string {
  if (pull.merge !== undefined) return 'completed';
  return pull.state === 'open' ? 'active' : 'abandoned';
}

/** The page of a pull request for people. */
export function pullUrl(urls: ForgeUrls, repository: string, number: number): string {
  return `${urls.web}/${encodeURI(repository)}/pullrequest/${number}`;
}

function renderUser(login: string): JsonObject {
  return { id: login, displayName: login, uniqueName: login };
}
