import type { JsonObject, JsonValue } from '../../base/index.ts';
import type { MergeOutcome, PullRequest, PullRequestDraft } from '../../ports/index.ts';
import { type ApiCall, callHost, readRejection } from '../call.ts';
import { changesOf, markDraft, missingLabels } from '../draft.ts';
import { forgeErrors } from '../errors.ts';
import { type Fields, fieldsOf, itemsOf, textOf, unexpected } from '../fields.ts';
import type { ForgeHost, HostDeps, HostRepo, PullFilter } from '../host.ts';
import { judgeMerge, notReady, queued, refused } from '../merging.ts';
import { findLabelIds } from './labels.ts';
import { type AskGitea, readPages } from './pages.ts';
import { giteaRepo, giteaStyle } from './style.ts';

const mergeMethods: readonly string[] = [
  'merge',
  'rebase',
  'rebase-merge',
  'squash',
  'fast-forward-only',
  'manually-merged',
];
const maxFound = 100;
const longestTitle = 255;

/** Creates the adapter of Gitea's and Forgejo's REST API. */
export function createGitea(deps: HostDeps): ForgeHost {
  const askAbout =
    ({ address, remote }: HostRepo): AskGitea =>
    ({ path, ...draft }, signal) => {
      const call: ApiCall = { ...draft, url: `${giteaRepo(address)}${path}` };
      return callHost(deps, giteaStyle, { ...call, remote }, signal);
    };
  const read = async (repo: HostRepo, number: number, signal: AbortSignal) => {
    const what = `pull request ${number} of "${repo.address.path}"`;
    const { body } = await askAbout(repo)({ method: 'GET', path: `/pulls/${number}`, what }, signal);
    return { answer: fieldsOf(body), pull: parsePull(body, what), what };
  };
  const furnish = async (repo: HostRepo, number: number, draft: PullRequestDraft, signal: AbortSignal) => {
    const reviewers = draft.reviewers ?? [];
    if (reviewers.length === 0) return;
    const path = `/pulls/${number}/requested_reviewers`;
    const what = `the reviewers of pull request ${number} of "${repo.address.path}"`;
    await askAbout(repo)({ method: 'POST', path, body: { reviewers: [...reviewers] }, what }, signal);
  };
  return {
    name: 'Gitea',
    hasLabels: true,
    hasAssignees: true,
    longestTitle,
    longestBody: 1_048_576,
    list: (repo, filter, signal) => listPulls(askAbout(repo), repo.address.path, filter, signal),
    async open(repo, draft, signal) {
      const ask = askAbout(repo);
      const what = `a new pull request of "${draft.headBranch}" in "${repo.address.path}"`;
      const labels = await findLabelIds(ask, repo.address.path, draft.labels, signal);
      const body = toBody(draft, labels);
      const opened = await ask({ method: 'POST', path: '/pulls', body, what }, signal);
      const pull = parsePull(opened.body, what);
      await furnish(repo, pull.number, draft, signal);
      return pull;
    },
    async update(repo, number, draft, signal) {
      const ask = askAbout(repo);
      const { answer, what } = await read(repo, number, signal);
      const title = answer['draft'] === true ? markTitle(draft.title) : draft.title;
      const changes = changesOf(answer, { title, body: draft.body });
      if (changes !== undefined) {
        const text = { method: 'PATCH', path: `/pulls/${number}`, body: changes } as const;
        await ask({ ...text, what: `the text of ${what}` }, signal);
      }
      const known = itemsOf(answer['labels']).map((label) => textOf(fieldsOf(label)['name']));
      const labels = await findLabelIds(ask, repo.address.path, missingLabels(draft, known), signal);
      if (labels.length === 0) return;
      const path = `/issues/${number}/labels`;
      await ask({ method: 'POST', path, body: { labels }, what: `the labels of ${what}` }, signal);
    },
    furnish,
    async close(repo, number, signal) {
      const what = `closing pull request ${number} of "${repo.address.path}"`;
      const path = `/pulls/${number}`;
      await askAbout(repo)({ method: 'PATCH', path, body: { state: 'closed' }, what }, signal);
    },
    async comment(repo, number, text, signal) {
      const what = `a comment on pull request ${number} of "${repo.address.path}"`;
      const path = `/issues/${number}/comments`;
      await askAbout(repo)({ method: 'POST', path, body: { body: text }, what }, signal);
    },
    get: async (repo, number, signal) => (await read(repo, number, signal)).pull,
    async merge(repo, number, order, signal) {
      const { answer, pull, what } = await read(repo, number, signal);
      const early = judgeMerge(pull, order, mergeMethods) ?? decideReady(answer);
      if (early !== undefined) return early;
      const body = {
        Do: order.method ?? 'merge',
        head_commit_id: pull.headCommit,
        ...(order.auto === true ? { merge_when_checks_succeed: true } : {}),
      };
      try {
        const path = `/pulls/${number}/merge`;
        await askAbout(repo)({ method: 'POST', path, body, what: `merging ${what}` }, signal);
      } catch (error) {
        if (order.auto !== true || !isScheduled(error)) return afterRefusal(error);
      }
      const merged = await read(repo, number, signal);
      if (merged.pull.isMerged) return { kind: 'merged', pullRequest: merged.pull };
      return order.auto === true
        ? queued(merged.pull, 'Gitea merges it as soon as its checks succeed')
        : notReady('Gitea is still merging it');
    },
  };
}

/** Gitea cannot filter by head branch, so its pages are looked through, newest first. */
async function listPulls(
  ask: AskGitea,
  path: string,
  filter: PullFilter,
  signal: AbortSignal,
): Promise<PullRequest[]> {
  const what = `the pull requests of "${path}"`;
  const found: PullRequest[] = [];
  const query = { state: filter.state };
  for await (const items of readPages(ask, { path: '/pulls', query, what }, signal)) {
    const pulls = items.filter(isOwn).map((item) => parsePull(item, what));
    found.push(...pulls.filter((pull) => fits(pull, filter)));
    if (found.length >= maxFound) break;
  }
  return found.slice(0, maxFound);
}

function fits(pull: PullRequest, { headBranch, baseBranch }: PullFilter): boolean {
  if (headBranch !== undefined && pull.headBranch !== headBranch) return false;
  return baseBranch === undefined || pull.baseBranch === baseBranch;
}

/** Not from a fork that has a branch of the same name. */
function isOwn(item: JsonValue): boolean {
  const { head, base } = fieldsOf(item);
  return fieldsOf(head)['repo_id'] === fieldsOf(base)['repo_id'];
}

function markTitle(title: string): string {
  return markDraft('WIP: ', title, longestTitle);
}

function toBody(draft: PullRequestDraft, labels: readonly number[]): JsonObject {
  return {
    head: draft.headBranch,
    base: draft.baseBranch,
    title: draft.isDraft === true ? markTitle(draft.title) : draft.title,
    body: draft.body,
    labels: [...labels],
    ...(draft.assignees === undefined ? {} : { assignees: [...draft.assignees] }),
  };
}

function decideReady({ draft, mergeable }: Fields): MergeOutcome | undefined {
  if (draft === true) return notReady('it is a draft');
  if (mergeable === true) return undefined;
  return notReady(
    'Gitea says that it cannot be merged: it conflicts with its base, or is still being checked',
  );
}

/** Gitea keeps to itself what it is going to merge, and refuses to be told again. */
function isScheduled(error: unknown): boolean {
  const rejection = readRejection(error);
  return rejection?.status === 409 && /already scheduled/i.test(rejection.reason);
}

/**
 * A head or base that has moved, and checks or reviews that are missing, pass; a method that is switched off does not.
 * Errors: forge.auth-failed for missing rights, which Gitea tells apart by its words alone.
 */
function afterRefusal(error: unknown): MergeOutcome {
  const rejection = readRejection(error);
  if (rejection === undefined) throw error;
  const { status, reason } = rejection;
  if (/^user not allowed to merge/i.test(reason)) {
    const message = `Gitea does not let this credential merge: status ${status}, "${reason}"`;
    throw forgeErrors.create('forge.auth-failed', message, { cause: error, data: { status, reason } });
  }
  if (status === 409) return /conflict/i.test(reason) ? refused(reason) : notReady(reason);
  return status === 405 && !/not allowed/i.test(reason) ? notReady(reason) : refused(reason);
}

function parsePull(value: JsonValue | undefined, what: string): PullRequest {
  const fields = fieldsOf(value);
  const { number, html_url: url, state, merge_commit_sha: mergeCommit } = fields;
  const head = fieldsOf(fields['head']);
  const baseBranch = fieldsOf(fields['base'])['ref'];
  // Once the branch is gone, `ref` names Gitea's own copy; `label` keeps the branch.
  const headBranch = textOf(head['label']) || textOf(head['ref']);
  const texts = [url, state, baseBranch];
  if (typeof number !== 'number' || headBranch === '' || texts.some((text) => typeof text !== 'string')) {
    throw unexpected('Gitea', what);
  }
  return {
    number,
    url: textOf(url),
    isOpen: state === 'open',
    isMerged: fields['merged'] === true,
    headBranch,
    baseBranch: textOf(baseBranch),
    headCommit: textOf(head['sha']),
    ...(typeof mergeCommit === 'string' ? { mergeCommit } : {}),
  };
}
