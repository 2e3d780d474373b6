import type { JsonObject } from '../../../base/index.ts';
import { enqueue, orderAuto } from '../core/auto.ts';
import type { ApiRequest } from '../core/front.ts';
import type { MergeMethod } from '../core/merge.ts';
import { type PullContext, tryMerge } from '../core/operations.ts';
import type { Pull } from '../core/pulls.ts';
import type { Reply } from '../core/reply.ts';
import { members, text } from '../core/text.ts';
import { describeMerge } from './operations.ts';
import { nodeId, readNodeId, readOpenState } from './render.ts';

const methods: Readonly<Record<string, MergeMethod>> = { MERGE: 'merge', SQUASH: 'squash', REBASE: 'rebase' };

/**
 * The part of GitHub's GraphQL API that nothing in REST stands for: the state of a pull request in a merge queue, and the
 * two ways to have it merged by itself. Operations are told by the field that they ask for, the rest is not parsed.
 */
export async function answerGraph(request: ApiRequest): Promise<Reply> {
  const { query, variables } = members(request.body);
  const given = members(variables);
  const field = /\b(?:enablePullRequestAutoMerge|enqueuePullRequest|pullRequest)(?=\()/.exec(
    text(query),
  )?.[0];
  switch (field) {
    case 'pullRequest': {
      const name = `${text(given['owner'])}/${text(given['name'])}`;
      const found = find(request, { name, number: Number(given['number']) });
      if (found === undefined) return notFound(name);
      return { status: 200, body: { data: { repository: { pullRequest: await describe(found) } } } };
    }
    case 'enablePullRequestAutoMerge':
    case 'enqueuePullRequest': {
      const found = find(request, readNodeId(text(given['id'])));
      if (found === undefined) return notFound(text(given['id']));
      const problem = await change(found, given, field);
      if (problem !== undefined) return refuse('UNPROCESSABLE', problem, field);
      return { status: 200, body: { data: { [field]: { clientMutationId: null } } } };
    }
    default:
      return refuse('undefinedField', 'Field does not exist', 'query');
  }
}

interface Found {
  readonly context: PullContext;
  readonly pull: Pull;
}

function find(
  request: ApiRequest,
  { name, number }: { readonly name: string; readonly number: number },
): Found | undefined {
  const repository = request.find(name);
  if (repository === undefined) return undefined;
  const context = request.contextFor(repository);
  const pull = context.pulls.get(number);
  return pull === undefined ? undefined : { context, pull };
}

async function describe({ context, pull }: Found): Promise<JsonObject> {
  const state = await readState({ context, pull });
  return {
    id: nodeId(context.repository, pull),
    mergeStateStatus: state,
    isInMergeQueue: pull.queue !== undefined,
    isMergeQueueEnabled: context.hasMergeQueue,
    autoMergeRequest: pull.auto === undefined ? null : { enabledAt: new Date(0).toISOString() },
  };
}

async function readState({ context, pull }: Found): Promise<string> {
  return readOpenState(pull, await tryMerge(context, pull)).toUpperCase();
}

async function change(found: Found, given: JsonObject, field: string): Promise<string | undefined> {
  const { context, pull } = found;
  if (pull.state !== 'open') return 'Pull request is closed';
  if (text(given['head']) !== pull.headId) return 'Head sha didn’t match expected head sha';
  const state = await readState(found);
  if (field === 'enqueuePullRequest') {
    if (!context.hasMergeQueue) return 'Merge queue is not enabled for this branch';
    if (pull.queue !== undefined) return 'Pull request is already in the queue';
    if (state !== 'CLEAN') return 'Pull request is not ready to be queued';
    enqueue(context, pull, 'merge');
    return undefined;
  }
  if (state === 'CLEAN' && !context.hasMergeQueue) return 'Pull request is in clean status';
  const method = methods[text(given['method']) || 'MERGE'];
  if (method === undefined) return 'Merge method is not known';
  await orderAuto(context, pull, method, describeMerge);
  return undefined;
}

function refuse(type: string, message: string, field: string): Reply {
  return { status: 200, body: { data: { [field]: null }, errors: [{ type, path: [field], message }] } };
}

function notFound(name: string): Reply {
  return refuse('NOT_FOUND', `Could not resolve to a node with the name '${name}'.`, 'repository');
}
