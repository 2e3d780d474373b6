import { expect, onTestFinished, test, vi } from 'vitest';
import type { JsonObject } from '../../src/base/index.ts';
import { createApiServer } from '../../src/embedded/apiserver/index.ts';
import { createRunner } from '../../src/kube/index.ts';
import type { Controller, SeenObject } from '../../src/ports/index.ts';
import { createSystemClock, createSystemRandom } from '../../src/telemetry/index.ts';
import { connectKubeContract } from '../support/kube-cluster.ts';
import { createMemoryMetrics } from '../support/memory-metrics.ts';
import { createRecordingLog } from '../support/recording-log.ts';
import { createWidget, type Widget, widgetType } from '../support/widget.ts';

const live = new AbortController().signal;
const count = 60;

/** Runs a controller that claims, acts and answers for each Widget, against the embedded API server. */
async function setUp() {
  const clock = createSystemClock();
  const random = createSystemRandom();
  const log = createRecordingLog();
  const metrics = createMemoryMetrics();
  const server = await createApiServer({ clock, random, log }, { token: 'test' });
  onTestFinished(() => server.close());
  const cluster = await connectKubeContract(
    { server: server.url, token: 'test' },
    AbortSignal.timeout(30_000),
  );
  onTestFinished(() => cluster.close());
  const acted: string[] = [];
  const controller: Controller<Widget, SeenObject<Widget>, Widget, JsonObject, JsonObject> = {
    name: 'widget',
    type: widgetType,
    concurrency: 8,
    deadlineMs: 30_000,
    wakes: (old, object) => old.metadata.generation !== object.metadata.generation,
    watches: [],
    statusOf: (object) => object.status,
    reconciler: {
      async observe(key) {
        const object = cluster.reader.get(widgetType, key);
        return object === undefined ? 'gone' : { object, nowMs: clock.nowMs() };
      },
      decide: (seen) => seen.object,
      async act(widget, pass) {
        if (widget.status?.['size'] === widget.spec['size']) return widget.status ?? {};
        await pass.checkpoint({ claim: 'c1' });
        acted.push(widget.metadata.name);
        await pass.checkpoint({ size: widget.spec['size'] }, { pointer: '/status/claim', value: 'c1' });
        return { size: widget.spec['size'] };
      },
      report: (_seen, _plan, done) => ({ status: done, events: [], wakeUp: { kind: 'none' } }),
    },
  };
  const events = { emit: () => undefined };
  const runner = createRunner({ ...cluster, clock, random, log, metrics, events }, [controller]);
  onTestFinished(() => runner.stop());
  return { cluster, runner, acted, log, metrics };
}

test('many objects are worked on once each, with two writes, and then there is rest', async () => {
  const { cluster, runner, acted, log } = await setUp();
  const names = Array.from({ length: count }, (_, index) => `w${index}`);
  await Promise.all(
    names.map((name) =>
      cluster.someone.create(widgetType, createWidget(name, { spec: { size: '1' } }), live),
    ),
  );
  runner.start();
  await vi.waitFor(
    () => {
      const done = cluster.reader.list(widgetType).filter((widget) => widget.status?.['size'] === '1');
      expect(done).toHaveLength(count);
      expect(runner.isIdle()).toBe(true);
    },
    { interval: 10, timeout: 15_000 },
  );
  expect([...acted].sort()).toEqual([...names].sort());
  const before = new Map(
    cluster.reader.list(widgetType).map(({ metadata }) => [metadata.uid, metadata.resourceVersion]),
  );
  await cluster.someone.mergePatch(
    widgetType,
    { namespace: 'demo', name: 'w7' },
    { spec: { size: '2' } },
    {},
    live,
  );
  await vi.waitFor(() => expect(acted).toHaveLength(count + 1), { interval: 5, timeout: 10_000 });
  await vi.waitFor(() => expect(runner.isIdle()).toBe(true), { interval: 5 });
  const changed = cluster.reader
    .list(widgetType)
    .filter(({ metadata }) => before.get(metadata.uid) !== metadata.resourceVersion);
  expect(changed.map(({ metadata }) => metadata.name)).toEqual(['w7']);
  expect(log.lines.filter((line) => line.level === 'error' || line.level === 'warn')).toEqual([]);
});
