import { formatDuration } from '../../base/index.ts';
import type { QueueState } from '../queue/queue.ts';

/** Is work going on as it should? If not, a sentence says what stands still. */
export type Health = { readonly healthy: true } | { readonly healthy: false; readonly sentence: string };

/** What is known about one controller when its health is judged. */
export interface Progress {
  readonly controller: string;
  readonly queue: QueueState;
  /** When a pass last ended, or the controller started, in milliseconds since the epoch. */
  readonly lastEndMs: number;
  readonly deadlineMs: number;
}

/** Healthy unless a pass outlives its deadline by `stuckMs`, or work has been due that long without any pass ending. */
export function judgeHealth(progress: readonly Progress[], nowMs: number, stuckMs: number): Health {
  for (const { controller, queue, lastEndMs, deadlineMs } of progress) {
    for (const [key, sinceMs] of queue.active) {
      if (nowMs - sinceMs <= deadlineMs + stuckMs) continue;
      const sentence = `${controller}: the pass over "${key}" has been running for ${ago(nowMs - sinceMs)}`;
      return { healthy: false, sentence };
    }
    const dueMs = queue.oldestDueMs;
    if (dueMs === undefined || nowMs - dueMs <= stuckMs || nowMs - lastEndMs <= stuckMs) continue;
    const sentence = `${controller}: ${queue.depth} objects are due, the first for ${ago(nowMs - dueMs)}, and no pass has ended for ${ago(nowMs - lastEndMs)}`;
    return { healthy: false, sentence };
  }
  return { healthy: true };
}

function ago(durationMs: number): string {
  return formatDuration(Math.round(durationMs / 1000) * 1000);
}
