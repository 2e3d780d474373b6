import { isJsonObject, type JsonObject, type JsonValue } from '../../base/index.ts';
import type { Clock } from '../../ports/index.ts';
import { isObjectId, type ObjectId } from '../../wire/git/index.ts';
import { type GitServer, type Repository, signNow } from '../git-server/index.ts';
import { listCommits, type MergeMethod, makeMerge } from './merge.ts';
import { closePull, type Pull, type PullList } from './pulls.ts';
import { type ForgeUrls, type Mergeability, renderLabels, renderPull, splitName } from './render.ts';
import { invalid, problem, type Reply } from './reply.ts';

/** What the operations on one repository's pull requests need. */
export interface PullContext {
  readonly clock: Clock;
  readonly git: GitServer;
  readonly urls: ForgeUrls;
  readonly repository: Repository;
  readonly pulls: PullList;
  /** Who asks. */
  readonly login: string;
  readonly mergeMethods: readonly MergeMethod[];
  readonly deleteBranchOnMerge: boolean;
  onChanged(pull: Pull, change: 'opened' | 'merged' | 'closed' | 'updated'): void;
}

/** Opens a pull request. */
export async function openPull(context: PullContext, body: JsonObject): Promise<Reply> {
  const { repository, pulls, clock } = context;
  const missing = ['title', 'head', 'base'].filter(
    (name) => typeof body[name] !== 'string' || body[name] === '',
  );
  if (missing.length > 0) return invalid(...missing.map((field) => ({ code: 'missing_field', field })));
  const { owner } = splitName(repository.name);
  const headBranch = text(body['head']).replace(new RegExp(`^${escapeRegExp(owner)}:`, 'i'), '');
  const baseBranch = text(body['base']);
  const headId = repository.refs.get(`refs/heads/${headBranch}`);
  const baseId = repository.refs.get(`refs/heads/${baseBranch}`);
  if (headId === undefined) return invalid({ field: 'head', code: 'invalid' });
  if (baseId === undefined) return invalid({ field: 'base', code: 'invalid' });
  const isSame = (pull: Pull): boolean =>
    pull.state === 'open' && pull.headBranch === headBranch && pull.baseBranch === baseBranch;
  if (pulls.all().some(isSame)) {
    const message = `A pull request already exists for ${owner}:${headBranch}.`;
    return invalid({ code: 'custom', message });
  }
  if (listCommits(repository, baseId, headId).length === 0) {
    return invalid({ code: 'custom', message: `No commits between ${baseBranch} and ${headBranch}` });
  }
  const pull = pulls.open({
    title: text(body['title']),
    body: text(body['body']),
    author: context.login,
    isDraft: body['draft'] === true,
    createdAtMs: clock.nowMs(),
    headBranch,
    baseBranch,
    headId,
    baseId,
  });
  context.onChanged(pull, 'opened');
  return { status: 201, body: await describePull(context, pull) };
}

/** Changes title, body, base or state. */
export async function changePull(context: PullContext, pull: Pull, body: JsonObject): Promise<Reply> {
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
  pull.updatedAtMs = context.clock.nowMs();
  if (state === 'closed' && pull.state === 'open') {
    closePull(pull, context.clock.nowMs(), undefined, baseOf(context, pull));
    context.onChanged(pull, 'closed');
  } else if (state === 'open' && pull.state === 'closed') {
    if (pull.merge !== undefined) return invalid({ field: 'state', code: 'invalid' });
    pull.state = 'open';
    pull.closedAtMs = undefined;
    context.onChanged(pull, 'updated');
  }
  return { status: 200, body: await describePull(context, pull) };
}

const notAllowed: Readonly<Record<MergeMethod, string>> = {
  merge: 'Merge commits are not allowed on this repository.',
  squash: 'Squash merges are not allowed on this repository.',
  rebase: 'Rebase merges are not allowed on this repository.',
};

/** Merges a pull request, for real. */
export async function mergePull(context: PullContext, pull: Pull, body: JsonObject): Promise<Reply> {
  const { repository, git, clock } = context;
  const method = body['merge_method'] ?? 'merge';
  if (method !== 'merge' && method !== 'squash' && method !== 'rebase') {
    return invalid({ field: 'merge_method', code: 'invalid' });
  }
  if (!context.mergeMethods.includes(method)) return problem(405, notAllowed[method]);
  if (pull.state !== 'open') return problem(405, 'Pull Request is not mergeable');
  if (pull.isDraft) return problem(405, 'Pull Request is still a draft');
  const base = baseOf(context, pull);
  const head = pull.headId;
  if (body['sha'] !== undefined && body['sha'] !== head) {
    return problem(409, 'Head branch was modified. Review and try the merge again.');
  }
  if (base === undefined) return problem(405, 'Pull Request is not mergeable');
  const { owner } = splitName(repository.name);
  const isMerge = method === 'merge';
  const title = isMerge
    ? `Merge pull request #${pull.number} from ${owner}/${pull.headBranch}`
    : `${pull.title} (#${pull.number})`;
  const commit = await makeMerge(repository, base, head, {
    method,
    title: text(body['commit_title']) || title,
    message: text(body['commit_message']) || (isMerge ? pull.title : pull.body),
    author: signNow(clock, context.login, `${context.login}@users.noreply.github.com`),
    committer: signNow(clock, 'GitHub', 'noreply@github.com'),
  });
  if (commit === undefined) return problem(405, 'Pull Request is not mergeable');
  if (baseOf(context, pull) !== base || pull.headId !== head) {
    return problem(409, 'Base branch was modified. Review and try the merge again.');
  }
  const nowMs = clock.nowMs();
  closePull(pull, nowMs, { commit, login: context.login, atMs: nowMs }, base);
  git.setBranch(repository.name, pull.baseBranch, commit);
  if (context.deleteBranchOnMerge) git.setBranch(repository.name, pull.headBranch, undefined);
  context.onChanged(pull, 'merged');
  return { status: 200, body: { sha: commit, merged: true, message: 'Pull Request successfully merged' } };
}

/** Adds labels to a pull request. */
export function addLabels(context: PullContext, pull: Pull, body: JsonValue | undefined): Reply {
  const given = isJsonObject(body) ? body['labels'] : body;
  if (!Array.isArray(given) || given.some((label) => typeof label !== 'string' || label === '')) {
    return problem(422, 'Invalid request.');
  }
  pull.labels = [...new Set([...pull.labels, ...(given as string[])])];
  pull.updatedAtMs = context.clock.nowMs();
  return { status: 200, body: renderLabels(pull) };
}

/** A pull request in GitHub's shape, with what merging it would come to. */
export async function describePull(context: PullContext, pull: Pull): Promise<JsonObject> {
  return renderPull(context.urls, context.repository, pull, await tryMerge(context, pull));
}

/** One page of pull requests, and where the others are. */
export async function listPulls(context: PullContext, query: URLSearchParams, path: string): Promise<Reply> {
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

/** The id of a branch, tag or commit; `undefined` when there is none. */
export function findCommit(repository: Repository, revision: string): ObjectId | undefined {
  const id = repository.refs.resolve(revision, repository.head) ?? findByPrefix(repository, revision);
  const peeled = id === undefined || !repository.has(id) ? undefined : repository.peel(id);
  return peeled !== undefined && repository.find(peeled)?.type === 'commit' ? peeled : undefined;
}

async function tryMerge(context: PullContext, pull: Pull): Promise<Mergeability> {
  const base = baseOf(context, pull);
  if (pull.state !== 'open' || base === undefined) return { kind: 'closed' };
  const robot = { name: 'GitHub', email: 'noreply@github.com', timezone: '+0000' };
  const sign = { ...robot, timeSec: Math.floor(pull.createdAtMs / 1000) };
  const title = `Merge ${pull.headId} into ${base}`;
  const draft = { method: 'merge', title, message: '', author: sign, committer: sign } as const;
  const testMerge = await makeMerge(context.repository, base, pull.headId, draft);
  return testMerge === undefined ? { kind: 'conflict' } : { kind: 'clean', testMerge };
}

function baseOf(context: PullContext, pull: Pull): ObjectId | undefined {
  return context.repository.refs.get(`refs/heads/${pull.baseBranch}`);
}

function findByPrefix(repository: Repository, prefix: string): ObjectId | undefined {
  if (!/^[0-9a-f]{4,40}$/.test(prefix)) return undefined;
  const heads = repository.refs.list().map(([, id]) => repository.peel(id));
  const commits = heads.filter((id) => repository.find(id)?.type === 'commit');
  return [...repository.ancestors(commits)].find((id) => isObjectId(id) && id.startsWith(prefix));
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

function clamp(text: string | null, usual: number, max: number): number {
  const value = Number.parseInt(text ?? '', 10);
  return Number.isNaN(value) || value < 1 ? usual : Math.min(value, max);
}

function text(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

function escapeRegExp(value: string): string {
  return value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
