import type { JsonObject, JsonValue } from '../../../base/index.ts';
import type { ApiRequest } from '../core/front.ts';
import { addComment, declinePull, openPull, type PullContext, reopenPull } from '../core/operations.ts';
import { type Pull, touchPull } from '../core/pulls.ts';
import type { Reply } from '../core/reply.ts';
import { clamp, members, text } from '../core/text.ts';
import { complete, completeLater } from './merge.ts';
import { describePull, statusOf } from './render.ts';
import { refuse } from './reply.ts';

const longestDescription = 4000;
const descriptionTooLong = refuse(
  400,
  `A maximum of ${longestDescription} characters is allowed for the description.`,
  'InvalidArgumentValueException',
);

/** Answers a request to Azure DevOps' API; a repository is known by its address for git. */
export async function routeAzure(request: ApiRequest): Promise<Reply> {
  const { url } = request;
  if (url.searchParams.get('api-version') === null) {
    const message = 'No api-version was supplied for the request.';
    return refuse(400, message, 'VssVersionNotSpecifiedException');
  }
  if (/^\/[^/]+\/_apis\/connectionData$/i.test(url.pathname)) {
    return { status: 200, body: { authenticatedUser: { id: request.login } } };
  }
  // For example "/org/project/_apis/git/repositories/repo/pullrequests/1".
  const path = /^\/(?<project>.+)\/_apis\/git\/repositories\/(?<name>[^/]+)\/(?<rest>.+)$/i;
  const found = path.exec(url.pathname)?.groups;
  const { project = '', name = '', rest = '' } = found ?? {};
  const repository = request.find(decodeURIComponent(`${project}/_git/${name}`));
  if (repository === undefined) {
    const message = `TF401019: The Git repository with name or identifier ${name} does not exist or you do not have permissions for the operation you are attempting.`;
    return refuse(404, message, 'GitRepositoryNotFoundException');
  }
  const context = request.contextFor(repository);
  if (rest === 'refs' && request.method === 'GET') return listRefs(context, url.searchParams);
  const threaded = /^pullrequests\/(?<number>\d{1,9})\/threads$/i.exec(rest)?.groups?.['number'];
  if (threaded !== undefined && request.method === 'POST')
    return startThread(request, context, Number(threaded));
  const labeled = /^pullrequests\/(?<number>\d{1,9})\/labels$/i.exec(rest)?.groups?.['number'];
  if (labeled !== undefined && request.method === 'POST') return addLabel(request, context, Number(labeled));
  const numbered = /^pullrequests(?:\/(?<number>\d{1,9}))?$/i.exec(rest);
  if (numbered === null) return refuse(404, 'The resource was not found.', 'VssResourceNotFoundException');
  const number = numbered.groups?.['number'];
  if (number !== undefined) return routePull(request, context, Number(number));
  return request.method === 'POST' ? open(request, context) : listPulls(request, context);
}

function startThread(request: ApiRequest, context: PullContext, number: number): Reply {
  const pull = context.pulls.get(number);
  if (pull === undefined) return notThere;
  const comments = itemsOf(members(request.body)['comments']);
  for (const { content } of comments) addComment(context, pull, text(content));
  return { status: 200, body: { id: pull.comments.length, comments } };
}

function addLabel({ body }: ApiRequest, { pulls, clock }: PullContext, number: number): Reply {
  const pull = pulls.get(number);
  const name = text(members(body)['name']);
  if (pull === undefined) return notThere;
  if (name === '') return refuse(400, 'The label name is missing.', 'InvalidArgumentValueException');
  pull.labels = [...new Set([...pull.labels, name])];
  touchPull(pull, clock.nowMs());
  return { status: 200, body: { id: name, name, active: true } };
}

const notThere = refuse(
  404,
  'TF401180: The requested pull request was not found.',
  'GitPullRequestNotFoundException',
);

async function routePull(request: ApiRequest, context: PullContext, number: number): Promise<Reply> {
  const pull = context.pulls.get(number);
  if (pull === undefined) return notThere;
  const refusal = request.method === 'PATCH' ? await change(request, context, pull) : undefined;
  return refusal ?? { status: 200, body: await describePull(request.urls, context, pull) };
}

async function change(request: ApiRequest, context: PullContext, pull: Pull): Promise<Reply | undefined> {
  const body = members(request.body);
  const { title, description, status, isDraft } = body as Record<string, JsonValue | undefined>;
  if (text(description).length > longestDescription) return descriptionTooLong;
  if (typeof title === 'string') pull.title = title;
  if (typeof description === 'string') pull.body = description;
  if (typeof isDraft === 'boolean') pull.isDraft = isDraft;
  touchPull(pull, context.clock.nowMs());
  const setBy = text(members(body['autoCompleteSetBy'])['id']);
  if (setBy !== '') return completeLater(context, pull, body);
  if (status === 'completed') return complete(context, pull, body);
  if (status === 'abandoned') declinePull(context, pull);
  if (status === 'active' && pull.state === 'closed' && !reopenPull(context, pull)) {
    const message = 'TF401181: The pull request cannot be edited due to its state.';
    return refuse(409, message, 'GitPullRequestNotEditableException');
  }
  return undefined;
}

async function open(request: ApiRequest, context: PullContext): Promise<Reply> {
  const body = members(request.body);
  const [source, target] = [text(body['sourceRefName']), text(body['targetRefName'])];
  if (![source, target].every((ref) => ref.startsWith('refs/heads/'))) {
    const message = 'TF401030: source and target must be full names of branches';
    return refuse(400, message, 'GitArgumentException');
  }
  const description = text(body['description']);
  if (description.length > longestDescription) return descriptionTooLong;
  const opened = openPull(context, {
    title: text(body['title']),
    body: description,
    headBranch: source.slice('refs/heads/'.length),
    baseBranch: target.slice('refs/heads/'.length),
    isDraft: body['isDraft'] === true,
    labels: itemsOf(body['labels']).map((label) => text(label['name'])),
    reviewers: itemsOf(body['reviewers']).map((reviewer) => text(reviewer['id'])),
  });
  switch (opened.kind) {
    case 'opened':
      return { status: 201, body: await describePull(request.urls, context, opened.pull) };
    case 'duplicate': {
      const message = 'TF401179: An active pull request for the source and target branch already exists.';
      return refuse(409, message, 'GitPullRequestExistsException');
    }
    case 'no-head':
    case 'no-base': {
      const missing = opened.kind === 'no-head' ? source : target;
      const message = `TF401398: The pull request cannot be activated because the branch ${missing} no longer exists.`;
      return refuse(400, message, 'GitPullRequestCannotBeActivated');
    }
    case 'nothing-new':
      return refuse(400, 'TF401398: The branches have no differences.', 'GitPullRequestCannotBeActivated');
  }
}

async function listPulls(request: ApiRequest, context: PullContext): Promise<Reply> {
  const query = request.url.searchParams;
  const source = query.get('searchCriteria.sourceRefName');
  const target = query.get('searchCriteria.targetRefName');
  const status = query.get('searchCriteria.status') ?? 'active';
  const found = context.pulls.all().filter((pull) => {
    if (source !== null && source !== `refs/heads/${pull.headBranch}`) return false;
    if (target !== null && target !== `refs/heads/${pull.baseBranch}`) return false;
    return status === 'all' || status === statusOf(pull);
  });
  const shown = [...found].reverse().slice(0, clamp(query.get('$top'), 100, 1000));
  const value: JsonObject[] = await Promise.all(
    shown.map((pull) => describePull(request.urls, context, pull)),
  );
  return { status: 200, body: { value, count: value.length } };
}

function listRefs({ repository }: PullContext, query: URLSearchParams): Reply {
  const prefix = `refs/${query.get('filter') ?? ''}`;
  const found = repository.refs.list().filter(([name]) => name.startsWith(prefix));
  const value = found.map(([name, objectId]) => ({ name, objectId }));
  return { status: 200, body: { value, count: value.length } };
}

function itemsOf(value: JsonValue | undefined): JsonObject[] {
  const items: readonly JsonValue[] = Array.isArray(value) ? value : [];
  return items.map(members);
}
