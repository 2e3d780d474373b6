import type { JsonObject, JsonValue } from '../../base/index.ts';
import type { PullRequest, PullRequestDraft } from '../../ports/index.ts';
import { type ApiAnswer, type ApiCall, callHost, readRejection } from '../call.ts';
import { changesOf } from '../draft.ts';
import { forgeErrors } from '../errors.ts';
import { fieldsOf, itemsOf, textOf, unexpected } from '../fields.ts';
import type { ForgeHost, HostDeps, HostRepo, PullFilter } from '../host.ts';
import { judgeMerge, notReady, readUntilClosed, refused } from '../merging.ts';
import { bitbucketCloudRepo, bitbucketCloudStyle } from './style.ts';

const mergeMethods: readonly string[] = [
  'merge_commit',
  'squash',
  'fast_forward',
  'squash_fast_forward',
  'rebase_fast_forward',
  'rebase_merge',
];
const allStates: readonly string[] = ['OPEN', 'MERGED', 'DECLINED', 'SUPERSEDED'];
const perPage = 50;
const maxPages = 2;
/** Reads, a second apart, of a merge that the host does in the background. */
const mergeTries = 10;

/** Creates the adapter of Bitbucket Cloud's REST API. */
export function createBitbucketCloud(deps: HostDeps): ForgeHost {
  const call = (
    { address, remote }: HostRepo,
    { path, ...draft }: Omit<ApiCall, 'url'> & { readonly path: string },
    signal: AbortSignal,
  ): Promise<ApiAnswer> => {
    const url = `${bitbucketCloudRepo(address)}${path}`;
    return callHost(deps, bitbucketCloudStyle, { ...draft, url, remote }, signal);
  };

  /** Bitbucket shortens ids to twelve digits; the full one is asked for, unless the host has lost the commit. */
  const expand = async (repo: HostRepo, hash: string, signal: AbortSignal): Promise<string> => {
    if (hash.length >= 40 || hash === '') return hash;
    const what = `commit ${hash} of "${repo.address.path}"`;
    try {
      const { body } = await call(repo, { method: 'GET', path: `/commit/${hash}`, what }, signal);
      return textOf(fieldsOf(body)['hash']) || hash;
    } catch (error) {
      if (forgeErrors.is(error, 'forge.not-found')) return hash;
      throw error;
    }
  };
  const parse = async (repo: HostRepo, value: JsonValue | undefined, what: string, signal: AbortSignal) => {
    const pull = parsePull(value, what);
    const headCommit = await expand(repo, pull.headCommit, signal);
    if (pull.mergeCommit === undefined) return { ...pull, headCommit };
    return { ...pull, headCommit, mergeCommit: await expand(repo, pull.mergeCommit, signal) };
  };
  const read = async (repo: HostRepo, number: number, signal: AbortSignal) => {
    const what = `pull request ${number} of "${repo.address.path}"`;
    const { body } = await call(repo, { method: 'GET', path: `/pullrequests/${number}`, what }, signal);
    const pull = await parse(repo, body, what, signal);
    return { answer: fieldsOf(body), pull, what };
  };
  return {
    name: 'Bitbucket Cloud',
    hasLabels: false,
    hasAssignees: false,
    longestTitle: 255,
    longestBody: 32_768,
    async list(repo, filter, signal) {
      const what = `the pull requests of "${repo.address.path}"`;
      const found: PullRequest[] = [];
      for (let page = 1; page <= maxPages; page++) {
        const path = `/pullrequests?${toQuery(filter, page)}`;
        const { values, next } = fieldsOf((await call(repo, { method: 'GET', path, what }, signal)).body);
        if (!Array.isArray(values)) throw unexpected('Bitbucket', what);
        const own = itemsOf(values).filter(isOwn);
        for (const item of own) found.push(await parse(repo, item, what, signal));
        if (typeof next !== 'string') break;
      }
      return found;
    },
    async open(repo, draft, signal) {
      const what = `a new pull request of "${draft.headBranch}" in "${repo.address.path}"`;
      const body = toBody(draft);
      const answer = await call(repo, { method: 'POST', path: '/pullrequests', body, what }, signal);
      return parse(repo, answer.body, what, signal);
    },
    async update(repo, number, draft, signal) {
      const { answer, what } = await read(repo, number, signal);
      const changes = changesOf(answer, { title: draft.title, description: draft.body });
      if (changes === undefined) return;
      const path = `/pullrequests/${number}`;
      await call(repo, { method: 'PUT', path, body: changes, what: `the text of ${what}` }, signal);
    },
    async close(repo, number, signal) {
      const what = `declining pull request ${number} of "${repo.address.path}"`;
      await call(repo, { method: 'POST', path: `/pullrequests/${number}/decline`, what }, signal);
    },
    async comment(repo, number, text, signal) {
      const what = `a comment on pull request ${number} of "${repo.address.path}"`;
      const body = { content: { raw: text } };
      await call(repo, { method: 'POST', path: `/pullrequests/${number}/comments`, body, what }, signal);
    },
    get: async (repo, number, signal) => (await read(repo, number, signal)).pull,
    async merge(repo, number, order, signal) {
      if (order.auto === true) {
        const message = 'Bitbucket Cloud cannot be told to merge by itself; leave out autoMerge and set wait';
        throw forgeErrors.create('forge.unsupported', message);
      }
      const { answer, pull, what } = await read(repo, number, signal);
      const early = judgeMerge(pull, order, mergeMethods);
      if (early !== undefined) return early;
      if (answer['draft'] === true) return notReady('it is a draft');
      const strategy = order.method === undefined ? {} : { merge_strategy: order.method };
      const body = { type: 'pullrequest_merge_parameters', ...strategy };
      try {
        const path = `/pullrequests/${number}/merge`;
        await call(repo, { method: 'POST', path, body, what: `merging ${what}` }, signal);
      } catch (error) {
        const rejection = readRejection(error);
        if (rejection === undefined) throw error;
        return refused(rejection.reason);
      }
      // What takes long is answered early and done in the background.
      const readAgain = () => read(repo, number, signal);
      const merged = (await readUntilClosed(deps.clock, mergeTries, readAgain, signal)).pull;
      if (merged.isMerged) return { kind: 'merged', pullRequest: merged };
      return notReady('Bitbucket is still merging it');
    },
  };
}

function toQuery({ headBranch, baseBranch, state }: PullFilter, page: number): URLSearchParams {
  const conditions = [
    ...(headBranch === undefined ? [] : [`source.branch.name = ${quote(headBranch)}`]),
    ...(baseBranch === undefined ? [] : [`destination.branch.name = ${quote(baseBranch)}`]),
  ];
  const query = new URLSearchParams({
    ...(conditions.length === 0 ? {} : { q: conditions.join(' AND ') }),
    sort: '-created_on',
    pagelen: `${perPage}`,
    page: `${page}`,
  });
  for (const one of state === 'open' ? ['OPEN'] : allStates) query.append('state', one);
  return query;
}

function quote(text: string): string {
  return `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
}

/** Not from a fork that has a branch of the same name. */
function isOwn(item: JsonValue): boolean {
  const nameOf = (side: JsonValue | undefined): JsonValue | undefined =>
    fieldsOf(fieldsOf(side)['repository'])['full_name'];
  const { source, destination } = fieldsOf(item);
  return nameOf(source) === nameOf(destination);
}

function toBody(draft: PullRequestDraft): JsonObject {
  const reviewers = (draft.reviewers ?? []).map((id) =>
    id.startsWith('{') ? { uuid: id } : { account_id: id },
  );
  return {
    title: draft.title,
    description: draft.body,
    source: { branch: { name: draft.headBranch } },
    destination: { branch: { name: draft.baseBranch } },
    ...(reviewers.length > 0 ? { reviewers } : {}),
    ...(draft.isDraft === true ? { draft: true } : {}),
  };
}

function parsePull(value: JsonValue | undefined, what: string): PullRequest {
  const { id, state, source, destination, links, merge_commit: merge } = fieldsOf(value);
  const branchOf = (side: JsonValue | undefined): string =>
    textOf(fieldsOf(fieldsOf(side)['branch'])['name']);
  const url = textOf(fieldsOf(fieldsOf(links)['html'])['href']);
  const headBranch = branchOf(source);
  const baseBranch = branchOf(destination);
  if (typeof id !== 'number' || [url, state, headBranch, baseBranch].some((text) => !text)) {
    throw unexpected('Bitbucket', what);
  }
  const mergeCommit = textOf(fieldsOf(merge)['hash']);
  return {
    number: id,
    url,
    isOpen: state === 'OPEN',
    isMerged: state === 'MERGED',
    headBranch,
    baseBranch,
    headCommit: textOf(fieldsOf(fieldsOf(source)['commit'])['hash']),
    ...(mergeCommit === '' ? {} : { mergeCommit }),
  };
}
