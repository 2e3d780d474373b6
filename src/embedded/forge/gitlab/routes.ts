import type { JsonObject, JsonValue } from '../../../base/index.ts';
import { enqueue } from '../core/auto.ts';
import type { ApiRequest } from '../core/front.ts';
import { addComment, declinePull, openPull, type PullContext, reopenPull } from '../core/operations.ts';
import { type Pull, touchPull } from '../core/pulls.ts';
import type { Reply } from '../core/reply.ts';
import { clamp, members, text } from '../core/text.ts';
import { acceptMerge } from './merge.ts';
import { describePull, renderUser } from './render.ts';
import { notFound, refuse } from './reply.ts';

const longestTitle = 255;
const titleTooLong = `Title is too long (maximum is ${longestTitle} characters)`;

/** Answers a request to GitLab's API. */
export async function routeGitLab(request: ApiRequest): Promise<Reply> {
  const { method, url, logins } = request;
  if (url.pathname === '/api/v4/users' && method === 'GET') {
    const name = url.searchParams.get('username');
    return { status: 200, body: logins.filter((one) => one === name).map((one) => renderUser(one, logins)) };
  }
  // For example "/api/v4/projects/example%2Fgitops/merge_requests/1/merge".
  const path =
    /^\/api\/v4\/projects\/(?<project>[^/]+)(?<part>(?:\/merge_trains)?\/merge_requests)?(?:\/(?<number>\d{1,9})(?<action>\/[a-z]+)?)?$/;
  const { project, part, number, action = '' } = path.exec(url.pathname)?.groups ?? {};
  const repository = project === undefined ? undefined : request.find(decodeURIComponent(project));
  if (repository === undefined) return refuse(404, '404 Project Not Found');
  const context = request.contextFor(repository);
  if (part === undefined) return showProject(context);
  if (part.startsWith('/merge_trains')) return routeTrain(request, context, Number(number));
  if (number === undefined) return routeList(request, context);
  const pull = context.pulls.get(Number(number));
  if (pull === undefined) return notFound;
  switch (`${method}${action}`) {
    case 'GET':
      return show(request, context, pull);
    case 'PUT':
      return change(request, context, pull);
    case 'PUT/merge':
      return (await acceptMerge(context, pull, request.body)) ?? show(request, context, pull);
    case 'POST/notes': {
      const { body } = members(request.body);
      if (text(body) === '') return refuse(400, '400 Bad request - Note {:note=>["can\'t be blank"]}');
      addComment(context, pull, text(body));
      return { status: 201, body: { id: pull.comments.length, body: text(body) } };
    }
    default:
      return refuse(405, '405 Method Not Allowed');
  }
}

function showProject({ repository, hasMergeQueue }: PullContext): Reply {
  const { name } = repository;
  return { status: 200, body: { id: 1, path_with_namespace: name, merge_trains_enabled: hasMergeQueue } };
}

function routeTrain({ method, body }: ApiRequest, context: PullContext, number: number): Reply {
  const pull = context.pulls.get(number);
  if (pull === undefined || !context.hasMergeQueue) return notFound;
  const car = { id: number, merge_request: { iid: number }, status: 'fresh' };
  if (method === 'GET') return pull.queue === undefined ? notFound : { status: 200, body: car };
  const { sha, squash } = members(body);
  if (sha !== undefined && text(sha) !== pull.headId) {
    return refuse(409, 'SHA does not match HEAD of source branch');
  }
  if (pull.isBlocked) pull.auto = { method: squash === true ? 'squash' : 'merge', login: context.login };
  else enqueue(context, pull, squash === true ? 'squash' : 'merge');
  return { status: pull.isBlocked ? 202 : 201, body: [car] };
}

async function routeList(request: ApiRequest, context: PullContext): Promise<Reply> {
  if (request.method === 'GET') return listPulls(request, context);
  return request.method === 'POST' ? open(request, context) : refuse(405, '405 Method Not Allowed');
}

async function show({ urls, logins }: ApiRequest, context: PullContext, pull: Pull): Promise<Reply> {
  return { status: 200, body: await describePull(urls, context, pull, logins) };
}

async function open(request: ApiRequest, context: PullContext): Promise<Reply> {
  const { logins, urls } = request;
  const body = members(request.body);
  const missing = ['source_branch', 'target_branch', 'title'].filter((name) => text(body[name]) === '');
  if (missing.length > 0) {
    return { status: 400, body: { error: missing.map((name) => `${name} is missing`).join(', ') } };
  }
  const title = text(body['title']);
  const [headBranch, baseBranch] = [text(body['source_branch']), text(body['target_branch'])];
  if (title.length > longestTitle) return refuse(400, [titleTooLong]);
  const opened = openPull(context, {
    title,
    body: text(body['description']),
    headBranch,
    baseBranch,
    isDraft: isDraftTitle(title),
    labels: readLabels(body['labels']),
    reviewers: readUsers(body['reviewer_ids'], logins),
    assignees: readUsers(body['assignee_ids'], logins),
  });
  switch (opened.kind) {
    case 'opened':
      return { status: 201, body: await describePull(urls, context, opened.pull, logins) };
    case 'duplicate': {
      const message = `Another open merge request already exists for this source branch: !${opened.pull.number}`;
      return refuse(409, [message]);
    }
    case 'no-head':
      return refuse(422, [`Source branch "${headBranch}" does not exist`]);
    case 'no-base':
      return refuse(422, [`Target branch "${baseBranch}" does not exist`]);
    case 'nothing-new':
      return refuse(422, ['No commits between the branches']);
  }
}

async function change(request: ApiRequest, context: PullContext, pull: Pull): Promise<Reply> {
  const { title, description, add_labels: labels, state_event: event } = members(request.body);
  if (text(title).length > longestTitle) return refuse(400, [titleTooLong]);
  if (typeof title === 'string') {
    pull.title = title;
    pull.isDraft = isDraftTitle(title);
  }
  if (typeof description === 'string') pull.body = description;
  pull.labels = [...new Set([...pull.labels, ...readLabels(labels)])];
  touchPull(pull, context.clock.nowMs());
  if (event === 'close') declinePull(context, pull);
  if (event === 'reopen' && !reopenPull(context, pull)) return refuse(422, ['cannot be reopened']);
  return show(request, context, pull);
}

async function listPulls(request: ApiRequest, context: PullContext): Promise<Reply> {
  const query = request.url.searchParams;
  const head = query.get('source_branch');
  const base = query.get('target_branch');
  const state = query.get('state') ?? 'all';
  const found = context.pulls.all().filter((pull) => {
    if (head !== null && pull.headBranch !== head) return false;
    if (base !== null && pull.baseBranch !== base) return false;
    return state === 'all' || state === stateOf(pull);
  });
  const sorted = query.get('sort') === 'asc' ? [...found] : [...found].reverse();
  const perPage = clamp(query.get('per_page'), 20, 100);
  const page = clamp(query.get('page'), 1, 1_000_000);
  const shown = sorted.slice((page - 1) * perPage, page * perPage);
  const body: JsonObject[] = await Promise.all(
    shown.map((pull) => describePull(request.urls, context, pull, request.logins)),
  );
  return { status: 200, body, headers: { 'x-total': String(sorted.length), 'x-page': String(page) } };
}

function stateOf(pull: Pull): string {
  if (pull.merge !== undefined) return 'merged';
  return pull.state === 'open' ? 'opened' : 'closed';
}

function isDraftTitle(title: string): boolean {
  return /^(?:draft:|\[draft\]|\(draft\))/i.test(title);
}

function readLabels(value: JsonValue | undefined): string[] {
  return text(value)
    .split(',')
    .filter((label) => label !== '');
}

function readUsers(value: JsonValue | undefined, logins: readonly string[]): string[] {
  const ids: readonly JsonValue[] = Array.isArray(value) ? value : [];
  return ids.flatMap((id) => (typeof id === 'number' ? (logins[id - 1] ?? []) : []));
}
