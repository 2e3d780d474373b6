import type { JsonObject, JsonValue } from '../../base/index.ts';
import type { PullRequest, PullRequestDraft } from '../../ports/index.ts';
import { type ApiCall, callHost } from '../call.ts';
import { changesOf } from '../draft.ts';
import { fieldsOf, textOf, unexpected } from '../fields.ts';
import type { ForgeHost, HostDeps, HostRepo } from '../host.ts';
import { judgeMerge } from '../merging.ts';
import { type AskGraph, mergeByItself } from './auto.ts';
import { askGraph } from './graph.ts';
import { afterRefusal, decideReady, mergeMethods } from './merge.ts';
import { githubApi, githubStyle } from './style.ts';

/** Creates the adapter of GitHub's REST API, also at Enterprise hosts. */
export function createGitHub(deps: HostDeps): ForgeHost {
  const call = async (
    { address, remote }: HostRepo,
    draft: Omit<ApiCall, 'url'> & { readonly path: string },
    signal: AbortSignal,
  ): Promise<JsonValue | undefined> => {
    const url = `${githubApi(address)}/repos/${address.path}${draft.path}`;
    return (await callHost(deps, githubStyle, { ...draft, url, remote }, signal)).body;
  };
  const read = async (repo: HostRepo, number: number, signal: AbortSignal) => {
    const what = `pull request ${number} of "${repo.address.path}"`;
    const answer = await call(repo, { method: 'GET', path: `/pulls/${number}`, what }, signal);
    return { answer: fieldsOf(answer), pull: parsePull(answer, what), what };
  };
  const furnish = async (repo: HostRepo, number: number, draft: PullRequestDraft, signal: AbortSignal) => {
    for (const { name, path, body } of listAdditions(number, draft)) {
      const what = `the ${name} of pull request ${number} of "${repo.address.path}"`;
      await call(repo, { method: 'POST', path, body, what }, signal);
    }
  };
  return {
    name: 'GitHub',
    hasLabels: true,
    hasAssignees: true,
    longestTitle: 256,
    longestBody: 65_536,
    async list(repo, filter, signal) {
      const [owner = ''] = repo.address.path.split('/');
      const query = new URLSearchParams({
        state: filter.state,
        // Without the owner, GitHub ignores the filter.
        ...(filter.headBranch === undefined ? {} : { head: `${owner}:${filter.headBranch}` }),
        ...(filter.baseBranch === undefined ? {} : { base: filter.baseBranch }),
        sort: 'created',
        direction: 'desc',
        per_page: '100',
      });
      const what = `the pull requests of "${repo.address.path}"`;
      const answer = await call(repo, { method: 'GET', path: `/pulls?${query}`, what }, signal);
      if (!Array.isArray(answer)) throw unexpected('GitHub', what);
      return answer.filter(isOwn).map((item: JsonValue) => parsePull(item, what));
    },
    async open(repo, draft, signal) {
      const what = `a new pull request of "${draft.headBranch}" in "${repo.address.path}"`;
      const { headBranch: head, baseBranch: base, title, body } = draft;
      const sent = { head, base, title, body, ...(draft.isDraft === true ? { draft: true } : {}) };
      const answer = await call(repo, { method: 'POST', path: '/pulls', body: sent, what }, signal);
      const pull = parsePull(answer, what);
      await furnish(repo, pull.number, draft, signal);
      return pull;
    },
    async update(repo, number, { title, body }, signal) {
      const { answer, what } = await read(repo, number, signal);
      const changes = changesOf(answer, { title, body });
      if (changes === undefined) return;
      const path = `/pulls/${number}`;
      await call(repo, { method: 'PATCH', path, body: changes, what: `the text of ${what}` }, signal);
    },
    furnish,
    async close(repo, number, signal) {
      const what = `closing pull request ${number} of "${repo.address.path}"`;
      const path = `/pulls/${number}`;
      await call(repo, { method: 'PATCH', path, body: { state: 'closed' }, what }, signal);
    },
    async comment(repo, number, text, signal) {
      const what = `a comment on pull request ${number} of "${repo.address.path}"`;
      await call(
        repo,
        { method: 'POST', path: `/issues/${number}/comments`, body: { body: text }, what },
        signal,
      );
    },
    get: async (repo, number, signal) => (await read(repo, number, signal)).pull,
    async merge(repo, number, order, signal) {
      const { answer, pull, what } = await read(repo, number, signal);
      const state = textOf(answer['mergeable_state']);
      const settled = judgeMerge(pull, order, mergeMethods);
      if (settled !== undefined) return settled;
      if (order.auto === true) {
        const ask: AskGraph = (question, until) => askGraph(deps, repo, question, until);
        const auto = await mergeByItself(ask, repo.address.path, { pull, order }, signal);
        if (auto !== 'now') return auto;
      }
      const early = decideReady(answer);
      if (early !== undefined) return early;
      const body = {
        sha: pull.headCommit,
        ...(order.method === undefined ? {} : { merge_method: order.method }),
      };
      try {
        const path = `/pulls/${number}/merge`;
        const merged = await call(repo, { method: 'PUT', path, body, what: `merging ${what}` }, signal);
        const mergeCommit = textOf(fieldsOf(merged)['sha']);
        return { kind: 'merged', pullRequest: { ...pull, isOpen: false, isMerged: true, mergeCommit } };
      } catch (error) {
        return afterRefusal(error, state);
      }
    },
  };
}

/** Not from a fork that has a branch of the same name; a fork that is gone leaves nothing behind. */
function isOwn(item: JsonValue): boolean {
  const nameOf = (side: JsonValue | undefined): JsonValue | undefined =>
    fieldsOf(fieldsOf(side)['repo'])['full_name'];
  const { head, base } = fieldsOf(item);
  return nameOf(head) === nameOf(base);
}

/** What GitHub takes only once the pull request exists. */
function listAdditions(
  number: number,
  draft: PullRequestDraft,
): { readonly name: string; readonly path: string; readonly body: JsonObject }[] {
  const { labels, assignees = [], reviewers = [] } = draft;
  const issue = `/issues/${number}`;
  // A team is written "organization/team".
  const teams = reviewers.filter((name) => name.includes('/')).map((name) => name.split('/')[1] ?? '');
  const people = reviewers.filter((name) => !name.includes('/'));
  return [
    { name: 'labels', path: `${issue}/labels`, body: { labels: [...labels] }, isAsked: labels.length > 0 },
    {
      name: 'assignees',
      path: `${issue}/assignees`,
      body: { assignees: [...assignees] },
      isAsked: assignees.length > 0,
    },
    {
      name: 'reviewers',
      path: `/pulls/${number}/requested_reviewers`,
      body: { reviewers: people, team_reviewers: teams },
      isAsked: reviewers.length > 0,
    },
  ].filter(({ isAsked }) => isAsked);
}

function parsePull(value: JsonValue | undefined, what: string): PullRequest {
  const { number, html_url: url, state, head, base, merge_commit_sha: mergeCommit } = fieldsOf(value);
  const { ref: headBranch, sha: headCommit } = fieldsOf(head);
  const { ref: baseBranch } = fieldsOf(base);
  const texts = [url, state, headBranch, headCommit, baseBranch];
  if (typeof number !== 'number' || texts.some((text) => typeof text !== 'string')) {
    throw unexpected('GitHub', what);
  }
  const { merged, merged_at: mergedAt } = fieldsOf(value);
  return {
    number,
    url: textOf(url),
    isOpen: state === 'open',
    // Lists carry only the time of the merge, single pull requests also the flag.
    isMerged: merged === true || typeof mergedAt === 'string',
    headBranch: textOf(headBranch),
    baseBranch: textOf(baseBranch),
    headCommit: textOf(headCommit),
    ...(typeof mergeCommit === 'string' ? { mergeCommit } : {}),
  };
}
