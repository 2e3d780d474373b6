import type { JsonObject, JsonValue } from '../../base/index.ts';
import type { MergeOutcome, PullRequest, PullRequestDraft } from '../../ports/index.ts';
import { type ApiCall, callHost, readRejection } from '../call.ts';
import { forgeErrors } from '../errors.ts';
import { type Fields, fieldsOf, textOf, unexpected } from '../fields.ts';
import type { ForgeHost, HostDeps, HostRepo } from '../host.ts';
import { judgeMerge, notReady, refused } from '../merging.ts';
import { gitlabProject, gitlabStyle } from './style.ts';

const mergeMethods: readonly string[] = ['merge', 'squash'];

/** Creates the adapter of GitLab's REST API; its merge requests are pull requests here. */
export function createGitLab(deps: HostDeps): ForgeHost {
  const callUrl = async (
    { remote }: HostRepo,
    draft: ApiCall,
    signal: AbortSignal,
  ): Promise<JsonValue | undefined> => (await callHost(deps, gitlabStyle, { ...draft, remote }, signal)).body;
  const call = (
    repo: HostRepo,
    { path, ...draft }: Omit<ApiCall, 'url'> & { readonly path: string },
    signal: AbortSignal,
  ) => callUrl(repo, { ...draft, url: `${gitlabProject(repo.address)}/merge_requests${path}` }, signal);
  const read = async (repo: HostRepo, number: number, signal: AbortSignal) => {
    const what = `merge request ${number} of "${repo.address.path}"`;
    const answer = await call(repo, { method: 'GET', path: `/${number}`, what }, signal);
    return { answer: fieldsOf(answer), pull: parsePull(answer, what), what };
  };
  const findUsers = (repo: HostRepo, names: readonly string[], signal: AbortSignal): Promise<number[]> =>
    Promise.all(
      names.map(async (name) => {
        const what = `the user "${name}"`;
        const { scheme, host } = repo.address;
        const url = `${scheme}://${host}/api/v4/users?${new URLSearchParams({ username: name })}`;
        const found = await callUrl(repo, { method: 'GET', url, what }, signal);
        const id = Array.isArray(found) ? fieldsOf(found[0])['id'] : undefined;
        if (typeof id === 'number') return id;
        throw forgeErrors.create('forge.rejected', `GitLab knows no user "${name}"`);
      }),
    );
  return {
    name: 'GitLab',
    hasLabels: true,
    hasAssignees: true,
    longestTitle: 255,
    longestBody: 1_048_576,
    async list(repo, filter, signal) {
      const query = new URLSearchParams({
        ...(filter.headBranch === undefined ? {} : { source_branch: filter.headBranch }),
        ...(filter.baseBranch === undefined ? {} : { target_branch: filter.baseBranch }),
        state: filter.state === 'open' ? 'opened' : 'all',
        order_by: 'created_at',
        sort: 'desc',
        per_page: '100',
      });
      const what = `the merge requests of "${repo.address.path}"`;
      const answer = await call(repo, { method: 'GET', path: `?${query}`, what }, signal);
      if (!Array.isArray(answer)) throw unexpected('GitLab', what);
      return answer.filter(isOwn).map((item: JsonValue) => parsePull(item, what));
    },
    async open(repo, draft, signal) {
      const what = `a new merge request of "${draft.headBranch}" in "${repo.address.path}"`;
      const [reviewers, assignees] = await Promise.all([
        findUsers(repo, draft.reviewers ?? [], signal),
        findUsers(repo, draft.assignees ?? [], signal),
      ]);
      const body = toBody(draft, reviewers, assignees);
      return parsePull(await call(repo, { method: 'POST', path: '', body, what }, signal), what);
    },
    async close(repo, number, signal) {
      const what = `closing merge request ${number} of "${repo.address.path}"`;
      await call(repo, { method: 'PUT', path: `/${number}`, body: { state_event: 'close' }, what }, signal);
    },
    async comment(repo, number, text, signal) {
      const what = `a comment on merge request ${number} of "${repo.address.path}"`;
      await call(repo, { method: 'POST', path: `/${number}/notes`, body: { body: text }, what }, signal);
    },
    get: async (repo, number, signal) => (await read(repo, number, signal)).pull,
    async merge(repo, number, order, signal) {
      const { answer, pull, what } = await read(repo, number, signal);
      const early = judgeMerge(pull, order, mergeMethods) ?? decideReady(answer);
      if (early !== undefined) return early;
      const squash = order.method === undefined ? {} : { squash: order.method === 'squash' };
      const body = { sha: pull.headCommit, ...squash };
      try {
        const path = `/${number}/merge`;
        const merged = await call(repo, { method: 'PUT', path, body, what: `merging ${what}` }, signal);
        const pullRequest = parsePull(merged, what);
        return pullRequest.isMerged
          ? { kind: 'merged', pullRequest }
          : notReady('GitLab is still merging it');
      } catch (error) {
        return afterRefusal(error);
      }
    },
  };
}

/** Not from a fork that has a branch of the same name. */
function isOwn(item: JsonValue): boolean {
  const { source_project_id: source, target_project_id: target } = fieldsOf(item);
  return source === target;
}

function toBody(draft: PullRequestDraft, reviewers: number[], assignees: number[]): JsonObject {
  return {
    source_branch: draft.headBranch,
    target_branch: draft.baseBranch,
    title: draft.isDraft === true ? `Draft: ${draft.title}` : draft.title,
    description: draft.body,
    ...(draft.labels.length > 0 ? { labels: draft.labels.join(',') } : {}),
    ...(reviewers.length > 0 ? { reviewer_ids: reviewers } : {}),
    ...(assignees.length > 0 ? { assignee_ids: assignees } : {}),
  };
}

function decideReady({ draft, detailed_merge_status: status }: Fields): MergeOutcome | undefined {
  if (draft === true) return notReady('it is a draft');
  return status === 'mergeable' ? undefined : notReady(`GitLab’s merge status of it is "${textOf(status)}"`);
}

/** The head has moved (409), or the status has changed since it was read (405); all else stays as it is. */
function afterRefusal(error: unknown): MergeOutcome {
  const rejection = readRejection(error);
  if (rejection === undefined) throw error;
  const isPassing = rejection.status === 409 || rejection.status === 405;
  return isPassing ? notReady(rejection.reason) : refused(rejection.reason);
}

function parsePull(value: JsonValue | undefined, what: string): PullRequest {
  const fields = fieldsOf(value);
  const { iid: number, web_url: url, state, source_branch: headBranch, target_branch: baseBranch } = fields;
  const texts = [url, state, headBranch, baseBranch];
  if (typeof number !== 'number' || texts.some((text) => typeof text !== 'string')) {
    throw unexpected('GitLab', what);
  }
  const isMerged = state === 'merged';
  const headCommit = textOf(fields['sha']);
  // A fast-forward makes neither a merge commit nor a squashed one.
  const mergeCommit = textOf(fields['merge_commit_sha']) || textOf(fields['squash_commit_sha']) || headCommit;
  return {
    number,
    url: textOf(url),
    // While it merges, GitLab locks a merge request.
    isOpen: state === 'opened' || state === 'locked',
    isMerged,
    headBranch: textOf(headBranch),
    baseBranch: textOf(baseBranch),
    headCommit,
    ...(isMerged && mergeCommit !== '' ? { mergeCommit } : {}),
  };
}
