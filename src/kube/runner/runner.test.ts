import { expect, onTestFinished, test } from 'vitest';
import { createFakeCluster } from '../../../test/support/fake-cluster.ts';
import { createManualClock } from '../../../test/support/manual-clock.ts';
import { createMemoryMetrics } from '../../../test/support/memory-metrics.ts';
import { createRecordingLog } from '../../../test/support/recording-log.ts';
import { createSeededRandom } from '../../../test/support/seeded-random.ts';
import { createWidget, type Widget, widgetKey, widgetType } from '../../../test/support/widget.ts';
import type { KubeObject, ResourceType } from '../../api/meta/index.ts';
import type { JsonObject } from '../../base/index.ts';
import type { EventDraft, Report } from '../../domain/index.ts';
import type { Controller, Pass, SeenObject, Watch } from '../../ports/index.ts';
import { kubeErrors } from '../errors.ts';
import { createRunner } from './runner.ts';

const configType: ResourceType = {
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  namespaced: true,
};
const live = new AbortController().signal;

type Seen = SeenObject<Widget>;
type WidgetController = Controller<Widget, Seen, Seen, JsonObject, JsonObject>;

/** What one test lets its controller do. */
interface Script {
  readonly act?: (seen: Seen, pass: Pass<JsonObject>) => Promise<JsonObject>;
  readonly report?: (seen: Seen, done: JsonObject) => Partial<Report<JsonObject>>;
  readonly observe?: () => void;
  readonly decide?: () => void;
  readonly interrupt?: (old: Widget, object: Widget) => boolean;
  readonly watches?: readonly Watch[];
  readonly concurrency?: number;
  readonly deadlineMs?: number;
}

function setUp(script: Script = {}) {
  const clock = createManualClock();
  const log = createRecordingLog();
  const metrics = createMemoryMetrics();
  const events: EventDraft[] = [];
  const cluster = createFakeCluster({ clock, watched: [{ type: widgetType }, { type: configType }] });
  const passes: string[] = [];
  const controller: WidgetController = {
    name: 'widget',
    type: widgetType,
    concurrency: script.concurrency ?? 2,
    deadlineMs: script.deadlineMs ?? 60_000,
    wakes: (old, object) =>
      old.metadata.generation !== object.metadata.generation ||
      old.metadata.annotations?.['wake'] !== object.metadata.annotations?.['wake'],
    interrupt: script.interrupt ?? (() => false),
    watches: script.watches ?? [],
    statusOf: (object) => object.status,
    toPanicked: (_object, panic) => ({ panic }),
    reconciler: {
      async observe(key) {
        script.observe?.();
        const object = cluster.reader.get(widgetType, key);
        return object === undefined ? 'gone' : { object, nowMs: clock.nowMs() };
      },
      decide(seen) {
        script.decide?.();
        return seen;
      },
      async act(seen, pass) {
        passes.push(seen.object.metadata.name);
        return (await script.act?.(seen, pass)) ?? {};
      },
      report: (seen, _plan, done) => ({
        status: { ready: true },
        events: [],
        wakeUp: { kind: 'none' },
        ...script.report?.(seen, done),
      }),
    },
  };
  const random = createSeededRandom(7);
  const deps = {
    ...cluster,
    clock,
    log,
    metrics,
    random,
    events: { emit: (draft: EventDraft) => void events.push(draft) },
  };
  const runner = createRunner(deps, [controller], { stuckMs: 60_000 });
  onTestFinished(async () => {
    const stopped = runner.stop();
    await clock.advance(20_000);
    await stopped;
  });
  return { clock, cluster, runner, passes, log, metrics, events };
}

function annotate(name: string, value: string): JsonObject {
  return { metadata: { annotations: { [name]: value } } };
}

test('a first sight runs a pass and writes the status once', async () => {
  const { clock, cluster, runner, passes, metrics } = setUp();
  cluster.put(widgetType, createWidget());
  runner.start();
  await clock.settle();
  expect(passes).toEqual(['a']);
  expect(cluster.stored(widgetType, widgetKey())?.status).toEqual({ ready: true });
  expect(cluster.writes).toHaveLength(1);
  expect(
    metrics.read('controller_runtime_reconcile_total', { controller: 'widget', result: 'success' }),
  ).toBe(1);
  expect(runner.isIdle()).toBe(true);
});

test('at rest nothing is written, and each object is looked at again after the resync time', async () => {
  const { clock, cluster, runner, passes } = setUp();
  cluster.put(widgetType, createWidget());
  runner.start();
  await clock.advance(20 * 60_000);
  expect(passes.length).toBeGreaterThanOrEqual(4);
  expect(cluster.writes).toHaveLength(1);
});

test('removed members and nulls leave the status, and do not count as differences', async () => {
  const { clock, cluster, runner } = setUp({
    report: () => ({ status: { ready: true, outputs: { tag: null } } }),
  });
  cluster.put(widgetType, createWidget('a', { status: { stale: 1 } }));
  runner.start();
  await clock.advance(11 * 60_000);
  expect(cluster.stored(widgetType, widgetKey())?.status).toEqual({ ready: true, outputs: {} });
  expect(cluster.writes).toHaveLength(1);
});

test('annotations are written when they differ, and events after the status', async () => {
  const event: EventDraft = {
    type: 'Normal',
    reason: 'Done',
    message: 'done',
    involved: { apiVersion: 'v1', kind: 'Widget', namespace: 'demo', name: 'a' },
    component: 'widget',
  };
  const { clock, cluster, runner, events } = setUp({
    report: () => ({ annotations: { seen: 'yes', old: null }, events: [event] }),
  });
  cluster.put(widgetType, createWidget());
  await cluster.someone.mergePatch(widgetType, widgetKey(), annotate('old', 'x'), {}, live);
  runner.start();
  await clock.settle();
  expect(cluster.stored(widgetType, widgetKey())?.metadata.annotations).toEqual({ seen: 'yes' });
  expect(events).toEqual([event]);
  expect(cluster.writes.map((write) => write.subresource)).toEqual(['status', undefined]);
});

test('a change of a watched object wakes the keys it maps to', async () => {
  const watch: Watch = { type: configType, toKeys: (change) => [widgetKey(change.object.metadata.name)] };
  const { clock, cluster, runner, passes } = setUp({ watches: [watch] });
  cluster.put(widgetType, createWidget());
  runner.start();
  await clock.settle();
  cluster.put(configType, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { namespace: 'demo', name: 'a' },
  });
  await clock.settle();
  expect(passes).toEqual(['a', 'a']);
});

test('changes that settle wake once for all that come within the time', async () => {
  const watch: Watch = { type: configType, settleMs: 1000, toKeys: () => [widgetKey()] };
  const { clock, cluster, runner, passes } = setUp({ watches: [watch] });
  cluster.put(widgetType, createWidget());
  runner.start();
  await clock.settle();
  for (const name of ['a', 'b', 'c']) {
    cluster.put(configType, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'demo', name } });
    await clock.advance(300);
  }
  expect(passes, 'the first look alone').toEqual(['a']);
  await clock.advance(100);
  expect(passes).toEqual(['a', 'a']);
  await clock.advance(5000);
  expect(passes).toEqual(['a', 'a']);
});

test('a status-only change of somebody else does not wake, a change of the spec does', async () => {
  const { clock, cluster, runner, passes } = setUp({ report: () => ({ status: undefined }) });
  cluster.put(widgetType, createWidget());
  runner.start();
  await clock.settle();
  await cluster.someone.mergePatch(
    widgetType,
    widgetKey(),
    { status: { x: 1 } },
    { subresource: 'status' },
    live,
  );
  await clock.settle();
  expect(passes).toHaveLength(1);
  await cluster.someone.mergePatch(widgetType, widgetKey(), { spec: { x: 1 } }, {}, live);
  await clock.settle();
  expect(passes).toHaveLength(2);
});

test('a change of metadata during a pass does not lose its outcome', async () => {
  const { clock, cluster, runner } = setUp({
    act: async () => {
      await cluster.someone.mergePatch(widgetType, widgetKey(), annotate('note', 'x'), {}, live);
      return {};
    },
  });
  cluster.put(widgetType, createWidget());
  runner.start();
  await clock.settle();
  expect(cluster.stored(widgetType, widgetKey())?.status).toEqual({ ready: true });
});

test('a foreign change of the status is not overwritten; the pass is repeated silently', async () => {
  let count = 0;
  const { clock, cluster, runner, log } = setUp({
    act: async () => {
      count += 1;
      if (count > 1) return {};
      await cluster.someone.mergePatch(
        widgetType,
        widgetKey(),
        { status: { x: 1 } },
        { subresource: 'status' },
        live,
      );
      return {};
    },
    report: (seen) => ({ status: { ...seen.object.status, ready: true } }),
  });
  cluster.put(widgetType, createWidget());
  runner.start();
  await clock.advance(1000);
  expect(cluster.stored(widgetType, widgetKey())?.status).toEqual({ x: 1, ready: true });
  expect(log.lines.filter((line) => line.level !== 'debug')).toEqual([]);
});

test('the final status is a difference to what the pass itself wrote last', async () => {
  const { clock, cluster, runner } = setUp({
    act: async (_seen, pass) => {
      await pass.checkpoint({ claim: 'c1' });
      await pass.checkpoint({ claim: 'c1', step: 2 });
      return {};
    },
  });
  cluster.put(widgetType, createWidget());
  runner.start();
  await clock.settle();
  expect(cluster.stored(widgetType, widgetKey())?.status).toEqual({ ready: true });
  expect(cluster.writes).toHaveLength(3);
});

const claims = [
  { name: 'nobody', written: undefined, lost: 0, want: 'written', because: 'it is the first' },
  {
    name: 'nobody, and its answer is lost',
    written: undefined,
    lost: 1,
    want: 'written',
    because: 'what stands there is its own',
  },
  {
    name: 'an earlier pass, of which the cache has not heard',
    written: { claim: 'c1' },
    lost: 0,
    want: 'kube.conflict',
    because: 'that pass may have acted already',
  },
];

test.each(claims)(
  'a claim that has been written by $name is $want',
  async ({ written, lost, want, because }) => {
    const results: string[] = [];
    let left = lost;
    const { clock, cluster, runner } = setUp({
      act: async (_seen, pass) => {
        if (results.length > 0) return {};
        if (written !== undefined) {
          const options = { subresource: 'status' as const };
          await cluster.someone.mergePatch(widgetType, widgetKey(), { status: written }, options, live);
        }
        cluster.onWrite(() => {
          left -= 1;
          return left >= 0 ? 'lost' : undefined;
        });
        await pass.checkpoint({ claim: 'c1' }).then(
          () => results.push('written'),
          (error: unknown) => results.push(kubeErrors.is(error) ? error.code : String(error)),
        );
        return {};
      },
    });
    cluster.put(widgetType, createWidget());
    runner.start();
    await clock.advance(30_000);
    expect(results, because).toEqual([want]);
  },
);

test('a checkpoint is refused when the object is being deleted', async () => {
  const caught: unknown[] = [];
  const { clock, cluster, runner } = setUp({
    act: async (_seen, pass) => {
      await cluster.someone.delete(widgetType, widgetKey(), {}, live);
      await pass.checkpoint({ claim: 'c1' }).catch((error: unknown) => caught.push(error));
      return {};
    },
  });
  const widget = createWidget();
  cluster.put(widgetType, { ...widget, metadata: { ...widget.metadata, finalizers: ['x/y'] } });
  runner.start();
  await clock.settle();
  expect(kubeErrors.is(caught[0], 'kube.conflict')).toBe(true);
});

const answers = [
  { name: 'the claim stands', foreign: {}, lost: 0, want: 'written', because: 'it answers its own claim' },
  {
    name: 'metadata moved on',
    foreign: annotate('note', 'x'),
    lost: 0,
    want: 'written',
    because: 'it carries no version',
  },
  {
    name: 'the answer is lost twice',
    foreign: {},
    lost: 2,
    want: 'written',
    because: 'a repeated write finds its own result and is content',
  },
  {
    name: 'the claim is another one',
    foreign: { status: { claim: 'c2' } },
    lost: 0,
    want: 'kube.conflict',
    because: 'somebody else has taken over',
  },
  {
    name: 'the status is gone',
    foreign: { status: null },
    lost: 0,
    want: 'kube.conflict',
    because: 'the claim is no longer there',
  },
];
test.each(answers)('an answer is $want when $name', async ({ foreign, lost, want, because }) => {
  const results: string[] = [];
  let left = lost;
  const { clock, cluster, runner } = setUp({
    act: async (_seen, pass) => {
      if (results.length > 0) return {};
      await pass.checkpoint({ claim: 'c1' });
      const subresource = 'status' in foreign ? { subresource: 'status' as const } : {};
      await cluster.someone.mergePatch(widgetType, widgetKey(), foreign, subresource, live);
      cluster.onWrite(() => {
        left -= 1;
        return left >= 0 ? 'lost' : undefined;
      });
      const claim = { pointer: '/status/claim', value: 'c1' };
      await pass.checkpoint({ result: 'pushed' }, claim).then(
        () => results.push('written'),
        (error: unknown) => results.push(kubeErrors.is(error) ? error.code : String(error)),
      );
      return {};
    },
    report: () => ({ status: undefined }),
  });
  cluster.put(widgetType, createWidget());
  runner.start();
  await clock.advance(30_000);
  expect(results[0], because).toBe(want);
  const status = cluster.stored(widgetType, widgetKey())?.status;
  if (want === 'written') expect(status).toEqual({ result: 'pushed' });
});

const errors = [
  {
    name: 'retry',
    error: kubeErrors.create('kube.unavailable', 'down'),
    passesIn: { afterMs: 5000, atLeast: 3, atMost: 9 },
    because: 'back-off grows from a tenth of a second',
  },
  {
    name: 'wait',
    error: kubeErrors.create('kube.too-many-requests', 'slow down', { retryAfterMs: 30_000 }),
    passesIn: { afterMs: 29_000, atLeast: 1, atMost: 1 },
    because: 'nothing happens before the stated time',
  },
  {
    name: 'stop',
    error: kubeErrors.create('kube.invalid', 'bad field'),
    passesIn: { afterMs: 200_000, atLeast: 1, atMost: 1 },
    because: 'only a change or the resync tries again',
  },
  {
    name: 'panic',
    error: new TypeError('x is undefined'),
    passesIn: { afterMs: 5000, atLeast: 3, atMost: 9 },
    because: 'an unforeseen exception is retried with back-off',
  },
];
test.each(errors)('a thrown error of kind $name', async ({ name, error, passesIn, because }) => {
  const { clock, cluster, runner, passes, log } = setUp({
    act: async () => {
      throw error;
    },
  });
  cluster.put(widgetType, createWidget());
  runner.start();
  await clock.advance(passesIn.afterMs);
  expect(passes.length, because).toBeGreaterThanOrEqual(passesIn.atLeast);
  expect(passes.length, because).toBeLessThanOrEqual(passesIn.atMost);
  const loud = log.lines.filter((line) => line.level === 'warn' || line.level === 'error');
  expect(loud, 'logged once').toHaveLength(1);
  if (name === 'panic') expect(loud[0]?.fields['stack']).toContain('TypeError');
});

test('the wake-up asked for comes to the millisecond, because somebody may wait for it', async () => {
  const { clock, cluster, runner, passes } = setUp({
    report: () => ({ wakeUp: { kind: 'after', delayMs: 10_000 } }),
  });
  cluster.put(widgetType, createWidget());
  runner.start();
  await clock.advance(9_999);
  expect(passes).toHaveLength(1);
  await clock.advance(1);
  expect(passes).toHaveLength(2);
});

const panics: readonly { readonly name: string; readonly script: (fail: () => void) => Script }[] = [
  { name: 'observe', script: (fail) => ({ observe: fail }) },
  { name: 'decide', script: (fail) => ({ decide: fail }) },
  {
    name: 'act',
    script: (fail) => ({
      act: async () => {
        fail();
        return {};
      },
    }),
  },
  {
    name: 'report',
    script: (fail) => ({
      report: () => {
        fail();
        return {};
      },
    }),
  },
];
test.each(panics)(
  'a panic in $name is told in the status without its text, once, and a good pass heals it',
  async ({ script }) => {
    let isBroken = true;
    const { clock, cluster, runner, log, passes } = setUp(
      script(() => {
        if (isBroken) throw new TypeError('cannot read password "hunter2"');
      }),
    );
    cluster.put(widgetType, createWidget());
    runner.start();
    await clock.advance(20_000);
    const told = cluster.stored(widgetType, widgetKey())?.status;
    expect(told).toEqual({ panic: expect.stringMatching(/^Internal error \(TypeError\): /) });
    expect(JSON.stringify(told)).not.toContain('hunter2');
    expect(cluster.writes).toHaveLength(1);
    expect(log.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
    isBroken = false;
    cluster.put(widgetType, createWidget('other'));
    await clock.advance(300_000);
    expect(passes, 'the worker lives on').toContain('other');
    expect(cluster.stored(widgetType, widgetKey())?.status).toMatchObject({ ready: true });
  },
);

test('panics alone make the process unhealthy after a while, and one good pass heals it', async () => {
  let isBroken = true;
  const { clock, cluster, runner } = setUp({
    act: async () => {
      if (isBroken) throw new TypeError('x is undefined');
      return {};
    },
  });
  cluster.put(widgetType, createWidget());
  runner.start();
  await clock.advance(59_000);
  expect(runner.health().healthy).toBe(true);
  await clock.advance(120_000);
  expect(runner.health()).toEqual({
    healthy: false,
    sentence: expect.stringMatching(/^widget: every pass for .* over "demo\/a": x is undefined$/),
  });
  isBroken = false;
  runner.wake('widget', widgetKey());
  await clock.settle();
  expect(runner.health().healthy).toBe(true);
});

test('a conflict is tried again without a word, whether it was thrown or reported', async () => {
  const conflict = kubeErrors.create('kube.conflict', 'somebody was faster');
  let count = 0;
  const { clock, cluster, runner, passes, log } = setUp({
    act: async () => {
      count += 1;
      if (count === 1) throw conflict;
      return {};
    },
    report: () => (count === 2 ? { wakeUp: { kind: 'backoff' }, error: conflict } : {}),
  });
  cluster.put(widgetType, createWidget());
  runner.start();
  await clock.advance(5000);
  expect(passes).toHaveLength(3);
  expect(log.lines.filter(({ level }) => level !== 'debug')).toEqual([]);
});

test('long passes are measured while they run, and other namespaces need not wait for a crowd', async () => {
  const order: string[] = [];
  const { clock, cluster, runner, metrics } = setUp({
    concurrency: 1,
    act: async ({ object }) => {
      order.push(`${object.metadata.namespace}/${object.metadata.name}`);
      if (object.metadata.name === 'slow')
        await new Promise<void>((resolve) => clock.schedule(10_000, resolve));
      return {};
    },
  });
  cluster.put(widgetType, createWidget('slow'));
  runner.start();
  await clock.settle();
  for (const name of ['a', 'b', 'c']) cluster.put(widgetType, createWidget(name));
  const other = createWidget('d');
  cluster.put(widgetType, { ...other, metadata: { ...other.metadata, namespace: 'other' } });
  await clock.advance(5000);
  const labels = { name: 'widget', controller: 'widget' };
  expect(metrics.read('workqueue_unfinished_work_seconds', labels)).toBe(5);
  expect(metrics.read('workqueue_longest_running_processor_seconds', labels)).toBe(5);
  await clock.advance(10_000);
  expect(order).toEqual(['demo/slow', 'demo/a', 'other/d', 'demo/b', 'demo/c']);
  expect(metrics.read('workqueue_unfinished_work_seconds', labels)).toBe(0);
});

test('an interrupt aborts the running pass, its outcome is written, and the key is worked on again', async () => {
  const aborted: boolean[] = [];
  const { clock, cluster, runner, passes } = setUp({
    interrupt: (_old, object) => object.metadata.annotations?.['abort'] !== undefined,
    act: async (seen, pass) => {
      if (seen.object.metadata.annotations?.['abort'] !== undefined) return { phase: 'seen' };
      await new Promise<void>((resolve) => pass.signal.addEventListener('abort', () => resolve()));
      aborted.push(pass.signal.aborted);
      return { phase: 'Aborted' };
    },
    report: (_seen, done) => ({ status: done }),
  });
  cluster.put(widgetType, createWidget());
  runner.start();
  await clock.settle();
  const statuses: unknown[] = [];
  cluster.changes.subscribe(widgetType, (change) => statuses.push(change.object.status));
  await cluster.someone.mergePatch(widgetType, widgetKey(), annotate('abort', 'yes'), {}, live);
  await clock.settle();
  expect(aborted).toEqual([true]);
  expect(statuses).toContainEqual({ phase: 'Aborted' });
  expect(passes).toHaveLength(2);
});

test('the object is deleted during a pass: it is aborted and forgotten', async () => {
  const { clock, cluster, runner, log } = setUp({
    act: async (_seen, pass) => {
      await new Promise<void>((_, reject) =>
        pass.signal.addEventListener('abort', () => reject(pass.signal.reason)),
      );
      return {};
    },
  });
  cluster.put(widgetType, createWidget());
  runner.start();
  await clock.settle();
  await cluster.someone.delete(widgetType, widgetKey(), {}, live);
  await clock.settle();
  expect(runner.isIdle()).toBe(true);
  expect(log.lines.filter((line) => line.level !== 'debug')).toEqual([]);
});

test('a pass that outlives its deadline is aborted and logged', async () => {
  const { clock, cluster, runner, log } = setUp({
    deadlineMs: 5000,
    act: async (_seen, pass) => {
      await new Promise<void>((_, reject) =>
        pass.signal.addEventListener('abort', () => reject(pass.signal.reason)),
      );
      return {};
    },
  });
  cluster.put(widgetType, createWidget());
  runner.start();
  await clock.advance(5001);
  expect(log.lines.find((line) => line.level === 'warn')?.fields['code']).toBe('kube.pass-deadline');
});

test('health names the pass that hangs, and recovers', async () => {
  let release: () => void = () => undefined;
  const { clock, cluster, runner, log } = setUp({
    deadlineMs: 1000,
    act: async () => {
      await new Promise<void>((resolve) => {
        release = resolve;
      });
      return {};
    },
  });
  cluster.put(widgetType, createWidget());
  runner.start();
  await clock.advance(30_000);
  expect(runner.health()).toEqual({ healthy: true });
  expect(log.messages('warn')).toContain('pass goes on although it was interrupted');
  await clock.advance(40_000);
  const health = runner.health();
  expect(health.healthy).toBe(false);
  if (!health.healthy) expect(health.sentence).toContain('widget: the pass over "demo/a"');
  release();
  await clock.settle();
  expect(runner.health()).toEqual({ healthy: true });
});

test('one key is never worked on twice at once', async () => {
  let atOnce = 0;
  let most = 0;
  const { clock, cluster, runner, passes } = setUp({
    concurrency: 4,
    act: async () => {
      atOnce += 1;
      most = Math.max(most, atOnce);
      await new Promise<void>((resolve) => setImmediate(resolve));
      atOnce -= 1;
      return {};
    },
    report: () => ({ status: undefined }),
  });
  cluster.put(widgetType, createWidget());
  runner.start();
  for (let round = 0; round < 5; round += 1) {
    await cluster.someone.mergePatch(widgetType, widgetKey(), { spec: { round } }, {}, live);
    await clock.settle();
  }
  expect(most).toBe(1);
  expect(passes.length).toBeGreaterThan(1);
});

test('stop interrupts passes and lets them write their outcome', async () => {
  const { clock, cluster, runner } = setUp({
    act: async (_seen, pass) => {
      await new Promise<void>((resolve) => pass.signal.addEventListener('abort', () => resolve()));
      return {};
    },
    report: () => ({ status: { phase: 'Running' } }),
  });
  cluster.put(widgetType, createWidget());
  runner.start();
  await clock.settle();
  await runner.stop();
  expect(cluster.stored<Widget & KubeObject>(widgetType, widgetKey())?.status).toEqual({ phase: 'Running' });
});
