import type { JsonObject } from '../../../base/index.ts';
import type { ServerContext } from '../context.ts';
import { nameOf, namespaceOf, revisionOf, textAt } from '../json-path.ts';

/** How long an Event is kept after it was last written about. */
const retentionMs = 60 * 60 * 1000;
const sweepIntervalMs = 5 * 60 * 1000;

/** Deletes old Events for as long as the server runs; a cluster keeps them for an hour as well. */
export function startEventRetention(context: ServerContext): void {
  let cancel = (): void => {};
  const schedule = (): void => {
    cancel = context.clock.schedule(sweepIntervalMs, () => {
      void sweep(context);
      schedule();
    });
  };
  schedule();
  context.closing.addEventListener('abort', () => cancel());
}

async function sweep(context: ServerContext): Promise<void> {
  const oldestMs = context.clock.nowMs() - retentionMs;
  for (const event of context.store.list('events', undefined).items) {
    if (lastSeenMs(event) >= oldestMs) continue;
    const key = { resource: 'events', namespace: namespaceOf(event) ?? '', name: nameOf(event) };
    // One that has just been written about is another version, and stays.
    await context.store.remove(key, revisionOf(event));
  }
}

function lastSeenMs(event: JsonObject): number {
  const times = [
    textAt(event, 'metadata', 'creationTimestamp'),
    textAt(event, 'lastTimestamp'),
    textAt(event, 'series', 'lastObservedTime'),
  ];
  const known = times.map((time) => Date.parse(time ?? '')).filter((ms) => !Number.isNaN(ms));
  return Math.max(0, ...known);
}
