import { describe, expect, test } from 'vitest';
import { defineScripted } from '../../../test/support/engine-world.ts';
import { createFakeCluster, type FakeCluster } from '../../../test/support/fake-cluster.ts';
import { aFreight, aPromotion, aStage, runs } from '../../../test/support/kargo-objects.ts';
import {
  type Moments,
  type PromotionPassed,
  passPromotion,
  quiet,
} from '../../../test/support/promotion-passes.ts';
import { keyOf } from '../../api/meta/index.ts';
import { annotations, freights, type Promotion, promotions, stages } from '../../api/v1alpha1/index.ts';
import type { EventDraft, StepOutcome } from '../../domain/index.ts';
import type { StepDefinition } from '../../ports/index.ts';

const freight = aFreight('a');
const promotion: Promotion = {
  ...aPromotion('dev.1', 'dev', freight),
  spec: {
    stage: 'dev',
    freight: freight.metadata.name,
    steps: [
      { uses: 'push', as: 'push' },
      { uses: 'wait', as: 'wait' },
      { uses: 'push', as: 'last' },
    ],
  },
};
const key = keyOf(promotion);

/** What the steps change. */
interface Outside {
  readonly effects: string[];
  looks: number;
}

function defineSteps(outside: Outside, moments: Moments): readonly StepDefinition[] {
  const done: StepOutcome = { kind: 'done', status: 'Succeeded' };
  return [
    defineScripted(
      'push',
      async (context, _, alias) => {
        if (context.claimed !== undefined && outside.effects.includes(alias)) return done;
        await context.claim({ alias });
        await moments.pass();
        context.signal.throwIfAborted();
        outside.effects.push(alias);
        await moments.pass();
        return done;
      },
      { effect: 'outward' },
    ),
    defineScripted(
      'wait',
      () => {
        outside.looks += 1;
        return outside.looks > 1
          ? done
          : { kind: 'waiting', message: 'for it', pollAfterMs: 1000, wakes: [] };
      },
      { effect: 'wait' },
    ),
  ];
}

function createCluster(): FakeCluster {
  const cluster = createFakeCluster({
    watched: [promotions, stages, freights].map((type) => ({ type })),
  });
  cluster.put(freights, freight);
  cluster.put(promotions, promotion);
  // The Stage runs this Freight already, so its end asks for another verification.
  cluster.put(stages, aStage('dev', { status: runs(freight, { currentPromotion: { name: 'dev.1' } }) }));
  return cluster;
}

async function runPass(
  cluster: FakeCluster,
  outside: Outside,
  moments: Moments,
  events: EventDraft[] = [],
): Promise<PromotionPassed> {
  return passPromotion({ cluster, key, define: (all) => defineSteps(outside, all), moments, events });
}

async function settle(
  cluster: FakeCluster,
  outside: Outside,
  moments: Moments = quiet,
  events: EventDraft[] = [],
): Promise<EventDraft[]> {
  for (let count = 0; count < 10; count++) {
    const { wakeUp } = await runPass(cluster, outside, moments, events);
    if (wakeUp.kind === 'none') return events;
  }
  throw new Error('no rest after 10 passes');
}

function countMoments(): Moments & { readonly count: () => number } {
  let count = 0;
  return {
    pass: async () => {
      count += 1;
    },
    count: () => count,
  };
}

function newOutside(): Outside {
  return { effects: [], looks: 0 };
}

describe('a Promotion', () => {
  test('settles, and is left alone then', async () => {
    const cluster = createCluster();
    const outside = newOutside();
    const events = await settle(cluster, outside);
    expect(cluster.stored(promotions, key)?.status).toMatchObject({ phase: 'Succeeded' });
    expect(outside.effects).toEqual(['push', 'last']);
    expect(events.map((event) => event.reason)).toEqual(['PromotionSucceeded']);
    const writes = cluster.writes.length;
    const again = await runPass(cluster, outside, quiet);
    expect(again).toEqual({ wakeUp: { kind: 'none' }, plan: 'nothing', isChanged: false });
    expect(cluster.writes).toHaveLength(writes);
  });

  test('asks its Stage to verify again before its end is written', async () => {
    const cluster = createCluster();
    let isAsked = false;
    cluster.onWrite(({ kind }) => {
      if (kind === 'Stage') isAsked = true;
      const { phase } = cluster.stored(promotions, key)?.status ?? {};
      if (!isAsked) expect(phase).not.toBe('Succeeded');
      return undefined;
    });
    await settle(cluster, newOutside());
    const stage = cluster.stored(stages, { namespace: 'ameide', name: 'dev' });
    expect(stage?.metadata.annotations?.[annotations.reverify]).toContain('one');
  });

  test('that is killed at any moment ends the same, with nothing done twice', async () => {
    const counting = countMoments();
    const undisturbed = createCluster();
    await settle(undisturbed, newOutside(), counting);
    const want = undisturbed.stored(promotions, key)?.status;
    const wantedStage = undisturbed.stored(stages, { namespace: 'ameide', name: 'dev' })?.metadata
      .annotations;
    expect(counting.count()).toBeGreaterThan(10);
    for (let at = 0; at < counting.count(); at++) {
      const cluster = createCluster();
      const outside = newOutside();
      let count = 0;
      let kill: (value: 'killed') => void = () => undefined;
      const killed = new Promise<'killed'>((resolve) => {
        kill = resolve;
      });
      const moments: Moments = {
        async pass() {
          count += 1;
          if (count - 1 !== at) return;
          kill('killed');
          await new Promise(() => undefined);
        },
      };
      const events: EventDraft[] = [];
      expect(await Promise.race([settle(cluster, outside, moments, events), killed])).toBe('killed');
      await settle(cluster, outside, quiet, events);
      const ends = events.filter(({ reason }) => reason === 'PromotionSucceeded');
      expect(new Set(ends.map(({ once }) => once)), 'its end is told, as one event').toHaveLength(1);
      expect(outside.effects).toEqual(['push', 'last']);
      expect(cluster.stored(promotions, key)?.status).toEqual(want);
      const stage = cluster.stored(stages, { namespace: 'ameide', name: 'dev' });
      expect(stage?.metadata.annotations).toEqual(wantedStage);
    }
  });

  test('that is aborted at any moment ends Aborted, unless everything was done already', async () => {
    const counting = countMoments();
    await settle(createCluster(), newOutside(), counting);
    const phases: (string | undefined)[] = [];
    for (let at = 0; at < counting.count(); at++) {
      const cluster = createCluster();
      const outside = newOutside();
      let count = 0;
      const moments: Moments = {
        async pass() {
          count += 1;
          if (count - 1 !== at) return;
          const patch = {
            metadata: { annotations: { [annotations.abort]: '{"action":"terminate","actor":"ann"}' } },
          };
          await cluster.someone.mergePatch(promotions, key, patch, {}, new AbortController().signal);
        },
      };
      await settle(cluster, outside, moments);
      const { phase, message, finishedAt } = cluster.stored(promotions, key)?.status ?? {};
      phases.push(phase);
      expect(finishedAt).toBeDefined();
      if (phase === 'Aborted') expect(message).toBe('Promotion terminated by ann');
      else expect([phase, outside.effects]).toEqual(['Succeeded', ['push', 'last']]);
    }
    expect(phases.indexOf('Succeeded')).toBeGreaterThan(phases.length / 2);
    expect(phases.lastIndexOf('Aborted')).toBeLessThan(phases.indexOf('Succeeded'));
  });
});

describe('a Promotion that is touched at any moment', () => {
  /** Settles once for each moment of a pass, with something done by somebody else at that moment. */
  async function disturbEach(
    act: (cluster: FakeCluster) => Promise<unknown>,
    check: (cluster: FakeCluster, outside: Outside, at: number) => void,
  ): Promise<void> {
    const counting = countMoments();
    await settle(createCluster(), newOutside(), counting);
    expect(counting.count()).toBeGreaterThan(10);
    for (let at = 0; at < counting.count(); at++) {
      const cluster = createCluster();
      const outside = newOutside();
      let count = 0;
      const moments: Moments = {
        async pass() {
          count += 1;
          if (count - 1 === at) await act(cluster);
        },
      };
      try {
        await settle(cluster, outside, moments);
      } catch (error) {
        // The runner takes a pass over an object that is gone for overtaken.
        if (cluster.stored(promotions, key) !== undefined) throw error;
      }
      check(cluster, outside, at);
    }
  }
  const live = new AbortController().signal;

  test('annotated, it ends as if it had not been', async () => {
    const patch = { metadata: { annotations: { [annotations.refresh]: 'now', other: 'x' } } };
    await disturbEach(
      (cluster) => cluster.someone.mergePatch(promotions, key, patch, {}, live),
      (cluster, outside, at) => {
        const { status, metadata } = cluster.stored(promotions, key) ?? {};
        expect(status?.phase, `moment ${at}`).toBe('Succeeded');
        expect(outside.effects).toEqual(['push', 'last']);
        expect(metadata?.annotations).toMatchObject({ other: 'x' });
      },
    );
  });

  test('deleted, it is gone, and nothing is done twice', async () => {
    const counts: number[] = [];
    await disturbEach(
      (cluster) => cluster.someone.delete(promotions, key, {}, live),
      (cluster, outside, at) => {
        expect(cluster.stored(promotions, key), `moment ${at}`).toBeUndefined();
        expect(['push', 'last'].slice(0, outside.effects.length)).toEqual(outside.effects);
        counts.push(outside.effects.length);
      },
    );
    expect(counts[0], 'before the first claim nothing is done').toBe(0);
    expect([...counts].sort(), 'the later the deletion, the more was done').toEqual(counts);
  });
});

describe('what the cache has not heard of yet', () => {
  test('Freight that was made a moment ago is not missed', async () => {
    const cluster = createFakeCluster({ watched: [promotions, stages, freights].map((type) => ({ type })) });
    cluster.put(promotions, promotion);
    cluster.put(stages, aStage('dev', { status: { currentPromotion: { name: 'dev.1' } } }));
    cluster.holdWatch();
    cluster.put(freights, freight);
    const { plan } = await runPass(cluster, newOutside(), quiet);
    expect(plan).toBe('run');
  });

  test('an approval that was given a moment ago counts', async () => {
    const cluster = createFakeCluster({ watched: [promotions, stages, freights].map((type) => ({ type })) });
    cluster.put(promotions, promotion);
    const stage = aStage('dev', { from: ['test'], status: { currentPromotion: { name: 'dev.1' } } });
    cluster.put(stages, stage);
    cluster.put(freights, freight);
    expect((await runPass(cluster, newOutside(), quiet)).plan).toBe('refuse');
    cluster.put(promotions, promotion);
    cluster.holdWatch();
    cluster.put(freights, {
      ...freight,
      status: { approvedFor: { dev: { approvedAt: '2026-01-02T03:00:00Z' } } },
    });
    expect((await runPass(cluster, newOutside(), quiet)).plan).toBe('run');
  });
});
