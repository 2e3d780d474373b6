import { expect, test } from 'vitest';
import type { QueueState } from '../queue/queue.ts';
import { judgeHealth } from './health.ts';

const nowMs = 10_000_000;
const idle: QueueState = { depth: 0, delayed: 3, active: new Map(), oldestDueMs: undefined };

const rows: { name: string; queue: Partial<QueueState>; want: string | undefined; because: string }[] = [
  { name: 'idle', queue: {}, want: undefined, because: 'delayed keys are not due' },
  {
    name: 'a pass within its deadline',
    queue: { active: new Map([['demo/a', nowMs - 100_000]]) },
    want: undefined,
    because: 'long passes are allowed to be long',
  },
  {
    name: 'a pass far beyond its deadline',
    queue: { active: new Map([['demo/a', nowMs - 1_000_000]]) },
    want: 'stage: the pass over "demo/a" has been running for 16m40s',
    because: 'it hangs',
  },
  {
    name: 'waiting behind busy workers',
    queue: {
      depth: 5,
      oldestDueMs: nowMs - 500_000,
      active: new Map(['a', 'b'].map((key) => [key, nowMs - 400_000])),
    },
    want: undefined,
    because: 'they are within their deadline',
  },
  {
    name: 'waiting although a worker is free',
    queue: { depth: 5, oldestDueMs: nowMs - 500_000 },
    want: 'stage: objects are due (5), the first since 8m20s, and nobody takes them up',
    because: 'the queue stands still',
  },
];
test.each(rows)('$name', ({ queue, want, because }) => {
  const progress = { controller: 'stage', queue: { ...idle, ...queue }, concurrency: 2, deadlineMs: 600_000 };
  const health = judgeHealth([progress], nowMs, 300_000);
  expect(health.healthy ? undefined : health.sentence, because).toBe(want);
});
