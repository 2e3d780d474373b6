import type { Clock, MergeOrder, MergeOutcome, PullRequest } from '../ports/index.ts';

/**
 * What can be said about merging before a host's own rules are asked; `undefined` when they decide.
 *
 * Guarantees: pure; merged already is success, closed is final, another head than the one that was ordered waits.
 */
export function judgeMerge(
  pullRequest: PullRequest,
  order: MergeOrder,
  methods: readonly string[],
): MergeOutcome | undefined {
  const { number, headCommit } = pullRequest;
  if (pullRequest.isMerged) return { kind: 'merged', pullRequest };
  if (!pullRequest.isOpen) return refused(`pull request ${number} was closed without being merged`);
  if (order.method !== undefined && !methods.includes(order.method)) {
    return refused(`the host has no merge method "${order.method}", only ${methods.join(', ')}`);
  }
  if (order.headCommit !== undefined && !isSameCommit(order.headCommit, headCommit)) {
    return notReady(`its head is ${headCommit}, not ${order.headCommit}`);
  }
  return undefined;
}

/** Ids that a host has shortened count by what is left of them. */
function isSameCommit(wanted: string, found: string): boolean {
  return found !== '' && wanted.startsWith(found);
}

/** Worth another try. */
export function notReady(reason: string): MergeOutcome {
  return { kind: 'not-ready', reason };
}

/** The host merges it by itself. */
export function queued(pullRequest: PullRequest, reason: string): MergeOutcome {
  return { kind: 'queued', reason, pullRequest };
}

/** Another try will end the same way. */
export function refused(reason: string): MergeOutcome {
  return { kind: 'refused', reason };
}

/**
 * Reads again, once a second, until a pull request is no longer open; gives what was read last.
 *
 * Limits: `tries` reads. Errors: those of `read`; the signal's reason.
 */
export async function readUntilClosed<Read extends { readonly pull: PullRequest }>(
  clock: Clock,
  tries: number,
  read: () => Promise<Read>,
  signal: AbortSignal,
): Promise<Read> {
  let found = await read();
  for (let left = tries - 1; left > 0 && found.pull.isOpen; left--) {
    await pause(clock, 1000, signal);
    found = await read();
  }
  return found;
}

function pause(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const cancel = clock.schedule(delayMs, () => {
      signal.removeEventListener('abort', stop);
      resolve();
    });
    const stop = (): void => {
      cancel();
      reject(signal.reason);
    };
    signal.addEventListener('abort', stop, { once: true });
  });
}
