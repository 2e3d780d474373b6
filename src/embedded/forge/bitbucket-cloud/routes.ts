import type { JsonObject, JsonValue } from '../../../base/index.ts';
import type { ApiRequest } from '../core/front.ts';
import { addComment, declinePull, findCommit, openPull, type PullContext } from '../core/operations.ts';
import { type Pull, touchPull } from '../core/pulls.ts';
import type { Reply } from '../core/reply.ts';
import { clamp, members, text } from '../core/text.ts';
import { acceptMerge } from './merge.ts';
import { renderPull, stateOf } from './render.ts';
import { notFound, refuse } from './reply.ts';

/** Answers a request to Bitbucket Cloud's API. */
export async function routeBitbucketCloud(request: ApiRequest): Promise<Reply> {
  const { method, url } = request;
  // For example "/2.0/repositories/example/gitops/pullrequests/1/merge".
  const path = /^\/2\.0\/repositories\/(?<name>[^/]+\/[^/]+)\/(?<rest>.+)$/.exec(url.pathname)?.groups;
  const name = path?.['name'] ?? '';
  const rest = path?.['rest'] ?? '';
  const repository = request.find(name);
  if (repository === undefined) {
    return refuse(
      404,
      `You may not have access to this repository or it no longer exists in this workspace.`,
    );
  }
  const context = request.contextFor(repository);
  const revision = /^commit\/(?<revision>[0-9a-f]+)$/.exec(rest)?.groups?.['revision'];
  if (revision !== undefined && method === 'GET') return showCommit(context, revision);
  if (rest === 'pullrequests' && method === 'GET') return listPulls(request, context);
  if (rest === 'pullrequests' && method === 'POST') return open(request, context);
  const numbered = /^pullrequests\/(?<number>\d{1,9})(?<action>\/[a-z]+)?$/.exec(rest)?.groups;
  const pull = numbered === undefined ? undefined : context.pulls.get(Number(numbered['number']));
  if (pull === undefined) return notFound;
  return routePull(request, context, pull, `${method}${numbered?.['action'] ?? ''}`);
}

async function routePull(
  request: ApiRequest,
  context: PullContext,
  pull: Pull,
  operation: string,
): Promise<Reply> {
  const shown = (): Reply => ({ status: 200, body: renderPull(request.urls, context, pull) });
  switch (operation) {
    case 'GET':
      return shown();
    case 'PUT':
      return change(request, context, pull) ?? shown();
    case 'POST/merge':
      return (await acceptMerge(context, pull, request.body)) ?? shown();
    case 'POST/decline':
      if (pull.state !== 'open') return refuse(400, 'This pull request is already closed.');
      declinePull(context, pull);
      return shown();
    case 'POST/comments': {
      const raw = text(members(members(request.body)['content'])['raw']);
      if (raw === '') return refuse(400, 'content: required key not provided');
      addComment(context, pull, raw);
      return {
        status: 201,
        body: { type: 'pullrequest_comment', id: pull.comments.length, content: { raw } },
      };
    }
    default:
      return notFound;
  }
}

/** What is not named stays as it is. */
function change({ body }: ApiRequest, { clock }: PullContext, pull: Pull): Reply | undefined {
  const { title, description, reviewers } = members(body);
  if (pull.state !== 'open') return refuse(400, 'Only open pull requests can be mutated');
  if (typeof title === 'string') pull.title = title;
  if (typeof description === 'string') pull.body = description;
  if (Array.isArray(reviewers)) pull.reviewers = readReviewers(reviewers);
  touchPull(pull, clock.nowMs());
  return undefined;
}

function readReviewers(value: JsonValue | undefined): string[] {
  const reviewers: readonly JsonValue[] = Array.isArray(value) ? value : [];
  return reviewers.map((one) => text(members(one)['account_id']) || text(members(one)['uuid']));
}

function open(request: ApiRequest, context: PullContext): Reply {
  const body = members(request.body);
  const branchOf = (side: JsonValue | undefined): string => text(members(members(side)['branch'])['name']);
  const title = text(body['title']);
  if (title === '') return refuse(400, 'title: required key not provided');
  const headBranch = branchOf(body['source']);
  const baseBranch = branchOf(body['destination']) || context.repository.head.replace('refs/heads/', '');
  const draft = {
    title,
    body: text(body['description']),
    headBranch,
    baseBranch,
    isDraft: body['draft'] === true,
    reviewers: readReviewers(body['reviewers']),
  };
  const opened = openPull(context, draft);
  switch (opened.kind) {
    case 'opened':
      return { status: 201, body: renderPull(request.urls, context, opened.pull) };
    case 'duplicate': {
      // The one that is open takes over what the new one says.
      Object.assign(opened.pull, { title: draft.title, body: draft.body });
      touchPull(opened.pull, context.clock.nowMs());
      return { status: 201, body: renderPull(request.urls, context, opened.pull) };
    }
    case 'no-head':
      return refuse(400, `source: branch not found: ${headBranch}`);
    case 'no-base':
      return refuse(400, `destination: branch not found: ${baseBranch}`);
    case 'nothing-new':
      return refuse(400, 'There are no changes to be pulled');
  }
}

function listPulls(request: ApiRequest, context: PullContext): Reply {
  const query = request.url.searchParams;
  const states = query.getAll('state');
  const filter = readQuery(query.get('q') ?? '');
  if (filter === undefined) return refuse(400, 'Invalid query');
  const found = context.pulls.all().filter((pull) => {
    if (!(states.length > 0 ? states : ['OPEN']).includes(stateOf(pull))) return false;
    const fields: Readonly<Record<string, string>> = {
      'source.branch.name': pull.headBranch,
      'destination.branch.name': pull.baseBranch,
    };
    return filter.every(([field, value]) => fields[field] === value);
  });
  const sorted = query.get('sort') === '-created_on' ? [...found].reverse() : found;
  const size = clamp(query.get('pagelen'), 10, 50);
  const page = clamp(query.get('page'), 1, 1_000_000);
  const values: JsonObject[] = sorted
    .slice((page - 1) * size, page * size)
    .map((pull) => renderPull(request.urls, context, pull));
  const hasMore = page * size < sorted.length;
  const next = new URL(request.url);
  next.searchParams.set('page', String(page + 1));
  return {
    status: 200,
    body: { pagelen: size, size: sorted.length, page, values, ...(hasMore ? { next: next.href } : {}) },
  };
}

/** The conditions of `a = "b" AND c = "d"`; `undefined` when it is anything else. */
function readQuery(q: string): [string, string][] | undefined {
  if (q === '') return [];
  const condition = /^\s*(?<field>[a-z_.]+)\s*=\s*"(?<value>(?:[^"\\]|\\.)*)"\s*(?:AND\b|$)/;
  const found: [string, string][] = [];
  for (let left = q; left !== ''; ) {
    const match = condition.exec(left);
    if (match?.groups === undefined) return undefined;
    const { field = '', value = '' } = match.groups;
    found.push([field, value.replaceAll(/\\(.)/g, '$1')]);
    left = left.slice(match[0].length);
  }
  return found;
}

function showCommit({ repository }: PullContext, revision: string): Reply {
  const id = findCommit(repository, revision);
  return id === undefined ? notFound : { status: 200, body: { type: 'commit', hash: id } };
}
