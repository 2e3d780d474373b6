import { isJsonObject } from '../../../base/index.ts';
import type { Repository } from '../../git-server/index.ts';
import type { ApiRequest } from '../core/front.ts';
import { addComment, findCommit } from '../core/operations.ts';
import type { Pull } from '../core/pulls.ts';
import type { Reply } from '../core/reply.ts';
import { members, text, texts } from '../core/text.ts';
import { answerGraph } from './graph.ts';
import {
  addLabels,
  addPeople,
  changePull,
  describePull,
  type GitHubContext,
  listPulls,
  mergePull,
  openPull,
} from './operations.ts';
import { problem } from './problem.ts';
import { renderCommit, renderLabels, renderRepository, renderUser } from './render.ts';

/** Answers a request; what is not there is a 404 as at GitHub. */
export async function routeGitHub(request: ApiRequest): Promise<Reply> {
  const path = request.url.pathname.replace(/^\/api\/v3(?=\/)/, '');
  if (path === '/graphql' || path === '/api/graphql') return answerGraph(request);
  if (path === '/user') return { status: 200, body: renderUser(request.urls, request.login) };
  // For example "/repos/example/gitops/pulls/1/merge".
  const match = /^\/repos\/(?<owner>[^/]+)\/(?<name>[^/]+)(?<rest>\/.*)?$/.exec(path)?.groups;
  const repository = match === undefined ? undefined : request.find(`${match['owner']}/${match['name']}`);
  if (repository === undefined) return problem(404, 'Not Found');
  const context = { ...request.contextFor(repository), urls: request.urls };
  return routeRepository(request, context, path, match?.['rest'] ?? '');
}

async function routeRepository(
  request: ApiRequest,
  context: GitHubContext,
  path: string,
  rest: string,
): Promise<Reply> {
  const { method, url, urls } = request;
  const { repository } = context;
  const body = isJsonObject(request.body) ? request.body : {};
  if (rest === '' && method === 'GET') return { status: 200, body: renderRepository(urls, repository) };
  if (rest === '/pulls' && method === 'GET') return listPulls(context, url.searchParams, path);
  if (rest === '/pulls' && method === 'POST') return openPull(context, body);
  const commit = /^\/commits\/(?<revision>.+)$/.exec(rest)?.groups?.['revision'];
  if (commit !== undefined && method === 'GET') return showCommit(request, repository, commit);
  const ref = /^\/git\/refs\/heads\/(?<branch>.+)$/.exec(rest)?.groups?.['branch'];
  if (ref !== undefined && method === 'DELETE') return deleteBranch(context, decodeURIComponent(ref));
  // For example "/pulls/1/merge" or "/issues/1/labels".
  const numbered = /^\/(?:pulls|issues)\/(?<number>\d{1,9})(?<action>\/.*)?$/.exec(rest)?.groups;
  const pull = numbered === undefined ? undefined : context.pulls.get(Number(numbered['number']));
  if (pull === undefined) return problem(404, 'Not Found');
  const kind = rest.startsWith('/pulls') ? 'pulls' : 'issues';
  return routePull(request, context, pull, `${method} ${kind}${numbered?.['action'] ?? ''}`);
}

async function routePull(
  request: ApiRequest,
  context: GitHubContext,
  pull: Pull,
  operation: string,
): Promise<Reply> {
  const body = members(request.body);
  switch (operation) {
    case 'GET pulls':
      return { status: 200, body: await describePull(context, pull) };
    case 'PATCH pulls':
    case 'PATCH issues':
      return changePull(context, pull, body);
    case 'GET pulls/merge':
      return pull.merge === undefined ? problem(404, 'Not Found') : { status: 204 };
    case 'PUT pulls/merge':
      return mergePull(context, pull, body);
    case 'POST issues/comments': {
      addComment(context, pull, text(body['body']));
      return { status: 201, body: { id: pull.comments.length, body: text(body['body']) } };
    }
    case 'GET issues/labels':
      return { status: 200, body: renderLabels(pull) };
    case 'POST issues/labels':
      return addLabels(context, pull, request.body);
    case 'POST issues/assignees':
      return addPeople(
        context,
        pull,
        { field: 'assignees', names: texts(body['assignees']) },
        request.logins,
      );
    case 'POST pulls/requested_reviewers':
      return addPeople(
        context,
        pull,
        { field: 'reviewers', names: texts(body['reviewers']) },
        request.logins,
      );
    default:
      return problem(404, 'Not Found');
  }
}

function showCommit(request: ApiRequest, repository: Repository, revision: string): Reply {
  const id = findCommit(repository, decodeURIComponent(revision));
  if (id === undefined) return problem(422, `No commit found for SHA: ${revision.slice(0, 100)}`);
  return { status: 200, body: renderCommit(request.urls, repository, id) };
}

function deleteBranch(context: GitHubContext, branch: string): Reply {
  const ref = `refs/heads/${branch}`;
  if (context.repository.refs.get(ref) === undefined) return problem(422, 'Reference does not exist');
  if (ref === context.repository.head) return problem(422, 'Cannot delete the default branch');
  context.git.setBranch(context.repository.name, branch, undefined);
  return { status: 204 };
}
