import type { JsonValue } from '../../../base/index.ts';
import type { ApiRequest } from '../core/front.ts';
import { addComment, declinePull, openPull, type PullContext } from '../core/operations.ts';
import { type Pull, touchPull } from '../core/pulls.ts';
import type { Reply } from '../core/reply.ts';
import { clamp, members, text } from '../core/text.ts';
import { acceptMerge, outOfDate, testMerge } from './merge.ts';
import { renderPull, stateOf } from './render.ts';
import { refuse } from './reply.ts';

/** Answers a request to Bitbucket Data Center's API. */
export async function routeBitbucketServer(request: ApiRequest): Promise<Reply> {
  const { method, url } = request;
  // For example "/rest/api/1.0/projects/OPS/repos/gitops/pull-requests/1/merge".
  const path =
    /^\/rest\/api\/1\.0\/projects\/(?<project>[^/]+)\/repos\/(?<slug>[^/]+)\/pull-requests(?:\/(?<number>\d{1,9})(?<action>\/[a-z-]+)?)?$/;
  const { project, slug, number, action = '' } = path.exec(url.pathname)?.groups ?? {};
  const repository = project === undefined ? undefined : request.find(`scm/${project}/${slug}`);
  if (repository === undefined) {
    return refuse(
      404,
      `Repository ${project}/${slug} does not exist.`,
      'repository.NoSuchRepositoryException',
    );
  }
  const context = request.contextFor(repository);
  if (number === undefined) return method === 'POST' ? open(request, context) : listPulls(request, context);
  const pull = context.pulls.get(Number(number));
  if (pull === undefined) {
    const message = `Pull request ${number} does not exist in ${project}/${slug}.`;
    return refuse(404, message, 'pull.NoSuchPullRequestException');
  }
  return routePull(request, context, pull, `${method}${action}`);
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
    case 'GET/auto-merge':
      if (pull.auto === undefined) return { status: 204 };
      return { status: 200, body: { fromHash: pull.headId, strategyId: pull.auto.method } };
    case 'GET/merge':
      return { status: 200, body: await testMerge(context, pull) };
    case 'POST/merge':
      return (await acceptMerge(request, context, pull)) ?? shown();
    case 'POST/decline': {
      const version = Number(request.url.searchParams.get('version') ?? '-1');
      if (version !== pull.revision) return outOfDate(pull, version);
      declinePull(context, pull);
      return shown();
    }
    case 'POST/comments': {
      const words = text(members(request.body)['text']);
      addComment(context, pull, words);
      return { status: 201, body: { id: pull.comments.length, version: 0, text: words } };
    }
    default:
      return refuse(405, 'Method not allowed', 'MethodNotAllowedException');
  }
}

/** Reviewers that are not named any more are none; a title that is not named stays. */
function change({ body }: ApiRequest, { clock }: PullContext, pull: Pull): Reply | undefined {
  const { version, title, description, reviewers, draft } = members(body);
  if (version !== pull.revision) return outOfDate(pull, typeof version === 'number' ? version : -1);
  if (typeof title === 'string') pull.title = title;
  pull.body = text(description);
  pull.reviewers = readReviewers(reviewers);
  if (typeof draft === 'boolean') pull.isDraft = draft;
  touchPull(pull, clock.nowMs());
  return undefined;
}

function readReviewers(value: JsonValue | undefined): string[] {
  const reviewers: readonly JsonValue[] = Array.isArray(value) ? value : [];
  return reviewers.map((one) => text(members(members(one)['user'])['name']));
}

function open(request: ApiRequest, context: PullContext): Reply {
  const body = members(request.body);
  const branchOf = (side: JsonValue | undefined): string =>
    text(members(side)['id']).replace(/^refs\/heads\//, '');
  const headBranch = branchOf(body['fromRef']);
  const baseBranch = branchOf(body['toRef']);
  const opened = openPull(context, {
    title: text(body['title']),
    body: text(body['description']),
    headBranch,
    baseBranch,
    isDraft: body['draft'] === true,
    reviewers: readReviewers(body['reviewers']),
  });
  switch (opened.kind) {
    case 'opened':
      return { status: 201, body: renderPull(request.urls, context, opened.pull) };
    case 'duplicate': {
      const message = 'Only one pull request may be open for a given source and target branch';
      const existingPullRequest = renderPull(request.urls, context, opened.pull);
      return refuse(409, message, 'pull.DuplicatePullRequestException', { existingPullRequest });
    }
    case 'no-head':
      return refuse(404, `Branch "${headBranch}" does not exist.`, 'repository.NoSuchBranchException');
    case 'no-base':
      return refuse(404, `Branch "${baseBranch}" does not exist.`, 'repository.NoSuchBranchException');
    case 'nothing-new': {
      const message = `${baseBranch} is already up-to-date with branch ${headBranch}`;
      return refuse(409, message, 'pull.EmptyPullRequestException');
    }
  }
}

function listPulls(request: ApiRequest, context: PullContext): Reply {
  const query = request.url.searchParams;
  const at = query.get('at')?.replace(/^refs\/heads\//, '');
  const isFrom = query.get('direction') === 'OUTGOING';
  const state = query.get('state') ?? 'OPEN';
  const found = context.pulls.all().filter((pull) => {
    if (at !== undefined && at !== (isFrom ? pull.headBranch : pull.baseBranch)) return false;
    return state === 'ALL' || state === stateOf(pull);
  });
  const sorted = query.get('order') === 'OLDEST' ? found : [...found].reverse();
  const limit = clamp(query.get('limit'), 25, 1000);
  const values = sorted.slice(0, limit).map((pull) => renderPull(request.urls, context, pull));
  const isLastPage = sorted.length <= limit;
  return { status: 200, body: { size: values.length, limit, start: 0, isLastPage, values } };
}
