import type { MergeOutcome } from '../../ports/index.ts';
import { readRejection } from '../call.ts';
import type { Fields } from '../fields.ts';
import { notReady, refused } from '../merging.ts';

/** The merge methods of GitHub's API. */
export const mergeMethods: readonly string[] = ['merge', 'squash', 'rebase'];

/**
 * Whether an open pull request can be merged now; `undefined` when it is worth the attempt.
 *
 * Source: Kargo's behavior. A state that GitHub adds later falls back to the flags.
 */
export function decideReady(pull: Fields): MergeOutcome | undefined {
  const { mergeable_state: state, draft, mergeable } = pull;
  if (draft === true || state === 'draft') return notReady('it is a draft');
  switch (state) {
    case 'clean':
    case 'unstable':
    case 'has_hooks':
    case 'blocked':
    case 'behind':
      return undefined;
    case 'dirty':
      return refused('it conflicts with its base');
    case 'unknown':
      return notReady('GitHub has not yet found out whether it can be merged');
    default:
      if (mergeable === true) return undefined;
      return notReady(`GitHub says that it cannot be merged now (state "${String(state)}")`);
  }
}

/** What a refused merge means. Errors: the given one when it is no refusal. */
export function afterRefusal(error: unknown, state: string): MergeOutcome {
  const rejection = readRejection(error);
  if (rejection === undefined) throw error;
  const { status, reason } = rejection;
  // The head or the base has moved in between.
  if (status === 409) return notReady(reason);
  if (status !== 405) return refused(reason);
  if (/not allowed/i.test(reason)) return refused(reason);
  if (/merge queue/i.test(reason)) return refused(`${reason} (set autoMerge to have it queued)`);
  const isPassing = /base branch was modified|not mergeable/i.test(reason);
  return isPassing || state === 'blocked' ? notReady(reason) : refused(reason);
}
