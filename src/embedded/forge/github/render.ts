import type { JsonObject } from '../../../base/index.ts';
import type { ObjectId, Signature } from '../../../wire/git/index.ts';
import type { Repository } from '../../git-server/index.ts';
import type { ForgeUrls } from '../core/front.ts';
import type { Mergeability } from '../core/operations.ts';
import type { Pull } from '../core/pulls.ts';
import { formatTime, splitName } from '../core/text.ts';

/** A pull request in GitHub's shape. */
export function renderPull(
  urls: ForgeUrls,
  repository: Repository,
  pull: Pull,
  merge: Mergeability,
): JsonObject {
  const path = `repos/${repository.name}`;
  const { owner } = splitName(repository.name);
  const side = (branch: string, id: ObjectId): JsonObject => ({
    label: `${owner}:${branch}`,
    ref: branch,
    sha: id,
    user: renderUser(urls, owner),
    repo: renderRepository(urls, repository),
  });
  const base = repository.refs.get(`refs/heads/${pull.baseBranch}`);
  return {
    ...renderState(pull, merge),
    id: 1000 + pull.number,
    node_id: nodeId(repository, pull),
    auto_merge:
      pull.auto === undefined
        ? null
        : { enabled_by: renderUser(urls, pull.auto.login), merge_method: pull.auto.method },
    number: pull.number,
    url: `${urls.api}/${path}/pulls/${pull.number}`,
    html_url: pullUrl(urls, repository.name, pull.number),
    issue_url: `${urls.api}/${path}/issues/${pull.number}`,
    title: pull.title,
    body: pull.body === '' ? null : pull.body,
    user: renderUser(urls, pull.author),
    labels: renderLabels(pull),
    assignees: pull.assignees.map((login) => renderUser(urls, login)),
    requested_reviewers: pull.reviewers.map((login) => renderUser(urls, login)),
    head: side(pull.headBranch, pull.headId),
    base: side(pull.baseBranch, pull.state === 'open' ? (base ?? pull.baseId) : pull.baseId),
    merged_by: pull.merge === undefined ? null : renderUser(urls, pull.merge.login),
    created_at: formatTime(pull.createdAtMs),
    updated_at: formatTime(pull.updatedAtMs),
  };
}

function renderState(pull: Pull, merge: Mergeability): JsonObject {
  const test = merge.kind === 'clean' ? merge.testMerge : null;
  const openState = readOpenState(pull, merge);
  return {
    state: pull.state,
    locked: false,
    draft: pull.isDraft,
    merged: pull.merge !== undefined,
    mergeable: merge.kind === 'closed' ? null : merge.kind === 'clean',
    mergeable_state: merge.kind === 'closed' ? 'unknown' : openState,
    merge_commit_sha: pull.merge?.commit ?? test,
    merged_at: pull.merge === undefined ? null : formatTime(pull.merge.atMs),
    closed_at: pull.closedAtMs === undefined ? null : formatTime(pull.closedAtMs),
  };
}

/** The state of an open pull request in GitHub’s words. */
export function readOpenState(pull: Pull, merge: Mergeability): string {
  if (pull.isDraft) return 'draft';
  if (merge.kind !== 'clean') return 'dirty';
  return pull.isBlocked ? 'blocked' : 'clean';
}

/** How GraphQL names a pull request; to everybody else it is just a text. */
export function nodeId({ name }: Repository, { number }: Pull): string {
  return `PR_${Buffer.from(`${name}#${number}`).toString('base64url')}`;
}

/** Repository and number of `nodeId`. */
export function readNodeId(id: string): { readonly name: string; readonly number: number } {
  const [name = '', number] = Buffer.from(id.replace(/^PR_/, ''), 'base64url').toString().split('#');
  return { name, number: Number(number) };
}

/** The labels of a pull request in GitHub's shape. */
export function renderLabels(pull: Pull): JsonObject[] {
  return pull.labels.map((name, index) => ({ id: index + 1, name, color: 'ededed', default: false }));
}

/** A repository in GitHub's shape. */
export function renderRepository(urls: ForgeUrls, repository: Repository): JsonObject {
  const { owner, name } = splitName(repository.name);
  return {
    id: 1,
    name,
    full_name: repository.name,
    private: true,
    owner: renderUser(urls, owner),
    html_url: `${urls.web}/${repository.name}`,
    url: `${urls.api}/repos/${repository.name}`,
    clone_url: `${urls.web}/${repository.name}.git`,
    default_branch: repository.head.replace('refs/heads/', ''),
  };
}

/** A commit in GitHub's shape. */
export function renderCommit(urls: ForgeUrls, repository: Repository, id: ObjectId): JsonObject {
  const { tree, parents, author, committer, message } = repository.commit(id);
  const person = ({ name, email, timeSec }: Signature): JsonObject => ({
    name,
    email,
    date: formatTime(timeSec * 1000),
  });
  const commitUrl = (sha: string): string => `${urls.api}/repos/${repository.name}/commits/${sha}`;
  return {
    sha: id,
    url: commitUrl(id),
    html_url: `${urls.web}/${repository.name}/commit/${id}`,
    commit: {
      author: person(author),
      committer: person(committer),
      message: message.trimEnd(),
      tree: { sha: tree },
    },
    parents: parents.map((sha) => ({ sha, url: commitUrl(sha) })),
  };
}

/** A user in GitHub's shape. */
export function renderUser(urls: ForgeUrls, login: string): JsonObject {
  return { login, id: 1, type: 'User', html_url: `${urls.web}/${login}` };
}

/** The page of a pull request for people. */
export function pullUrl(urls: ForgeUrls, repository: string, number: number): string {
  return `${urls.web}/${repository}/pull/${number}`;
}
