import { isJsonObject, type JsonValue } from '../../base/index.ts';
import type { Clock, GitRemote, HttpClient, PullRequest, PullRequestDraft } from '../../ports/index.ts';
import { forgeErrors } from '../errors.ts';
import type { RepoAddress } from '../repo-url.ts';
import { callApi } from './transport.ts';

/** Pull requests at GitHub. Errors: forge.*. */
export interface GitHub {
  list(
    address: RepoAddress,
    remote: GitRemote,
    filter: { readonly headBranch: string; readonly baseBranch?: string; readonly state: 'open' | 'all' },
    signal: AbortSignal,
  ): Promise<readonly PullRequest[]>;
  open(
    address: RepoAddress,
    remote: GitRemote,
    draft: PullRequestDraft,
    signal: AbortSignal,
  ): Promise<PullRequest>;
  get(address: RepoAddress, remote: GitRemote, number: number, signal: AbortSignal): Promise<PullRequest>;
}

/** Creates the adapter of GitHub's REST API. */
export function createGitHub(deps: { readonly http: HttpClient; readonly clock: Clock }): GitHub {
  return {
    async list(address, remote, filter, signal) {
      const [owner = ''] = address.path.split('/');
      const query = new URLSearchParams({
        state: filter.state,
        // Without the owner, GitHub ignores the filter.
        head: `${owner}:${filter.headBranch}`,
        ...(filter.baseBranch === undefined ? {} : { base: filter.baseBranch }),
        sort: 'created',
        direction: 'desc',
        per_page: '100',
      });
      const what = `the pull requests of "${address.path}"`;
      const call = { method: 'GET', path: `/pulls?${query}`, what } as const;
      const answer = await callApi(deps, { address, remote }, call, signal);
      if (!Array.isArray(answer)) throw unexpected(what);
      return answer.map((item: JsonValue) => parsePull(item, what));
    },
    async open(address, remote, draft, signal) {
      const what = `a new pull request of "${draft.headBranch}" in "${address.path}"`;
      const { headBranch: head, baseBranch: base, title, body, labels } = draft;
      const call = { method: 'POST', path: '/pulls', body: { head, base, title, body }, what } as const;
      const pull = parsePull(await callApi(deps, { address, remote }, call, signal), what);
      if (labels.length > 0) {
        const path = `/issues/${pull.number}/labels`;
        const labeled = `the labels of pull request ${pull.number} of "${address.path}"`;
        await callApi(
          deps,
          { address, remote },
          { method: 'POST', path, body: { labels }, what: labeled },
          signal,
        );
      }
      return pull;
    },
    async get(address, remote, number, signal) {
      const what = `pull request ${number} of "${address.path}"`;
      const call = { method: 'GET', path: `/pulls/${number}`, what } as const;
      return parsePull(await callApi(deps, { address, remote }, call, signal), what);
    },
  };
}

function parsePull(value: JsonValue, what: string): PullRequest {
  const { number, html_url: url, state, head, base, merge_commit_sha: mergeCommit } = asObject(value);
  const { ref: headBranch, sha: headCommit } = asObject(head);
  const { ref: baseBranch } = asObject(base);
  const texts = [url, state, headBranch, headCommit, baseBranch];
  if (typeof number !== 'number' || texts.some((text) => typeof text !== 'string')) throw unexpected(what);
  return {
    number,
    url: String(url),
    isOpen: state === 'open',
    isMerged: isMerged(asObject(value)),
    headBranch: String(headBranch),
    baseBranch: String(baseBranch),
    headCommit: String(headCommit),
    ...(typeof mergeCommit === 'string' ? { mergeCommit } : {}),
  };
}

/** Lists carry only the time of the merge, single pull requests also the flag. */
function isMerged(pull: Readonly<Record<string, JsonValue | undefined>>): boolean {
  return pull['merged'] === true || typeof pull['merged_at'] === 'string';
}

function asObject(value: JsonValue | undefined): Readonly<Record<string, JsonValue | undefined>> {
  return isJsonObject(value) ? value : {};
}

function unexpected(what: string): Error {
  return forgeErrors.create('forge.protocol', `GitHub’s answer about ${what} is not in its documented shape`);
}
