import { expect, test } from 'vitest';
import { createPinoLog } from './pino-log.ts';
import { createPromMetrics } from './prom-metrics.ts';
import { createSystemClock, createSystemRandom } from './system.ts';

test('a log line is one JSON object with level, time, message and fields', () => {
  const lines: string[] = [];
  const log = createPinoLog({
    level: 'info',
    write: (line) => lines.push(line),
    fields: { controller: 'stage' },
  });
  log.child({ namespace: 'demo' }).warn('pass failed', { code: 'kube.invalid' });
  log.debug('not written');
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? '')).toEqual({
    level: 'warn',
    time: expect.stringMatching(/^\d{4}-.*Z$/),
    controller: 'stage',
    namespace: 'demo',
    code: 'kube.invalid',
    msg: 'pass failed',
  });
});

test('metrics are rendered in the text format, and declaring one twice gives the same', async () => {
  const { metrics, render } = createPromMetrics();
  const declaration = { name: 'passes_total', help: 'Passes.', labels: ['result'] as const };
  metrics.counter(declaration).add({ result: 'success' });
  metrics.counter(declaration).add({ result: 'success' }, 2);
  metrics.gauge({ name: 'depth', help: 'Depth.', labels: [] }).set({}, 7);
  metrics.histogram({ name: 'time_seconds', help: 'Time.', labels: [], buckets: [1, 5] }).observe({}, 3);
  const { text } = await render();
  expect(text).toContain('passes_total{result="success"} 3');
  expect(text).toContain('depth 7');
  expect(text).toContain('time_seconds_bucket{le="5"} 1');
});

test('the system clock calls once and can be cancelled', async () => {
  const clock = createSystemClock();
  const called: string[] = [];
  const cancel = clock.schedule(0, () => called.push('cancelled'));
  cancel();
  const keepAlive = setInterval(() => undefined, 1000);
  await new Promise<void>((resolve) => clock.schedule(1, resolve));
  clearInterval(keepAlive);
  expect(called).toEqual([]);
  expect(clock.nowMs()).toBeGreaterThan(1_600_000_000_000);
});

test('random numbers are in range and UUIDs have version 4', () => {
  const random = createSystemRandom();
  expect(random.next()).toBeLessThan(1);
  expect(random.uuid()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});
