import type { JsonObject } from '../../../base/index.ts';
import type { ForgeUrls } from '../core/front.ts';
import { baseOf, type PullContext, tryMerge } from '../core/operations.ts';
import type { Pull, PullList } from '../core/pulls.ts';
import { formatTime, splitName } from '../core/text.ts';

/** A pull request in Gitea's shape. */
export async function describePull(urls: ForgeUrls, context: PullContext, pull: Pull): Promise<JsonObject> {
  const { repository, pulls } = context;
  const { merge, headBranch, baseBranch, number } = pull;
  const { owner, name } = splitName(repository.name);
  const repo = { id: 1, name, full_name: repository.name, owner: renderUser(owner) };
  const isThere = repository.refs.get(`refs/heads/${headBranch}`) !== undefined;
  const base = baseOf(context, pull);
  return {
    id: 1000 + number,
    number,
    url: pullUrl(urls, repository.name, number),
    html_url: pullUrl(urls, repository.name, number),
    user: renderUser(pull.author),
    title: pull.title,
    body: pull.body,
    labels: pull.labels.map((label) => renderLabel(pulls, label)),
    assignees: pull.assignees.map(renderUser),
    requested_reviewers: pull.reviewers.map(renderUser),
    state: pull.state,
    draft: pull.isDraft,
    mergeable: !pull.isDraft && (await tryMerge(context, pull)).kind === 'clean',
    merged: merge !== undefined,
    merged_at: merge === undefined ? null : formatTime(merge.atMs),
    merge_commit_sha: merge?.commit ?? null,
    merged_by: merge === undefined ? null : renderUser(merge.login),
    head: {
      label: headBranch,
      // Once the branch is gone, the host's own copy stands for it.
      ref: isThere ? headBranch : `refs/pull/${number}/head`,
      sha: pull.headId,
      repo_id: 1,
      repo,
    },
    base: { label: baseBranch, ref: baseBranch, sha: base ?? pull.baseId, repo_id: 1, repo },
    created_at: formatTime(pull.createdAtMs),
    updated_at: formatTime(pull.updatedAtMs),
    closed_at: pull.closedAtMs === undefined ? null : formatTime(pull.closedAtMs),
  };
}

/** A label of the repository in Gitea's shape. */
export function renderLabel(pulls: PullList, name: string): JsonObject {
  return { id: pulls.labels.indexOf(name) + 1, name, color: 'ededed', description: '' };
}

/** The page of a pull request for people. */
export function pullUrl(urls: ForgeUrls, repository: string, number: number): string {
  return `${urls.web}/${repository}/pulls/${number}`;
}

function renderUser(login: string): JsonObject {
  return { id: 1, login, username: login };
}
