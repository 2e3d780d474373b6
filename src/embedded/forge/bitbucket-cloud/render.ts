import type { JsonObject } from '../../../base/index.ts';
import type { ObjectId } from '../../../wire/git/index.ts';
import type { ForgeUrls } from '../core/front.ts';
import { baseOf, type PullContext } from '../core/operations.ts';
import type { Pull } from '../core/pulls.ts';
import { formatTime, splitName } from '../core/text.ts';

/** A pull request in Bitbucket Cloud's shape; ids of commits are shortened. */
export function renderPull(urls: ForgeUrls, context: PullContext, pull: Pull): JsonObject {
  const { repository } = context;
  const { merge, number } = pull;
  const side = (branch: string, id: ObjectId): JsonObject => ({
    branch: { name: branch },
    commit: { type: 'commit', hash: shorten(id) },
    repository: { type: 'repository', full_name: repository.name, name: splitName(repository.name).name },
  });
  return {
    type: 'pullrequest',
    id: number,
    title: pull.title,
    description: pull.body,
    state: stateOf(pull),
    draft: pull.isDraft,
    author: renderUser(pull.author),
    reviewers: pull.reviewers.map(renderUser),
    source: side(pull.headBranch, pull.headId),
    destination: side(pull.baseBranch, baseOf(context, pull) ?? pull.baseId),
    merge_commit: merge === undefined ? null : { type: 'commit', hash: shorten(merge.commit) },
    closed_by: merge === undefined ? null : renderUser(merge.login),
    close_source_branch: false,
    created_on: formatTime(pull.createdAtMs),
    updated_on: formatTime(pull.updatedAtMs),
    links: { html: { href: pullUrl(urls, repository.name, number) } },
  };
}

/** OPEN, MERGED or DECLINED. */
export function stateOf(pull: Pull): string {
  if (pull.merge !== undefined) return 'MERGED';
  return pull.state === 'open' ? 'OPEN' : 'DECLINED';
}

/** The page of a pull request for people. */
export function pullUrl(urls: ForgeUrls, repository: string, number: number): string {
  return `${urls.web}/${repository}/pull-requests/${number}`;
}

function shorten(id: ObjectId): string {
  return id.slice(0, 12);
}

function renderUser(login: string): JsonObject {
  return { type: 'user', account_id: login, nickname: login, display_name: login };
}
