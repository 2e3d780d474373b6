import type { MergeOrder, MergeOutcome, PullRequest } from '../../ports/index.ts';
import { readRejection } from '../call.ts';
import { forgeErrors } from '../errors.ts';
import { type Fields, fieldsOf, textOf } from '../fields.ts';
import { notReady, queued, refused } from '../merging.ts';
import type { GraphQuestion } from './graph.ts';

/** Asks GraphQL about one repository. */
export type AskGraph = (question: GraphQuestion, signal: AbortSignal) => Promise<Fields>;

const stateQuery = (more: string): string =>
  `query($owner: String!, $name: String!, $number: Int!) {
    repository(owner: $owner, name: $name) {
      pullRequest(number: $number) { id mergeStateStatus autoMergeRequest { enabledAt } ${more} }
    }
  }`;
const enableMutation = `mutation($id: ID!, $head: GitObjectID!, $method: PullRequestMergeMethod) {
  enablePullRequestAutoMerge(input: { pullRequestId: $id, expectedHeadOid: $head, mergeMethod: $method }) {
    clientMutationId
  }
}`;
const enqueueMutation = `mutation($id: ID!, $head: GitObjectID!) {
  enqueuePullRequest(input: { pullRequestId: $id, expectedHeadOid: $head }) { clientMutationId }
}`;
/** States in which the rules of the branch allow a merge. */
const readyStates: readonly string[] = ['CLEAN', 'HAS_HOOKS', 'UNSTABLE'];

/**
 * Has GitHub merge a pull request by itself: through the merge queue where its base has one, else as soon as its checks
 * and reviews allow. "now" when it can be merged at once, without a queue.
 *
 * REST tells nothing of queues, so GraphQL is asked.
 */
export async function mergeByItself(
  ask: AskGraph,
  path: string,
  { pull, order }: { readonly pull: PullRequest; readonly order: MergeOrder },
  signal: AbortSignal,
): Promise<MergeOutcome | 'now'> {
  const state = await readState(ask, path, pull, signal);
  const { id, mergeStateStatus, isInMergeQueue, autoMergeRequest } = state;
  const hasQueue = state['isMergeQueueEnabled'] === true;
  if (isInMergeQueue === true) return queued(pull, 'it waits in the merge queue');
  if (autoMergeRequest) return queued(pull, 'GitHub merges it as soon as its rules allow');
  if (hasQueue && order.wasQueued === true) return refused('it was taken out of the merge queue');
  if (mergeStateStatus === 'DIRTY') return refused('it conflicts with its base');
  if (mergeStateStatus === 'DRAFT') return notReady('it is a draft');
  if (mergeStateStatus === 'UNKNOWN')
    return notReady('GitHub has not yet found out whether it can be merged');
  const isReady = readyStates.includes(textOf(mergeStateStatus));
  if (isReady && !hasQueue) return 'now';
  const what = `merging pull request ${pull.number} of "${path}" by itself`;
  const target = { id: textOf(id), head: pull.headCommit };
  const method = order.method?.toUpperCase() ?? 'MERGE';
  try {
    if (isReady) await ask({ query: enqueueMutation, variables: target, what }, signal);
    else await ask({ query: enableMutation, variables: { ...target, method }, what }, signal);
  } catch (error) {
    return afterGraphRefusal(error, pull);
  }
  return isReady
    ? queued(pull, 'it waits in the merge queue')
    : queued(pull, 'GitHub merges it as soon as its rules allow');
}

async function readState(
  ask: AskGraph,
  path: string,
  pull: PullRequest,
  signal: AbortSignal,
): Promise<Fields> {
  const [owner = '', name = ''] = path.split('/');
  const variables = { owner, name, number: pull.number };
  const what = `the state of pull request ${pull.number} of "${path}"`;
  const read = (more: string) => ask({ query: stateQuery(more), variables, what }, signal);
  const data = await read('isInMergeQueue isMergeQueueEnabled').catch((error: unknown) => {
    // Enterprise hosts of older versions know no queues.
    if (forgeErrors.is(error, 'forge.rejected') && error.data['type'] === 'undefinedField') return read('');
    throw error;
  });
  return fieldsOf(fieldsOf(data['repository'])['pullRequest']);
}

function afterGraphRefusal(error: unknown, pull: PullRequest): MergeOutcome | 'now' {
  const reason = readRejection(error)?.reason;
  if (reason === undefined) throw error;
  // Its last check has come in between.
  if (/(?:clean|unstable|has_hooks) status/i.test(reason)) return 'now';
  if (/already (?:enabled|queued|in)/i.test(reason)) return queued(pull, reason);
  return /head|expected|modified/i.test(reason) ? notReady(reason) : refused(reason);
}
