import { expect, test } from 'vitest';
import { createManualClock } from '../../../test/support/manual-clock.ts';
import { createMemoryMetrics } from '../../../test/support/memory-metrics.ts';
import { fc } from '../../../test/support/properties.ts';
import { createSeededRandom } from '../../../test/support/seeded-random.ts';
import type { WakePriority } from '../../ports/index.ts';
import { createQueueMetrics } from '../metrics.ts';
import { createQueue, type QueueOptions } from './queue.ts';

function setUp(options: Partial<QueueOptions> = {}) {
  const clock = createManualClock();
  const metrics = createMemoryMetrics();
  const panics: string[] = [];
  const queue = createQueue(
    {
      clock,
      random: createSeededRandom(3),
      metrics: createQueueMetrics(metrics, 'test'),
      onPanic: (key) => panics.push(key),
    },
    { concurrency: 1, ...options },
  );
  return { clock, metrics, queue, panics };
}

const orders: { name: string; adds: [string, WakePriority][]; want: string[]; because: string }[] = [
  {
    name: 'arrival',
    adds: [
      ['a', 'change'],
      ['b', 'change'],
      ['a', 'change'],
    ],
    want: ['a', 'b'],
    because: 'a key waits once',
  },
  {
    name: 'priority',
    adds: [
      ['a', 'resync'],
      ['b', 'timer'],
      ['c', 'change'],
    ],
    want: ['c', 'b', 'a'],
    because: 'changes before timers before resyncs',
  },
  {
    name: 'promotion of a waiting key',
    adds: [
      ['a', 'resync'],
      ['b', 'timer'],
      ['a', 'change'],
    ],
    want: ['a', 'b'],
    because: 'the most urgent reason counts',
  },
  {
    name: 'no demotion',
    adds: [
      ['a', 'change'],
      ['a', 'resync'],
      ['b', 'timer'],
    ],
    want: ['a', 'b'],
    because: 'a less urgent reason changes nothing',
  },
];
test.each(orders)('serves by $name', async ({ adds, want, because }) => {
  const { clock, queue } = setUp();
  const served: string[] = [];
  for (const [key, priority] of adds) queue.add(key, priority);
  queue.start(async (key) => void served.push(key));
  await clock.settle();
  expect(served, because).toEqual(want);
});

test('the earliest of several delayed adds counts, and taking a key up cancels the rest', async () => {
  const { clock, queue } = setUp();
  const servedMs: number[] = [];
  const startMs = clock.nowMs();
  queue.start(async () => void servedMs.push(clock.nowMs() - startMs));
  queue.addAfter('a', 5000, 'timer');
  queue.addAfter('a', 2000, 'timer');
  queue.addAfter('a', 9000, 'timer');
  await clock.advance(60_000);
  expect(servedMs).toEqual([2000]);
  queue.addAfter('a', 5000, 'timer');
  queue.add('a', 'change');
  await clock.advance(60_000);
  expect(servedMs).toEqual([2000, 60_000]);
});

test('back-off doubles up to its limit and starts anew after success', async () => {
  const { clock, queue } = setUp({ backoff: { baseMs: 100, maxMs: 1000 } });
  const servedMs: number[] = [];
  queue.start(async (key) => {
    servedMs.push(clock.nowMs());
    if (servedMs.length < 8) queue.addBackoff(key);
  });
  queue.add('a', 'change');
  await clock.advance(20_000);
  const gaps = servedMs.slice(1).map((atMs, index) => atMs - (servedMs[index] ?? 0));
  for (const [index, gap] of gaps.entries()) {
    const fullMs = Math.min(1000, 100 * 2 ** index);
    expect(gap).toBeGreaterThanOrEqual(fullMs / 2);
    expect(gap).toBeLessThanOrEqual(fullMs);
  }
  queue.forget('a');
  queue.addBackoff('a');
  expect(queue.state.delayed).toBe(1);
  await clock.advance(101);
  expect(queue.state.delayed).toBe(0);
});

test('many failing keys together are held to the overall rate', async () => {
  const { clock, queue } = setUp({
    concurrency: 100,
    backoff: { baseMs: 1, maxMs: 1 },
    bucket: { perSecond: 10, burst: 5 },
  });
  let served = 0;
  queue.start(async (key) => {
    served += 1;
    queue.addBackoff(key);
  });
  for (let index = 0; index < 50; index += 1) queue.add(`k${index}`, 'change');
  await clock.advance(10_000);
  expect(served).toBeLessThanOrEqual(50 + 5 + 100 + 1);
  expect(served).toBeGreaterThan(100);
});

test('what work throws is reported, and the queue goes on', async () => {
  const { clock, queue, panics } = setUp();
  const served: string[] = [];
  queue.start(async (key) => {
    served.push(key);
    if (key === 'a') throw new Error('oops');
  });
  queue.add('a', 'change');
  queue.add('b', 'change');
  await clock.settle();
  expect(served).toEqual(['a', 'b']);
  expect(panics).toEqual(['a']);
});

test('stop waits for the workers and takes up nothing more', async () => {
  const { clock, queue, metrics } = setUp();
  let release: () => void = () => undefined;
  const served: string[] = [];
  queue.start((key) => {
    served.push(key);
    return new Promise((resolve) => {
      release = resolve;
    });
  });
  queue.add('a', 'change');
  queue.add('b', 'change');
  queue.addAfter('c', 10, 'timer');
  expect(metrics.read('workqueue_depth', { name: 'test', controller: 'test' })).toBe(1);
  let isStopped = false;
  const stopped = queue.stop().then(() => {
    isStopped = true;
  });
  await clock.advance(1000);
  expect(isStopped).toBe(false);
  release();
  await stopped;
  queue.add('d', 'change');
  await clock.advance(1000);
  expect(served).toEqual(['a']);
});

const step = fc.oneof(
  fc.record({
    do: fc.constant('add' as const),
    key: fc.integer({ min: 0, max: 4 }),
    priority: fc.constantFrom('change', 'timer', 'resync'),
  }),
  fc.record({
    do: fc.constant('after' as const),
    key: fc.integer({ min: 0, max: 4 }),
    delayMs: fc.integer({ min: 1, max: 500 }),
  }),
  fc.record({ do: fc.constant('advance' as const), ms: fc.integer({ min: 1, max: 400 }) }),
);

test('random schedules: no key twice at once, no more workers than allowed, no add without a later run', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 30 }),
      fc.integer({ min: 1, max: 3 }),
      fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 1, maxLength: 10 }),
      async (steps, concurrency, durationsMs) => {
        const { clock, queue } = setUp({ concurrency });
        const active = new Set<string>();
        const owed = new Set<string>();
        let runs = 0;
        queue.start(async (key) => {
          expect(active.has(key), 'one worker per key').toBe(false);
          active.add(key);
          expect(active.size).toBeLessThanOrEqual(concurrency);
          owed.delete(key);
          const durationMs = durationsMs[runs % durationsMs.length] ?? 0;
          runs += 1;
          if (durationMs > 0) await new Promise<void>((resolve) => clock.schedule(durationMs, resolve));
          active.delete(key);
        });
        for (const item of steps) {
          if (item.do === 'advance') await clock.advance(item.ms);
          else if (item.do === 'add') {
            owed.add(String(item.key));
            queue.add(String(item.key), item.priority);
          } else {
            owed.add(String(item.key));
            queue.addAfter(String(item.key), item.delayMs, 'timer');
          }
        }
        await clock.advance(30_000);
        expect([...owed]).toEqual([]);
        expect(queue.state.depth + queue.state.active.size + queue.state.delayed).toBe(0);
      },
    ),
    { numRuns: 40 },
  );
});
