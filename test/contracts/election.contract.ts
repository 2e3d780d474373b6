import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Lease, leases } from '../../src/api/core/index.ts';
import {
  createElector,
  type Elector,
  type ElectorOptions,
  kubeErrors,
  startHeartbeat,
} from '../../src/kube/index.ts';
import type { KubeReader, KubeWriter } from '../../src/ports/index.ts';
import { createManualClock, type ManualClock } from '../support/manual-clock.ts';
import { createMemoryMetrics } from '../support/memory-metrics.ts';
import { createRecordingLog } from '../support/recording-log.ts';
import { createSeededRandom } from '../support/seeded-random.ts';

/** A cluster with the namespace "demo" that takes Leases. */
export interface ElectionCluster {
  readonly reader: KubeReader;
  readonly writer: KubeWriter;
  close(): Promise<void>;
}

const live = new AbortController().signal;

interface Candidate {
  readonly elector: Elector;
  readonly clock: ManualClock;
  /** What happened to it, in order. */
  readonly story: string[];
  stop(): Promise<void>;
}

/** The contract of the elector and the heartbeat on a cluster. Each test has a lease of its own. */
export function describeElection(name: string, start: () => Promise<ElectionCluster>): void {
  describe(`election: ${name}`, () => {
    let cluster: ElectionCluster;
    beforeAll(async () => {
      cluster = await start();
    });
    afterAll(() => cluster?.close());

    // A cluster that outlives the suite keeps the leases of earlier runs.
    const run = randomUUID().slice(0, 8);
    let underWay = 0;
    async function counted<T>(call: Promise<T>): Promise<T> {
      underWay += 1;
      try {
        return await call;
      } finally {
        underWay -= 1;
      }
    }
    /** Waits until no request is under way and what waited for it has gone on. */
    async function quiet(): Promise<void> {
      for (let calm = 0; calm < 3; calm = underWay === 0 ? calm + 1 : 0) {
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    }
    /** Lets time pass for everybody, in steps that no request outlives. */
    async function pass(ms: number, ...clocks: readonly ManualClock[]): Promise<void> {
      for (let left = ms; left > 0; left -= 500) {
        for (const clock of clocks) {
          await clock.advance(Math.min(500, left));
          await quiet();
        }
      }
    }

    function campaign(
      lease: string,
      identity: string,
      more: {
        readonly clock?: ManualClock;
        readonly writer?: Partial<KubeWriter>;
        readonly options?: Partial<ElectorOptions>;
        readonly steadyMs?: () => number;
      } = {},
    ): Candidate {
      const clock = more.clock ?? createManualClock();
      const elector = createElector(
        {
          reader: { getLive: (type, key, signal) => counted(cluster.reader.getLive(type, key, signal)) },
          writer: counting({ ...cluster.writer, ...more.writer }),
          clock,
          steadyMs: more.steadyMs ?? (() => clock.nowMs()),
          random: createSeededRandom(7),
          log: createRecordingLog(),
          metrics: createMemoryMetrics(),
        },
        { namespace: 'demo', name: `${lease}-${run}`, identity, ...more.options },
      );
      const story: string[] = [];
      const stop = new AbortController();
      const running = elector.run(async (term) => {
        story.push('leads');
        await new Promise<void>((resolve) => {
          if (term.signal.aborted) resolve();
          term.signal.addEventListener('abort', () => resolve(), { once: true });
        });
        story.push(kubeErrors.is(term.signal.reason, 'kube.not-leader') ? 'lost' : 'stopped');
      }, stop.signal);
      return {
        elector,
        clock,
        story,
        async stop() {
          stop.abort(new Error('enough'));
          await running;
        },
      };
    }

    function counting(writer: KubeWriter): KubeWriter {
      return {
        ...writer,
        create: (type, object, signal) => counted(writer.create(type, object, signal)),
        mergePatch: (type, key, patch, options, signal) =>
          counted(writer.mergePatch(type, key, patch, options, signal)),
      };
    }
    /** Lets time pass for everybody until the check holds; at most so many seconds. */
    async function within(
      seconds: number,
      clocks: readonly ManualClock[],
      check: () => boolean,
    ): Promise<void> {
      for (let step = 0; step < seconds && !check(); step += 1) await pass(1000, ...clocks);
      expect(check()).toBe(true);
    }
    function leads(candidate: Candidate): Promise<void> {
      return vi.waitFor(() => expect(candidate.elector.isHeld()).toBe(true), {
        interval: 5,
        timeout: 10_000,
      });
    }
    function read(lease: string): Promise<Lease | undefined> {
      return cluster.reader.getLive(leases, { namespace: 'demo', name: `${lease}-${run}` }, live);
    }

    test('the first candidate makes the lease, a second one waits, and takes over after a release', async () => {
      const a = campaign('release', 'a');
      await leads(a);
      expect((await read('release'))?.spec).toMatchObject({
        holderIdentity: 'a',
        leaseDurationSeconds: 15,
        leaseTransitions: 0,
        renewTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/),
      });
      const b = campaign('release', 'b');
      await vi.waitFor(() => expect(b.elector.holder).toBe('a'), { interval: 5, timeout: 10_000 });
      await pass(30_000, a.clock, b.clock);
      expect([a.elector.isHeld(), b.elector.isHeld()]).toEqual([true, false]);
      await a.stop();
      expect((await read('release'))?.spec?.holderIdentity).toBeUndefined();
      await within(5, [b.clock], () => b.elector.isHeld());
      expect((await read('release'))?.spec).toMatchObject({ holderIdentity: 'b', leaseTransitions: 1 });
      await b.stop();
      expect([a.story, b.story]).toEqual([
        ['leads', 'stopped'],
        ['leads', 'stopped'],
      ]);
    });

    test('a paused holder has lost by its own clock before anybody else has won', async () => {
      const a = campaign('pause', 'a');
      await leads(a);
      const b = campaign('pause', 'b');
      await vi.waitFor(() => expect(b.elector.holder).toBe('a'), { interval: 5, timeout: 10_000 });
      // Nothing moves in a; the world goes on.
      await within(20, [b.clock], () => b.elector.isHeld());
      await a.clock.advance(10_001);
      expect(a.elector.isHeld()).toBe(false);
      expect(a.story).toEqual(['leads', 'lost']);
      await b.stop();
      await a.stop();
    });

    test('a machine that slept has lost, although its steady clock stood still', async () => {
      const timers = createManualClock();
      let sleptMs = 0;
      const clock = { ...timers, nowMs: () => timers.nowMs() + sleptMs } as ManualClock;
      const a = campaign('sleep', 'a', { clock, steadyMs: () => timers.nowMs() });
      await leads(a);
      sleptMs = 3_600_000;
      expect(a.elector.isHeld()).toBe(false);
      await pass(6000, timers);
      expect(a.story).toEqual(['leads', 'lost', 'leads']);
      await a.stop();
    });

    test('times written by a clock that is far off do not matter', async () => {
      const past = createManualClock(Date.parse('2001-01-01T00:00:00Z'));
      const a = campaign('skew', 'a', { clock: past });
      await leads(a);
      const b = campaign('skew', 'b');
      await vi.waitFor(() => expect(b.elector.holder).toBe('a'), { interval: 5, timeout: 10_000 });
      for (let count = 0; count < 40; count += 1) {
        await pass(1000, a.clock, b.clock);
        expect([a.elector.isHeld(), b.elector.isHeld()]).toEqual([true, false]);
      }
      await a.stop();
      await b.stop();
    });

    test('a renewal whose answer is lost is found again, and the term goes on', async () => {
      let isLossy = false;
      const writer: Partial<KubeWriter> = {
        async mergePatch(type, key, patch, options, signal) {
          const answer = await cluster.writer.mergePatch(type, key, patch, options, signal);
          if (!isLossy) return answer;
          isLossy = false;
          throw kubeErrors.create('kube.unreachable', 'the answer was lost');
        },
      };
      const a = campaign('lossy', 'a', { writer });
      await leads(a);
      for (let count = 0; count < 10; count += 1) {
        isLossy = count % 2 === 0;
        await pass(4000, a.clock);
        expect(isLossy).toBe(false);
      }
      expect(a.elector.isHeld()).toBe(true);
      expect(a.story).toEqual(['leads']);
      await a.stop();
    });

    test('a holder that cannot renew stops in time, and what it would still write is refused', async () => {
      let isCut = false;
      const writer: Partial<KubeWriter> = {
        async mergePatch(type, key, patch, options, signal) {
          if (isCut) throw kubeErrors.create('kube.unreachable', 'no route');
          return await cluster.writer.mergePatch(type, key, patch, options, signal);
        },
      };
      const a = campaign('cut', 'a', { writer });
      await leads(a);
      isCut = true;
      await within(11, [a.clock], () => a.story.includes('lost'));
      expect(a.elector.isHeld()).toBe(false);
      await a.stop();
      expect((await read('cut'))?.spec?.holderIdentity).toBe('a');
    });

    test('a heartbeat comes, is renewed, and goes with its controller, but never with another', async () => {
      const clock = createManualClock();
      const beat = (holder: string) =>
        startHeartbeat(
          { reader: cluster.reader, writer: cluster.writer, clock, log: createRecordingLog() },
          {
            namespace: 'demo',
            name: `kargo-controller-unnamed-${run}`,
            labels: { 'kargo.akuity.io/controller': '' },
            holder,
            ttlMs: 120_000,
          },
        );
      const first = beat('one');
      const found = () => read('kargo-controller-unnamed');
      await vi.waitFor(async () => expect((await found())?.spec?.holderIdentity).toBe('one'), {
        timeout: 10_000,
      });
      const before = await found();
      expect(before?.metadata.labels).toEqual({ 'kargo.akuity.io/controller': '' });
      expect(before?.spec?.leaseDurationSeconds).toBe(120);
      await vi.waitFor(async () => {
        await clock.advance(40_000);
        expect((await found())?.spec?.renewTime).not.toBe(before?.spec?.renewTime);
      });
      const second = beat('two');
      await vi.waitFor(async () => expect((await found())?.spec?.holderIdentity).toBe('two'), {
        timeout: 10_000,
      });
      await first.stop();
      expect((await found())?.spec?.holderIdentity).toBe('two');
      await second.stop();
      expect(await found()).toBeUndefined();
    });
  });
}
