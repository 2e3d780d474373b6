import type { MergeOrder, MergeOutcome, PullRequest } from '../../ports/index.ts';
import { type ApiCall, readRejection } from '../call.ts';
import { forgeErrors } from '../errors.ts';
import { type Fields, textOf } from '../fields.ts';
import { notReady, queued, refused } from '../merging.ts';

/** Asks the API of one project; `path` is below it. */
export type AskProject = (
  draft: Omit<ApiCall, 'url'> & { readonly path: string },
  signal: AbortSignal,
) => Promise<Fields>;

/** What is known about a merge request that is to be merged. */
export interface GitLabMerge {
  readonly answer: Fields;
  readonly pull: PullRequest;
  readonly order: MergeOrder;
  /** For messages. */
  readonly what: string;
}

/** While GitLab finds out, an order would be lost without a word; what needs a push cannot be ordered. */
const unready: readonly string[] = [
  'checking',
  'unchecked',
  'preparing',
  'conflict',
  'need_rebase',
  'draft_status',
];

/** Is a merge request set to be merged by itself? */
export function isSetToMerge(answer: Fields): boolean {
  return answer['merge_when_pipeline_succeeds'] === true;
}

/**
 * Has GitLab merge a merge request by itself: on the merge train where the project has trains, else as soon as its checks
 * pass. Gives the answer to the order when that decides.
 */
export async function mergeByItself(
  ask: AskProject,
  merge: GitLabMerge,
  signal: AbortSignal,
): Promise<MergeOutcome | { readonly answer: Fields }> {
  const { answer, pull, what } = merge;
  if (isSetToMerge(answer)) return queued(pull, 'GitLab merges it as soon as its checks pass');
  const status = textOf(answer['detailed_merge_status']);
  if (answer['draft'] === true) return notReady('it is a draft');
  const project = await ask({ method: 'GET', path: '', what: `the project of ${what}` }, signal);
  try {
    if (project['merge_trains_enabled'] === true) return await board(ask, merge, status, signal);
    if (unready.includes(status)) return notReady(`GitLab’s merge status of it is "${status}"`);
    const path = `/merge_requests/${pull.number}/merge`;
    const body = { sha: pull.headCommit, ...readSquash(merge), ...byItself };
    return { answer: await ask({ method: 'PUT', path, body, what: `merging ${what}` }, signal) };
  } catch (error) {
    return afterRefusal(error);
  }
}

/** The second name is that of releases before 17.11. */
const byItself = { auto_merge: true, merge_when_pipeline_succeeds: true };

async function board(
  ask: AskProject,
  merge: GitLabMerge,
  status: string,
  signal: AbortSignal,
): Promise<MergeOutcome> {
  const { pull, order, what } = merge;
  const path = `/merge_trains/merge_requests/${pull.number}`;
  const car = await ask({ method: 'GET', path, what: `the merge train of ${what}` }, signal).catch(
    (error: unknown) => {
      if (forgeErrors.is(error, 'forge.not-found')) return undefined;
      throw error;
    },
  );
  const place = textOf(car?.['status']);
  if (['idle', 'stale', 'fresh', 'merging'].includes(place)) {
    return queued(pull, `it is on the merge train (${place})`);
  }
  if (order.wasQueued === true) return refused('it was taken off the merge train');
  if (unready.includes(status)) return notReady(`GitLab’s merge status of it is "${status}"`);
  const body = { sha: pull.headCommit, ...readSquash(merge), auto_merge: true, when_pipeline_succeeds: true };
  await ask({ method: 'POST', path, body, what: `putting ${what} on the merge train` }, signal);
  return queued(pull, 'it is on the merge train');
}

function readSquash({ order }: GitLabMerge): { readonly squash?: boolean } {
  return order.method === undefined ? {} : { squash: order.method === 'squash' };
}

/** The head has moved (409), or the status has changed since it was read (405); all else stays as it is. */
export function afterRefusal(error: unknown): MergeOutcome {
  const rejection = readRejection(error);
  if (rejection === undefined) throw error;
  const isPassing = rejection.status === 409 || rejection.status === 405;
  return isPassing ? notReady(rejection.reason) : refused(rejection.reason);
}
