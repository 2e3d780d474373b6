import { expect, test } from 'vitest';
import { createFakeCluster } from '../../../test/support/fake-cluster.ts';
import { createManualClock } from '../../../test/support/manual-clock.ts';
import { createMemoryMetrics } from '../../../test/support/memory-metrics.ts';
import { createRecordingLog } from '../../../test/support/recording-log.ts';
import { createSeededRandom } from '../../../test/support/seeded-random.ts';
import { createWidget, type Widget, widgetKey, widgetType } from '../../../test/support/widget.ts';
import type { JsonObject } from '../../base/index.ts';
import type { Controller, Pass, SeenObject } from '../../ports/index.ts';
import { kubeErrors } from '../errors.ts';
import { createRunner } from './runner.ts';

const live = new AbortController().signal;
const claim = { pointer: '/status/claim', value: 'c1' };

type Seen = SeenObject<Widget>;

/** A promotion in miniature: claims, pushes once, answers; an abort ends it unless the push has happened. */
function setUp() {
  const clock = createManualClock();
  const log = createRecordingLog();
  const cluster = createFakeCluster({ clock, watched: [{ type: widgetType }] });
  const pushes: string[] = [];
  const moments: (() => Promise<void>)[] = [];
  let momentCount = 0;

  /** A point at which the world may be disturbed. */
  async function moment(): Promise<void> {
    momentCount += 1;
    await moments[momentCount - 1]?.();
    await Promise.resolve();
  }

  async function act(seen: Seen, pass: Pass<JsonObject>): Promise<JsonObject> {
    const status = seen.object.status ?? {};
    await moment();
    if (status['phase'] !== undefined) return status;
    const isAborted = seen.object.metadata.annotations?.['abort'] !== undefined;
    if (isAborted && status['claim'] === undefined) return { phase: 'Aborted' };
    if (status['claim'] === undefined) await pass.checkpoint({ claim: 'c1' });
    await moment();
    if (pass.signal.aborted) return { claim: 'c1' };
    const own = seen.object.metadata.uid ?? '';
    if (!pushes.includes(own)) pushes.push(own);
    await moment();
    await pass.checkpoint({ result: 'pushed' }, claim);
    await moment();
    return { phase: 'Succeeded', result: 'pushed' };
  }

  const controller: Controller<Widget, Seen, Seen, JsonObject, JsonObject> = {
    name: 'widget',
    type: widgetType,
    concurrency: 1,
    deadlineMs: 60_000,
    wakes: (old, object) => old.metadata.annotations?.['abort'] !== object.metadata.annotations?.['abort'],
    interrupt: (_old, object) => object.metadata.annotations?.['abort'] !== undefined,
    watches: [],
    statusOf: (object) => object.status,
    reconciler: {
      async observe(key, signal) {
        await moment();
        const object = await cluster.reader.getLive(widgetType, key, signal);
        await moment();
        return object === undefined ? 'gone' : { object, nowMs: clock.nowMs() };
      },
      decide: (seen) => seen,
      act,
      report: (_seen, _plan, done) => ({ status: done, events: [], wakeUp: { kind: 'none' } }),
    },
  };
  const deps = {
    clock,
    log,
    metrics: createMemoryMetrics(),
    random: createSeededRandom(2),
    events: { emit: () => undefined },
  };
  const runner = createRunner({ ...cluster, ...deps }, [controller]);
  return { clock, cluster, runner, log, pushes, moments };
}

type World = ReturnType<typeof setUp>;

const disturbances: {
  name: string;
  disturb: (world: World) => Promise<unknown>;
  want: string[];
  because: string;
}[] = [
  {
    name: 'annotated',
    disturb: ({ cluster }) =>
      cluster.someone.mergePatch(
        widgetType,
        widgetKey(),
        { metadata: { annotations: { note: 'x' } } },
        {},
        live,
      ),
    want: ['Succeeded'],
    because: 'foreign metadata does not matter',
  },
  {
    name: 'aborted',
    disturb: ({ cluster }) =>
      cluster.someone.mergePatch(
        widgetType,
        widgetKey(),
        { metadata: { annotations: { abort: 'x' } } },
        {},
        live,
      ),
    want: ['Succeeded', 'Aborted'],
    because: 'it ends one way or the other, and the record agrees with the world',
  },
  {
    name: 'deleted',
    disturb: ({ cluster }) => cluster.someone.delete(widgetType, widgetKey(), {}, live),
    want: ['gone'],
    because: 'nothing brings it back',
  },
  {
    name: 'deleted and made again',
    async disturb({ cluster }) {
      await cluster.someone.delete(widgetType, widgetKey(), {}, live);
      await cluster.someone.create(widgetType, createWidget(), live);
    },
    want: ['Succeeded'],
    because: 'the new object gets a life of its own',
  },
  {
    name: 'written by a lost answer',
    async disturb({ cluster }) {
      cluster.onWrite(() => {
        cluster.onWrite(undefined);
        return 'lost';
      });
    },
    want: ['Succeeded'],
    because: 'a repeated write recognises its own',
  },
  {
    name: 'refused once by the server',
    async disturb({ cluster }) {
      cluster.onWrite(() => {
        cluster.onWrite(undefined);
        throw kubeErrors.create('kube.unavailable', 'down');
      });
    },
    want: ['Succeeded'],
    because: 'writes are repeated',
  },
];
const rows = disturbances.flatMap((row) => [0, 1, 2, 3, 4, 5].map((at) => ({ ...row, at })));

test.each(rows)('$name at moment $at', async ({ at, disturb, want, because }) => {
  for (const isSlow of [false, true]) {
    const world = setUp();
    const { clock, cluster, runner, pushes, log } = world;
    cluster.put(widgetType, createWidget());
    world.moments[at] = async () => {
      if (isSlow) cluster.holdWatch();
      await disturb(world);
    };
    runner.start();
    await clock.advance(5000);
    cluster.resumeWatch();
    await clock.advance(600_000);
    const object = cluster.stored(widgetType, widgetKey());
    const phase = object === undefined ? 'gone' : String(object.status?.['phase']);
    expect(want, because).toContain(phase);
    const uid = object?.metadata.uid ?? '';
    if (phase === 'Succeeded') expect(pushes).toContain(uid);
    if (phase === 'Aborted') expect(pushes).not.toContain(uid);
    expect(new Set(pushes).size, 'no object is pushed twice').toBe(pushes.length);
    expect(runner.isIdle()).toBe(true);
    expect(log.messages('error')).toEqual([]);
    await runner.stop();
  }
});
