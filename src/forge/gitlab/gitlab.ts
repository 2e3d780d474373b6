import type { JsonObject, JsonValue } from '../../base/index.ts';
import type { MergeOutcome, PullRequest, PullRequestDraft } from '../../ports/index.ts';
import { type ApiCall, callHost } from '../call.ts';
import { changesOf, markDraft, missingLabels } from '../draft.ts';
import { forgeErrors } from '../errors.ts';
import { type Fields, fieldsOf, itemsOf, textOf, unexpected } from '../fields.ts';
import type { ForgeHost, HostDeps, HostRepo } from '../host.ts';
import { judgeMerge, notReady, queued } from '../merging.ts';
import { type AskProject, afterRefusal, isSetToMerge, mergeByItself } from './auto.ts';
import { gitlabProject, gitlabStyle } from './style.ts';

const mergeMethods: readonly string[] = ['merge', 'squash'];
const longestTitle = 255;

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
    longestTitle,
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
    async update(repo, number, draft, signal) {
      const { answer, what } = await read(repo, number, signal);
      const title = answer['draft'] === true ? markTitle(draft.title) : draft.title;
      const changes = changesOf(answer, { title, description: draft.body });
      const labels = missingLabels(draft, itemsOf(answer['labels']).map(textOf));
      if (changes === undefined && labels.length === 0) return;
      const body = { ...changes, ...(labels.length > 0 ? { add_labels: labels.join(',') } : {}) };
      await call(repo, { method: 'PUT', path: `/${number}`, body, what: `the text of ${what}` }, signal);
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
      const settled = judgeMerge(pull, order, mergeMethods);
      if (settled !== undefined) return settled;
      if (order.auto === true) {
        const ask: AskProject = async ({ path, ...draft }, until) => {
          const url = `${gitlabProject(repo.address)}${path}`;
          return fieldsOf(await callUrl(repo, { ...draft, url }, until));
        };
        const auto = await mergeByItself(ask, { answer, pull, order, what }, signal);
        return 'kind' in auto ? auto : toOutcome(auto.answer, what);
      }
      const early = decideReady(answer);
      if (early !== undefined) return early;
      const squash = order.method === undefined ? {} : { squash: order.method === 'squash' };
      const body = { sha: pull.headCommit, ...squash };
      try {
        const path = `/${number}/merge`;
        const merged = await call(repo, { method: 'PUT', path, body, what: `merging ${what}` }, signal);
        return toOutcome(fieldsOf(merged), what);
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

function markTitle(title: string): string {
  return markDraft('Draft: ', title, longestTitle);
}

function toBody(draft: PullRequestDraft, reviewers: number[], assignees: number[]): JsonObject {
  return {
    source_branch: draft.headBranch,
    target_branch: draft.baseBranch,
    title: draft.isDraft === true ? markTitle(draft.title) : draft.title,
    description: draft.body,
    ...(draft.labels.length > 0 ? { labels: draft.labels.join(',') } : {}),
    ...(reviewers.length > 0 ? { reviewer_ids: reviewers } : {}),
    ...(assignees.length > 0 ? { assignee_ids: assignees } : {}),
  };
}

/** What the answer to a merge says. */
function toOutcome(answer: Fields, what: string): MergeOutcome {
  const pullRequest = parsePull(answer, what);
  if (pullRequest.isMerged) return { kind: 'merged', pullRequest };
  return isSetToMerge(answer)
    ? queued(pullRequest, 'GitLab merges it as soon as its checks pass')
    : notReady('GitLab is still merging it');
}

function decideReady({ draft, detailed_merge_status: status }: Fields): MergeOutcome | undefined {
  if (draft === true) return notReady('it is a draft');
  return status === 'mergeable' ? undefined : notReady(`GitLab’s merge status of it is "${textOf(status)}"`);
}

function parsePull(value: JsonValue | Fields | undefined, what: string): PullRequest {
  const fields = fieldsOf(value as JsonValue | undefined);
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
