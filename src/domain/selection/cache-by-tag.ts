/** What an operator lets subscriptions say about `cacheByTag`. */
export type CacheByTagPolicy = 'Allow' | 'Forbid' | 'Force' | 'Require';

/** Whether what a tag pointed to once is taken to be true for ever. */
export type CacheByTagResult =
  | { readonly ok: true; readonly isCached: boolean }
  | { readonly ok: false; readonly problem: string };

/**
 * Is an image looked up by its tag only once?
 *
 * Source: Kargo's behavior: Allow takes the subscription at its word, Forbid and Force overrule it silently, Require
 * refuses those that do not say so. Digest follows a tag that moves and is never cached; unlike Kargo, whose discovery
 * refuses what its admission lets pass, Require asks nothing of it.
 */
export function decideCacheByTag(
  policy: CacheByTagPolicy,
  subscription: {
    readonly cacheByTag?: boolean | undefined;
    readonly imageSelectionStrategy: string;
  },
): CacheByTagResult {
  if (subscription.imageSelectionStrategy === 'Digest') return { ok: true, isCached: false };
  const isWanted = subscription.cacheByTag === true;
  switch (policy) {
    case 'Forbid':
      return { ok: true, isCached: false };
    case 'Force':
      return { ok: true, isCached: true };
    case 'Require':
      return isWanted
        ? { ok: true, isCached: true }
        : { ok: false, problem: 'must be true: the operator requires it of all but Digest' };
    case 'Allow':
      return { ok: true, isCached: isWanted };
  }
}
