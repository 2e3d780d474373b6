import type { JsonObject, JsonValue } from '../../base/index.ts';
import type { Credential, MergeOutcome, PullRequest, PullRequestDraft } from '../../ports/index.ts';
import { type ApiCall, callHost, formatBasic, type HostStyle, readRejection, trimReason } from '../call.ts';
import { changesOf } from '../draft.ts';
import { forgeErrors } from '../errors.ts';
import { fieldsOf, itemsOf, textOf, unexpected } from '../fields.ts';
import type { ForgeHost, HostDeps, HostRepo, PullFilter } from '../host.ts';
import { judgeMerge, notReady, queued, refused } from '../merging.ts';
import { readServerAddress, type ServerAddress } from './address.ts';

const mergeMethods: readonly string[] = [
  'no-ff',
  'ff',
  'ff-only',
  'rebase-no-ff',
  'rebase-ff-only',
  'squash',
  'squash-ff-only',
];

/** Changes of a pull request name the version that they are made to. */
const changeTries = 3;

const style: HostStyle = {
  name: 'Bitbucket',
  authorize,
  // Without it, the host takes what changes something for a forged form.
  headers: { 'x-atlassian-token': 'no-check' },
  readReason(body) {
    const errors = itemsOf(fieldsOf(body)['errors']).map(fieldsOf);
    const said = errors.flatMap(({ message, vetoes }) => [
      textOf(message),
      ...itemsOf(vetoes).map((veto) => textOf(fieldsOf(veto)['detailedMessage'])),
    ]);
    return trimReason(said);
  },
};

/** Creates the adapter of Bitbucket Data Center's REST API. */
export function createBitbucketServer(deps: HostDeps): ForgeHost {
  const call = async (
    { address, remote }: HostRepo,
    { path, ...draft }: Omit<ApiCall, 'url'> & { readonly path: string },
    signal: AbortSignal,
  ): Promise<JsonValue | undefined> => {
    const url = `${readServerAddress(address).api}/pull-requests${path}`;
    return (await callHost(deps, style, { ...draft, url, remote }, signal)).body;
  };
  const read = async (repo: HostRepo, number: number, signal: AbortSignal) => {
    const what = `pull request ${number} of "${repo.address.path}"`;
    const answer = await call(repo, { method: 'GET', path: `/${number}`, what }, signal);
    return { answer: fieldsOf(answer), pull: parsePull(answer, what), what };
  };
  /** Releases before 8.15 do not know it, and others have nothing to tell. */
  const isSetToMerge = async (repo: HostRepo, number: number, signal: AbortSignal): Promise<boolean> => {
    const what = `the auto-merge of pull request ${number} of "${repo.address.path}"`;
    try {
      const found = await call(repo, { method: 'GET', path: `/${number}/auto-merge`, what }, signal);
      return fieldsOf(found)['fromHash'] !== undefined;
    } catch (error) {
      if (forgeErrors.is(error, 'forge.not-found')) return false;
      throw error;
    }
  };
  return {
    name: 'Bitbucket Data Center',
    hasLabels: false,
    hasAssignees: false,
    longestTitle: 255,
    longestBody: 32_768,
    async list(repo, filter, signal) {
      const query = new URLSearchParams({
        ...toPlace(filter),
        state: filter.state === 'open' ? 'OPEN' : 'ALL',
        order: 'NEWEST',
        limit: '100',
      });
      const what = `the pull requests of "${repo.address.path}"`;
      const answer = await call(repo, { method: 'GET', path: `?${query}`, what }, signal);
      const { values } = fieldsOf(answer);
      if (!Array.isArray(values)) throw unexpected('Bitbucket', what);
      const own = itemsOf(values).filter(isOwn);
      return own.map((item) => parsePull(item, what)).filter((pull) => fits(pull, filter));
    },
    async open(repo, draft, signal) {
      const what = `a new pull request of "${draft.headBranch}" in "${repo.address.path}"`;
      const body = toBody(readServerAddress(repo.address), draft);
      return parsePull(await call(repo, { method: 'POST', path: '', body, what }, signal), what);
    },
    async update(repo, number, draft, signal) {
      for (let left = changeTries; ; left--) {
        const { answer, what } = await read(repo, number, signal);
        const changes = changesOf(answer, { title: draft.title, description: draft.body });
        if (changes === undefined) return;
        const { version = null, reviewers } = answer;
        // Who is not named again is no reviewer any more.
        const body = { ...changes, version, reviewers: itemsOf(reviewers).map(toReviewer) };
        try {
          await call(repo, { method: 'PUT', path: `/${number}`, body, what: `the text of ${what}` }, signal);
          return;
        } catch (error) {
          // Somebody else has changed it in between.
          if (readRejection(error)?.status !== 409 || left <= 1) throw error;
        }
      }
    },
    async close(repo, number, signal) {
      const { answer, what } = await read(repo, number, signal);
      const query = new URLSearchParams({ version: String(answer['version']) });
      const path = `/${number}/decline?${query}`;
      await call(repo, { method: 'POST', path, body: {}, what: `declining ${what}` }, signal);
    },
    async comment(repo, number, text, signal) {
      const what = `a comment on pull request ${number} of "${repo.address.path}"`;
      await call(repo, { method: 'POST', path: `/${number}/comments`, body: { text }, what }, signal);
    },
    get: async (repo, number, signal) => (await read(repo, number, signal)).pull,
    async merge(repo, number, order, signal) {
      const { answer, pull, what } = await read(repo, number, signal);
      const early = judgeMerge(pull, order, mergeMethods);
      if (early !== undefined) return early;
      if (answer['draft'] === true) return notReady('it is a draft');
      const path = `/${number}/merge`;
      if (order.auto === true && (await isSetToMerge(repo, number, signal))) {
        return queued(pull, 'Bitbucket merges it as soon as its checks pass');
      }
      const asked = { method: 'GET', path, what: `whether ${what} can be merged` } as const;
      const unready = decideReady(await call(repo, asked, signal));
      if (unready !== undefined && (order.auto !== true || unready.kind === 'refused')) return unready;
      const body = {
        ...(order.method === undefined ? {} : { strategyId: order.method }),
        ...(order.auto === true ? { autoMerge: true } : {}),
      };
      const query = new URLSearchParams({ version: String(answer['version']) });
      try {
        const ordered = { method: 'POST', path: `${path}?${query}`, body, what: `merging ${what}` } as const;
        const pullRequest = parsePull(await call(repo, ordered, signal), what);
        if (pullRequest.isMerged) return { kind: 'merged', pullRequest };
        return queued(pullRequest, 'Bitbucket merges it as soon as its checks pass');
      } catch (error) {
        return afterRefusal(error);
      }
    },
  };
}

/** Tokens are bearer tokens; a user name with a password is what it is everywhere. */
function authorize(credential: Credential | undefined): string | undefined {
  const { username = '', password } = credential ?? {};
  if (password === undefined) return undefined;
  const isToken = username === '' || username === 'x-token-auth' || password.startsWith('BBDC-');
  return isToken ? `Bearer ${password}` : formatBasic(username, password);
}

/** The host filters by one branch, on one side. */
function toPlace({ headBranch, baseBranch }: PullFilter): Record<string, string> {
  if (headBranch !== undefined) return { at: `refs/heads/${headBranch}`, direction: 'OUTGOING' };
  return baseBranch === undefined ? {} : { at: `refs/heads/${baseBranch}`, direction: 'INCOMING' };
}

function fits(pull: PullRequest, { headBranch, baseBranch }: PullFilter): boolean {
  if (headBranch !== undefined && pull.headBranch !== headBranch) return false;
  return baseBranch === undefined || pull.baseBranch === baseBranch;
}

/** Not towards the repository that this one was forked from. */
function isOwn(item: JsonValue): boolean {
  const idOf = (side: JsonValue | undefined): JsonValue | undefined =>
    fieldsOf(fieldsOf(side)['repository'])['id'];
  const { fromRef, toRef } = fieldsOf(item);
  return idOf(fromRef) === idOf(toRef);
}

function toReviewer(reviewer: JsonValue): JsonObject {
  return { user: { name: textOf(fieldsOf(fieldsOf(reviewer)['user'])['name']) } };
}

function toBody({ project, slug }: ServerAddress, draft: PullRequestDraft): JsonObject {
  const repository = { slug, project: { key: project } };
  const reviewers = (draft.reviewers ?? []).map((name) => ({ user: { name } }));
  return {
    title: draft.title,
    description: draft.body,
    fromRef: { id: `refs/heads/${draft.headBranch}`, repository },
    toRef: { id: `refs/heads/${draft.baseBranch}`, repository },
    ...(reviewers.length > 0 ? { reviewers } : {}),
    ...(draft.isDraft === true ? { draft: true } : {}),
  };
}

/** Conflicts stay until somebody pushes; what vetoes a merge (builds, reviews) passes. */
function decideReady(value: JsonValue | undefined): MergeOutcome | undefined {
  const { canMerge, conflicted, vetoes } = fieldsOf(value);
  if (conflicted === true) return refused('it conflicts with its base');
  if (canMerge === true) return undefined;
  const reasons = itemsOf(vetoes).map((veto) => textOf(fieldsOf(veto)['summaryMessage']));
  return notReady(
    reasons.filter((reason) => reason !== '').join('; ') || 'Bitbucket says that it cannot be merged',
  );
}

/** A conflict of states (409) is a version or a check that has changed since it was read. */
function afterRefusal(error: unknown): MergeOutcome {
  const rejection = readRejection(error);
  if (rejection === undefined) throw error;
  return rejection.status === 409 ? notReady(rejection.reason) : refused(rejection.reason);
}

function parsePull(value: JsonValue | undefined, what: string): PullRequest {
  const { id, state, fromRef, toRef, links, properties } = fieldsOf(value);
  const url = textOf(fieldsOf(itemsOf(fieldsOf(links)['self'])[0])['href']);
  const from = fieldsOf(fromRef);
  const headBranch = readBranch(from['id']);
  const baseBranch = readBranch(fieldsOf(toRef)['id']);
  if (typeof id !== 'number' || [url, state, headBranch, baseBranch].some((text) => !text)) {
    throw unexpected('Bitbucket', what);
  }
  const mergeCommit = textOf(fieldsOf(fieldsOf(properties)['mergeCommit'])['id']);
  return {
    number: id,
    url,
    isOpen: state === 'OPEN',
    isMerged: state === 'MERGED',
    headBranch,
    baseBranch,
    headCommit: textOf(from['latestCommit']),
    ...(mergeCommit === '' ? {} : { mergeCommit }),
  };
}

function readBranch(ref: JsonValue | undefined): string {
  return textOf(ref).replace(/^refs\/heads\//, '');
}
