import type { JsonObject, JsonValue } from '../../../base/index.ts';
import type { ApiRequest } from '../core/front.ts';
import { addComment, declinePull, openPull, type PullContext, reopenPull } from '../core/operations.ts';
import { type Pull, touchPull } from '../core/pulls.ts';
import type { Reply } from '../core/reply.ts';
import { clamp, members, text, texts } from '../core/text.ts';
import { acceptMerge } from './merge.ts';
import { describePull, pullUrl, renderLabel } from './render.ts';
import { notFound, refuse } from './reply.ts';

const longestTitle = 255;

/** Answers a request to Gitea's API. */
export async function routeGitea(request: ApiRequest): Promise<Reply> {
  const { method, url } = request;
  // For example "/api/v1/repos/example/gitops/pulls/1/merge".
  const path = /^\/api\/v1\/repos\/(?<name>[^/]+\/[^/]+)\/(?<rest>.+)$/.exec(url.pathname)?.groups;
  const repository = path === undefined ? undefined : request.find(path['name'] ?? '');
  if (repository === undefined) return notFound;
  const context = request.contextFor(repository);
  switch (`${method} ${path?.['rest'] ?? ''}`) {
    case 'GET labels':
      return listLabels(context, url.searchParams);
    case 'POST labels':
      return makeLabel(context, request.body);
    case 'GET pulls':
      return listPulls(request, context);
    case 'POST pulls':
      return open(request, context);
    default:
      return routePull(request, context, path?.['rest'] ?? '');
  }
}

async function routePull(request: ApiRequest, context: PullContext, rest: string): Promise<Reply> {
  const commented = /^issues\/(?<number>\d{1,9})\/comments$/.exec(rest)?.groups?.['number'];
  if (commented !== undefined && request.method === 'POST')
    return comment(request, context, Number(commented));
  const labeled = /^issues\/(?<number>\d{1,9})\/labels$/.exec(rest)?.groups?.['number'];
  if (labeled !== undefined && request.method === 'POST') return addLabels(request, context, Number(labeled));
  const { number, action = '' } = /^pulls\/(?<number>\d{1,9})(?<action>\/[a-z_]+)?$/.exec(rest)?.groups ?? {};
  const pull = number === undefined ? undefined : context.pulls.get(Number(number));
  if (pull === undefined) return notFound;
  switch (`${request.method}${action}`) {
    case 'GET':
      return { status: 200, body: await describePull(request.urls, context, pull) };
    case 'PATCH':
      return change(request, context, pull);
    case 'POST/merge':
      return acceptMerge(context, pull, request.body);
    case 'POST/requested_reviewers':
      return askReviewers(request, pull);
    default:
      return notFound;
  }
}

function comment({ body }: ApiRequest, context: PullContext, number: number): Reply {
  const pull = context.pulls.get(number);
  if (pull === undefined) return notFound;
  const words = text(members(body)['body']);
  if (words === '') return refuse(422, '[Body]: Required');
  addComment(context, pull, words);
  return { status: 201, body: { id: pull.comments.length, body: words } };
}

function addLabels({ body }: ApiRequest, context: PullContext, number: number): Reply {
  const pull = context.pulls.get(number);
  const names = readLabels(context, body);
  if (pull === undefined || names === undefined) return notFound;
  pull.labels = [...new Set([...pull.labels, ...names])];
  touchPull(pull, context.clock.nowMs());
  return { status: 200, body: pull.labels.map((name) => renderLabel(context.pulls, name)) };
}

/** The names of labels, which are told by their ids; `undefined` when there is no such label. */
function readLabels({ pulls }: PullContext, body: JsonValue | undefined): string[] | undefined {
  const { labels } = members(body);
  const ids: readonly JsonValue[] = Array.isArray(labels) ? labels : [];
  const names = ids.flatMap((id) => pulls.labels[Number(id) - 1] ?? []);
  return names.length === ids.length ? names : undefined;
}

async function open(request: ApiRequest, context: PullContext): Promise<Reply> {
  const body = members(request.body);
  const title = text(body['title']);
  if (title === '') return refuse(422, '[Title]: Required');
  if (title.length > longestTitle) return refuse(422, '[Title]: MaxSize');
  const labels = readLabels(context, request.body);
  if (labels === undefined) return refuse(404, 'label does not exist');
  const opened = openPull(context, {
    title,
    body: text(body['body']),
    headBranch: text(body['head']),
    baseBranch: text(body['base']),
    isDraft: isDraftTitle(title),
    labels,
    assignees: texts(body['assignees']),
  });
  switch (opened.kind) {
    case 'opened':
      return { status: 201, body: await describePull(request.urls, context, opened.pull) };
    case 'duplicate': {
      const { number, headBranch, baseBranch } = opened.pull;
      const page = pullUrl(request.urls, context.repository.name, number);
      const where = `head_branch: ${headBranch}, base_branch: ${baseBranch}, ${page}`;
      return refuse(409, `pull request already exists for these targets [id: ${number}, ${where}]`);
    }
    case 'no-head':
    case 'no-base':
      return notFound;
    case 'nothing-new':
      return refuse(422, 'There are no changes between the head and the base');
  }
}

async function change(request: ApiRequest, context: PullContext, pull: Pull): Promise<Reply> {
  const { title, body: words, state } = members(request.body);
  if (text(title).length > longestTitle) return refuse(422, '[Title]: MaxSize');
  if (typeof title === 'string') {
    pull.title = title;
    pull.isDraft = isDraftTitle(title);
  }
  if (typeof words === 'string') pull.body = words;
  touchPull(pull, context.clock.nowMs());
  if (state === 'closed') declinePull(context, pull);
  if (state === 'open' && pull.state === 'closed' && !reopenPull(context, pull)) {
    return refuse(412, 'cannot change state of this pull request, it was already merged');
  }
  return { status: 201, body: await describePull(request.urls, context, pull) };
}

/** The host has no filter by branch. */
async function listPulls(request: ApiRequest, context: PullContext): Promise<Reply> {
  const query = request.url.searchParams;
  const state = query.get('state') ?? 'open';
  const found = context.pulls.all().filter((pull) => state === 'all' || pull.state === state);
  const perPage = clamp(query.get('limit'), 30, 50);
  const page = clamp(query.get('page'), 1, 1_000_000);
  const shown = [...found].reverse().slice((page - 1) * perPage, page * perPage);
  const body: JsonObject[] = await Promise.all(
    shown.map((pull) => describePull(request.urls, context, pull)),
  );
  return { status: 200, body, headers: { 'x-total-count': String(found.length) } };
}

function listLabels({ pulls }: PullContext, query: URLSearchParams): Reply {
  const perPage = clamp(query.get('limit'), 30, 50);
  const page = clamp(query.get('page'), 1, 1_000_000);
  const shown = pulls.labels.slice((page - 1) * perPage, page * perPage);
  const headers = { 'x-total-count': String(pulls.labels.length) };
  return { status: 200, body: shown.map((name) => renderLabel(pulls, name)), headers };
}

function makeLabel({ pulls }: PullContext, body: JsonValue | undefined): Reply {
  const { name, color } = members(body);
  if (text(name) === '') return refuse(422, '[Name]: Required');
  if (!/^#?[0-9a-f]{6}$/i.test(text(color))) return refuse(422, 'bad label color');
  pulls.labels.push(text(name));
  return { status: 201, body: renderLabel(pulls, text(name)) };
}

function askReviewers({ body, logins }: ApiRequest, pull: Pull): Reply {
  const names = texts(members(body)['reviewers']);
  const unknown = names.find((name) => !logins.includes(name));
  if (unknown !== undefined) return refuse(404, `user does not exist [uid: 0, name: ${unknown}]`);
  pull.reviewers = [...new Set([...pull.reviewers, ...names])];
  return { status: 201, body: [] };
}

function isDraftTitle(title: string): boolean {
  return /^(?:wip:|\[wip\])/i.test(title);
}
