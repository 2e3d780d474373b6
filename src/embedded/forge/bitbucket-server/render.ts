import type { JsonObject } from '../../../base/index.ts';
import type { ObjectId } from '../../../wire/git/index.ts';
import type { ForgeUrls } from '../core/front.ts';
import { baseOf, type PullContext } from '../core/operations.ts';
import type { Pull } from '../core/pulls.ts';

/** A pull request in Bitbucket Data Center's shape; times are in milliseconds. */
export function renderPull(urls: ForgeUrls, context: PullContext, pull: Pull): JsonObject {
  const { repository } = context;
  const { merge, number } = pull;
  const { project, slug } = splitServerName(repository.name);
  const repo = { id: 1, slug, name: slug, project: { key: project } };
  const side = (branch: string, id: ObjectId): JsonObject => ({
    id: `refs/heads/${branch}`,
    displayId: branch,
    latestCommit: id,
    repository: repo,
  });
  return {
    id: number,
    version: pull.revision,
    title: pull.title,
    description: pull.body,
    state: stateOf(pull),
    open: pull.state === 'open',
    closed: pull.state !== 'open',
    draft: pull.isDraft,
    createdDate: pull.createdAtMs,
    updatedDate: pull.updatedAtMs,
    fromRef: side(pull.headBranch, pull.headId),
    toRef: side(pull.baseBranch, baseOf(context, pull) ?? pull.baseId),
    author: { user: { name: pull.author }, role: 'AUTHOR' },
    reviewers: pull.reviewers.map((name) => ({ user: { name }, role: 'REVIEWER', approved: false })),
    properties:
      merge === undefined ? {} : { mergeCommit: { id: merge.commit, displayId: merge.commit.slice(0, 11) } },
    links: { self: [{ href: pullUrl(urls, repository.name, number) }] },
  };
}

/** OPEN, MERGED or DECLINED. */
export function stateOf(pull: Pull): string {
  if (pull.merge !== undefined) return 'MERGED';
  return pull.state === 'open' ? 'OPEN' : 'DECLINED';
}

/** The page of a pull request for people. */
export function pullUrl(urls: ForgeUrls, repository: string, number: number): string {
  const { project, slug } = splitServerName(repository);
  return `${urls.web}/projects/${project}/repos/${slug}/pull-requests/${number}`;
}

/** Project and slug of "scm/project/slug", the address for git. */
export function splitServerName(name: string): { readonly project: string; readonly slug: string } {
  const [slug = '', project = ''] = name.split('/').reverse();
  return { project, slug };
}
