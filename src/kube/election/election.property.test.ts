import { expect, test } from 'vitest';
import { createFakeCluster } from '../../../test/support/fake-cluster.ts';
import { createManualClock, type ManualClock } from '../../../test/support/manual-clock.ts';
import { createMemoryMetrics } from '../../../test/support/memory-metrics.ts';
import { fc } from '../../../test/support/properties.ts';
import { createRecordingLog } from '../../../test/support/recording-log.ts';
import { createSeededRandom } from '../../../test/support/seeded-random.ts';
import { createWidget, widgetKey, widgetType } from '../../../test/support/widget.ts';
import type { Clock, KubeWriter } from '../../ports/index.ts';
import { kubeErrors } from '../errors.ts';
import { createElector, type Term } from './elector.ts';
import { createGuardedWriter } from './guard.ts';

/** How a process of the model is unlike its neighbor. */
interface Trait {
  /** Its wall clock is off by this much. */
  readonly offsetMs: number;
  /** Its clocks run this much faster than they should. */
  readonly rate: number;
  readonly seed: number;
}

/** What befalls the processes. */
type Step =
  | { readonly do: 'pass'; readonly ms: number }
  | { readonly do: 'pause' | 'resume' | 'resume-all' | 'stop'; readonly who: number }
  | { readonly do: 'fail'; readonly how: 'lose' | 'refuse'; readonly who: number; readonly count: number }
  | { readonly do: 'freeze'; readonly ms: number }
  | { readonly do: 'slow'; readonly who: number; readonly ms: number }
  | { readonly do: 'setClock'; readonly who: number; readonly byMs: number };

const candidates = 3;
/** Whoever leads at that moment, mostly: there it hurts. */
const who = fc.oneof(
  { weight: 3, arbitrary: fc.constant(-1) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: candidates - 1 }) },
);
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.integer({ min: 100, max: 20_000 }) }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constantFrom('pause' as const, 'resume' as const, 'resume-all' as const),
        who,
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('stop' as const), who }) },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('fail' as const),
        how: fc.constantFrom('lose' as const, 'refuse' as const),
        who,
        count: fc.integer({ min: 1, max: 8 }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('freeze' as const),
        ms: fc.integer({ min: 5000, max: 60_000 }),
      }),
    },
    // Nothing stays on its way for longer than the lease outlives its holder's deadline, by the worst of the clocks.
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constant('slow' as const), who, ms: fc.integer({ min: 0, max: 2000 }) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant('setClock' as const),
        who,
        byMs: fc.integer({ min: -100_000, max: 100_000 }),
      }),
    },
  ),
  { minLength: 5, maxLength: 25 },
);
const traits = fc.array(
  fc.record({
    offsetMs: fc.integer({ min: -1_000_000, max: 1_000_000 }),
    rate: fc.double({ min: 0.95, max: 1.05, noNaN: true }),
    seed: fc.integer({ min: 1, max: 1000 }),
  }),
  { minLength: candidates, maxLength: candidates },
);

/** One process: its own clocks, which stand still while it is paused, and its own bad connection. */
function createProcess(world: ManualClock, server: KubeWriter, trait: Trait) {
  const held: (() => void)[] = [];
  let setMs = 0;
  let isPaused = false;
  const faults = { lose: 0, refuse: 0, slowMs: 0 };
  const steadyMs = (): number => world.nowMs() * trait.rate;

  function later(run: () => void): void {
    if (isPaused) held.push(run);
    else run();
  }
  const clock: Clock = {
    nowMs: () => Math.floor(steadyMs()) + trait.offsetMs + setMs,
    schedule(delayMs, run) {
      let isCanceled = false;
      world.schedule(delayMs / trait.rate, () => later(() => isCanceled || run()));
      return () => {
        isCanceled = true;
      };
    },
  };
  const travel = (ms: number): Promise<void> =>
    ms === 0 ? Promise.resolve() : new Promise((resolve) => world.schedule(ms, resolve));
  const arrive = (): Promise<void> => new Promise((resolve) => later(resolve));

  /** A request on its way there and back. Giving up on it does not call it back. */
  async function call<T>(send: () => Promise<T>, signal: AbortSignal): Promise<T> {
    signal.throwIfAborted();
    const isRefused = faults.refuse > 0;
    const isLost = !isRefused && faults.lose > 0;
    if (isRefused) faults.refuse -= 1;
    if (isLost) faults.lose -= 1;
    await travel(faults.slowMs);
    if (isRefused) {
      await arrive();
      throw kubeErrors.create('kube.unreachable', 'no route');
    }
    const answer = send();
    await answer.catch(() => undefined);
    await arrive();
    signal.throwIfAborted();
    if (isLost) throw kubeErrors.create('kube.unreachable', 'the answer was lost');
    return await answer;
  }
  const never = new AbortController().signal;
  const writer: KubeWriter = {
    ...server,
    create: (type, object, signal) => call(() => server.create(type, object, never), signal),
    mergePatch: (type, key, patch, options, signal) =>
      call(() => server.mergePatch(type, key, patch, options, never), signal),
  };
  return {
    clock,
    steadyMs,
    writer,
    call,
    faults,
    setClock(byMs: number): void {
      setMs += byMs;
    },
    pause(): void {
      isPaused = true;
    },
    async resume() {
      isPaused = false;
      // What waited for a frozen process may be found in any order.
      const waiting = held.splice(0);
      if (trait.seed % 2 === 0) waiting.reverse();
      for (const run of waiting) {
        run();
        await world.settle();
      }
    },
  };
}

test('whatever happens to processes, clocks and connections, two never write in turns', async () => {
  await fc.assert(
    fc.asyncProperty(traits, steps, async (own, schedule) => {
      const world = createManualClock();
      const cluster = createFakeCluster({ clock: world });
      cluster.put(widgetType, createWidget());
      const applied: string[] = [];
      const terms: string[] = [];
      const processes = own.map((trait, index) => {
        const process = createProcess(world, cluster.someone, trait);
        const stop = new AbortController();
        const elector = createElector(
          {
            reader: {
              getLive: (type, key, signal) =>
                process.call(() => cluster.reader.getLive(type, key, signal), signal),
            },
            writer: process.writer,
            clock: process.clock,
            steadyMs: process.steadyMs,
            random: createSeededRandom(trait.seed),
            log: createRecordingLog(),
            metrics: createMemoryMetrics(),
          },
          { namespace: 'demo', name: 'leader', identity: `p${index}` },
        );
        async function lead(term: Term): Promise<void> {
          const name = `p${index}/${terms.length}`;
          terms.push(name);
          const own: KubeWriter = {
            ...process.writer,
            mergePatch: (type, key, patch, options, signal) =>
              process.call(async () => {
                applied.push(name);
                return await cluster.someone.mergePatch(type, key, patch, options, signal);
              }, signal),
          };
          const writer = createGuardedWriter(own, term.permit);
          while (!term.signal.aborted) {
            const patch = { spec: { by: name } };
            await writer
              .mergePatch(widgetType, widgetKey(), patch, {}, new AbortController().signal)
              .catch(() => undefined);
            await new Promise<void>((resolve) => process.clock.schedule(700, resolve));
          }
        }
        const running = elector.run(lead, stop.signal);
        return { ...process, elector, stop, running };
      });

      for (const step of schedule) {
        if (step.do === 'pass' || step.do === 'freeze') {
          const frozen = step.do === 'freeze' ? processes.find(({ elector }) => elector.isHeld()) : undefined;
          frozen?.pause();
          for (let left = step.ms; left > 0; left -= 500) {
            await world.advance(Math.min(left, 500));
            expect(processes.filter(({ elector }) => elector.isHeld()).length).toBeLessThanOrEqual(1);
          }
          await frozen?.resume();
          continue;
        }
        if (step.do === 'resume-all') {
          for (const process of processes) await process.resume();
          continue;
        }
        const process =
          step.who < 0 ? processes.findLast(({ elector }) => elector.isHeld()) : processes[step.who];
        if (process === undefined) continue;
        if (step.do === 'pause') process.pause();
        else if (step.do === 'resume') await process.resume();
        else if (step.do === 'slow') process.faults.slowMs = step.ms;
        else if (step.do === 'setClock') process.setClock(step.byMs);
        else if (step.do === 'fail') process.faults[step.how] = step.count;
        else process.stop.abort(new Error('enough'));
      }
      const turns = applied.filter((name, index) => applied[index - 1] !== name);
      expect(turns, 'each term writes in one stretch').toEqual([...new Set(turns)]);

      // When all is well again, somebody leads, unless all were told to stop.
      for (const process of processes) {
        Object.assign(process.faults, { lose: 0, refuse: 0, slowMs: 0 });
        await process.resume();
      }
      await world.advance(60_000);
      const isAlive = processes.some(({ stop }) => !stop.signal.aborted);
      expect(processes.filter(({ elector }) => elector.isHeld())).toHaveLength(isAlive ? 1 : 0);
      for (const { stop } of processes) stop.abort(new Error('enough'));
      await world.advance(60_000);
      await Promise.all(processes.map(({ running }) => running));
    }),
    { numRuns: 40 },
  );
});
