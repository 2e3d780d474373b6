import { isJsonObject, type JsonObject, type JsonValue } from '../../../base/index.ts';
import type { ForgeUrls, MergeTexts } from '../core/front.ts';
import type { MergeMethod } from '../core/merge.ts';
import {
  declinePull,
  type Merged,
  type MergeWish,
  mergePull as mergeForReal,
  openPull as openForReal,
  type PullContext,
  reopenPull,
  tryMerge,
} from '../core/operations.ts';
import { type Pull, touchPull } from '../core/pulls.ts';
import type { Reply } from '../core/reply.ts';
import { clamp, splitName, text, texts } from '../core/text.ts';
import { invalid, problem } from './problem.ts';
import { renderLabels, renderPull } from './render.ts';

/** What an operation knows: the shared core, and where the host says it is. */
export interface GitHubContext extends PullContext {
  readonly urls: ForgeUrls;
}

/** Opens a pull request. */
export async function openPull(context: GitHubContext, body: JsonObject): Promise<Reply> {
  const missing = ['title', 'head', 'base'].filter(
    (name) => typeof body[name] !== 'string' || body[name] === '',
  );
  if (missing.length > 0) return invalid(...missing.map((field) => ({ code: 'missing_field', field })));
  const { owner } = splitName(context.repository.name);
  const headBranch = text(body['head']).replace(new RegExp(`^${escapeRegExp(owner)}:`, 'i'), '');
  const baseBranch = text(body['base']);
  const draft = {
    title: text(body['title']),
    body: text(body['body']),
    isDraft: body['draft'] === true,
    headBranch,
    baseBranch,
  };
  const opened = openForReal(context, draft);
  switch (opened.kind) {
    case 'opened':
      return { status: 201, body: await describePull(context, opened.pull) };
    case 'no-head':
      return invalid({ field: 'head', code: 'invalid' });
    case 'no-base':
      return invalid({ field: 'base', code: 'invalid' });
    case 'duplicate': {
      const message = `A pull request already exists for ${owner}:${headBranch}.`;
      return invalid({ code: 'custom', message });
    }
    case 'nothing-new': {
      const message = `No commits between ${baseBranch} and ${headBranch}`;
      return invalid({ code: 'custom', message });
    }
  }
}

/** Changes title, body, base or state. */
export async function changePull(context: GitHubContext, pull: Pull, body: JsonObject): Promise<Reply> {
  const { title, body: words, base, state } = body as Record<string, JsonValue | undefined>;
  if (state !== undefined && state !== 'open' && state !== 'closed') {
    return invalid({ field: 'state', code: 'invalid' });
  }
  if (typeof base === 'string') {
    if (context.repository.refs.get(`refs/heads/${base}`) === undefined) {
      return invalid({ field: 'base', code: 'invalid' });
    }
    pull.baseBranch = base;
  }
  if (typeof title === 'string') pull.title = title;
  if (typeof words === 'string') pull.body = words;
  touchPull(pull, context.clock.nowMs());
  if (state === 'closed') declinePull(context, pull);
  if (state === 'open' && pull.state === 'closed' && !reopenPull(context, pull)) {
    return invalid({ field: 'state', code: 'invalid' });
  }
  return { status: 200, body: await describePull(context, pull) };
}

/** What GitHub writes into the commit of a merge. */
export function describeMerge(pull: Pull, repository: string, method: MergeMethod): MergeTexts {
  const { owner } = splitName(repository);
  const isMerge = method === 'merge';
  return {
    title: isMerge
      ? `Merge pull request #${pull.number} from ${owner}/${pull.headBranch}`
      : `${pull.title} (#${pull.number})`,
    message: isMerge ? pull.title : pull.body,
    committer: { name: 'GitHub', email: 'noreply@github.com' },
    mailHost: 'users.noreply.github.com',
  };
}

const methodNames: Readonly<Record<string, string>> = {
  merge: 'Merge commits',
  squash: 'Squash merges',
  rebase: 'Rebase merges',
};

/** Merges a pull request, for real. */
export async function mergePull(context: GitHubContext, pull: Pull, body: JsonObject): Promise<Reply> {
  const method = body['merge_method'] ?? 'merge';
  if (method !== 'merge' && method !== 'squash' && method !== 'rebase') {
    return invalid({ field: 'merge_method', code: 'invalid' });
  }
  const usual = describeMerge(pull, context.repository.name, method);
  const said = {
    ...usual,
    title: text(body['commit_title']) || usual.title,
    message: text(body['commit_message']) || usual.message,
  };
  if (context.hasMergeQueue) {
    return problem(
      405,
      'Repository rule violations found\n\nChanges must be made through the merge queue\n\n',
    );
  }
  const wish: MergeWish = { method, ...(body['sha'] === undefined ? {} : { head: text(body['sha']) }) };
  const merged = await mergeForReal(context, pull, wish, said);
  if (merged.kind !== 'merged') return refuseMerge(merged, method);
  return {
    status: 200,
    body: { sha: merged.commit, merged: true, message: 'Pull Request successfully merged' },
  };
}

function refuseMerge({ kind }: Exclude<Merged, { kind: 'merged' }>, method: string): Reply {
  switch (kind) {
    case 'method-off':
      return problem(405, `${methodNames[method] ?? method} are not allowed on this repository.`);
    case 'draft':
      return problem(405, 'Pull Request is still a draft');
    case 'blocked':
      return problem(405, 'Required status check "ci" is expected.');
    case 'head-moved':
      return problem(409, 'Head branch was modified. Review and try the merge again.');
    case 'base-moved':
      return problem(405, 'Base branch was modified. Review and try the merge again.');
    case 'closed':
    case 'conflict':
      return problem(405, 'Pull Request is not mergeable');
  }
}

/** Adds labels to a pull request. */
export function addLabels(context: GitHubContext, pull: Pull, body: JsonValue | undefined): Reply {
  const given = isJsonObject(body) ? body['labels'] : body;
  if (!Array.isArray(given) || given.some((label) => typeof label !== 'string' || label === '')) {
    return problem(422, 'Invalid request.');
  }
  pull.labels = [...new Set([...pull.labels, ...texts(given)])];
  touchPull(pull, context.clock.nowMs());
  return { status: 200, body: renderLabels(pull) };
}

/** Adds people to a pull request; names that have no account are refused. */
export async function addPeople(
  context: GitHubContext,
  pull: Pull,
  people: { readonly field: 'assignees' | 'reviewers'; readonly names: readonly string[] },
  logins: readonly string[],
): Promise<Reply> {
  const { field, names } = people;
  const isKnown = names.every((name) => logins.includes(name));
  // Whom it does not know, GitHub leaves out of the assignees without a word.
  if (!isKnown && field === 'reviewers') {
    return problem(422, 'Reviews may only be requested from collaborators.');
  }
  pull[field] = [...new Set([...pull[field], ...names.filter((name) => logins.includes(name))])];
  touchPull(pull, context.clock.nowMs());
  return { status: 201, body: await describePull(context, pull) };
}

/** A pull request in GitHub's shape, with what merging it would come to. */
export async function describePull(context: GitHubContext, pull: Pull): Promise<JsonObject> {
  return renderPull(context.urls, context.repository, pull, await tryMerge(context, pull));
}

/** One page of pull requests, and where the others are. */
export async function listPulls(
  context: GitHubContext,
  query: URLSearchParams,
  path: string,
): Promise<Reply> {
  const { owner } = splitName(context.repository.name);
  const state = query.get('state') ?? 'open';
  const head = query.get('head');
  const base = query.get('base');
  const found = context.pulls.all().filter((pull) => {
    if (state !== 'all' && pull.state !== state) return false;
    // Without "owner:", GitHub ignores the filter.
    if (head?.includes(':') && head.toLowerCase() !== `${owner}:${pull.headBranch}`.toLowerCase())
      return false;
    return base === null || pull.baseBranch === base;
  });
  const key = query.get('sort') === 'updated' ? 'updatedAtMs' : 'number';
  const direction = (query.get('direction') ?? 'desc') === 'asc' ? 1 : -1;
  const sorted = [...found].sort((a, b) => direction * (a[key] - b[key] || a.number - b.number));
  const perPage = clamp(query.get('per_page'), 30, 100);
  const page = clamp(query.get('page'), 1, 1_000_000);
  const shown = sorted.slice((page - 1) * perPage, page * perPage);
  const body = await Promise.all(shown.map((pull) => describePull(context, pull)));
  const link = formatLinks(`${context.urls.api}${path}`, query, page, Math.ceil(sorted.length / perPage));
  return { status: 200, body, headers: link === '' ? {} : { link } };
}

function formatLinks(url: string, query: URLSearchParams, page: number, pages: number): string {
  const link = (to: number, rel: string): string => {
    const params = new URLSearchParams(query);
    params.set('page', String(to));
    return `<${url}?${params}>; rel="${rel}"`;
  };
  const before = page > 1 ? [link(page - 1, 'prev'), link(1, 'first')] : [];
  const after = page < pages ? [link(page + 1, 'next'), link(pages, 'last')] : [];
  return [...before, ...after].join(', ');
}

function escapeRegExp(value: string): string {
  return value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
