import type { JsonObject } from '../../../base/index.ts';
import type { ForgeUrls } from '../core/front.ts';
import { type PullContext, tryMerge } from '../core/operations.ts';
import type { Pull } from '../core/pulls.ts';
import { formatTime } from '../core/text.ts';

/** A merge request in GitLab's shape. */
export async function describePull(
  urls: ForgeUrls,
  context: PullContext,
  pull: Pull,
  logins: readonly string[],
): Promise<JsonObject> {
  const { merge } = pull;
  const isSquashed = merge !== undefined && context.repository.commit(merge.commit).parents.length < 2;
  const status = await readStatus(context, pull);
  return {
    id: 1000 + pull.number,
    iid: pull.number,
    project_id: 1,
    source_project_id: 1,
    target_project_id: 1,
    title: pull.title,
    description: pull.body,
    state: merge !== undefined ? 'merged' : pull.state === 'open' ? 'opened' : 'closed',
    created_at: formatTime(pull.createdAtMs),
    updated_at: formatTime(pull.updatedAtMs),
    merged_at: merge === undefined ? null : formatTime(merge.atMs),
    closed_at: merge === undefined && pull.closedAtMs !== undefined ? formatTime(pull.closedAtMs) : null,
    source_branch: pull.headBranch,
    target_branch: pull.baseBranch,
    author: renderUser(pull.author, logins),
    assignees: pull.assignees.map((login) => renderUser(login, logins)),
    reviewers: pull.reviewers.map((login) => renderUser(login, logins)),
    labels: pull.labels,
    draft: pull.isDraft,
    work_in_progress: pull.isDraft,
    merge_status: status === 'conflict' ? 'cannot_be_merged' : 'can_be_merged',
    detailed_merge_status: status,
    has_conflicts: status === 'conflict',
    merge_when_pipeline_succeeds: pull.auto !== undefined,
    sha: pull.headId,
    merge_commit_sha: merge !== undefined && !isSquashed ? merge.commit : null,
    squash_commit_sha: merge !== undefined && isSquashed ? merge.commit : null,
    merge_user: merge === undefined ? null : renderUser(merge.login, logins),
    web_url: pullUrl(urls, context.repository.name, pull.number),
  };
}

/** A user in GitLab's shape; the id is the place among the accounts. */
export function renderUser(login: string, logins: readonly string[]): JsonObject {
  return { id: logins.indexOf(login) + 1, username: login, name: login, state: 'active' };
}

/** The page of a merge request for people. */
export function pullUrl(urls: ForgeUrls, repository: string, number: number): string {
  return `${urls.web}/${repository}/-/merge_requests/${number}`;
}

async function readStatus(context: PullContext, pull: Pull): Promise<string> {
  if (pull.state !== 'open') return 'not_open';
  if (pull.isDraft) return 'draft_status';
  if ((await tryMerge(context, pull)).kind !== 'clean') return 'conflict';
  return pull.isBlocked ? 'ci_must_pass' : 'mergeable';
}
