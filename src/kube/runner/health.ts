import { formatDuration } from '../../base/index.ts';
import type { Health } from '../health.ts';
import type { QueueState } from '../queue/queue.ts';

/** What is known about one controller when its health is judged. */
export interface Progress {
  readonly controller: string;
  readonly queue: QueueState;
  readonly concurrency: number;
  readonly deadlineMs: number;
  /** Since when every pass ends in an unforeseen exception, and the last one of them. */
  readonly panicking?:
    | { readonly sinceMs: number; readonly key: string; readonly reason: string }
    | undefined;
}

/**
 * Healthy unless a pass outlives its deadline by `stuckMs`, work has been due that long although a worker is free, or
 * no pass has ended for that long but in an unforeseen exception.
 *
 * Many long passes are no fault: waiting behind busy workers is judged by the deadlines of what they do.
 */
export function judgeHealth(progress: readonly Progress[], nowMs: number, stuckMs: number): Health {
  for (const { controller, queue, concurrency, deadlineMs, panicking } of progress) {
    if (panicking !== undefined && nowMs - panicking.sinceMs > stuckMs) {
      const { key, reason, sinceMs } = panicking;
      const sentence = `${controller}: every pass for ${ago(nowMs - sinceMs)} has failed unexpectedly, the last one over "${key}": ${reason}`;
      return { healthy: false, sentence };
    }
    for (const [key, sinceMs] of queue.active) {
      if (nowMs - sinceMs <= deadlineMs + stuckMs) continue;
      const sentence = `${controller}: the pass over "${key}" has been running for ${ago(nowMs - sinceMs)}`;
      return { healthy: false, sentence };
    }
    const dueMs = queue.oldestDueMs;
    if (dueMs === undefined || queue.active.size >= concurrency || nowMs - dueMs <= stuckMs) continue;
    const sentence = `${controller}: objects are due (${queue.depth}), the first since ${ago(nowMs - dueMs)}, and nobody takes them up`;
    return { healthy: false, sentence };
  }
  return { healthy: true };
}

function ago(durationMs: number): string {
  return formatDuration(Math.round(durationMs / 1000) * 1000);
}
