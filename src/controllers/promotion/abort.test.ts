import { describe, expect, test } from 'vitest';
import { defineScripted } from '../../../test/support/engine-world.ts';
import { createFakeCluster, type FakeCluster } from '../../../test/support/fake-cluster.ts';
import { aFreight, aPromotion, aStage } from '../../../test/support/kargo-objects.ts';
import { type Moments, passPromotion } from '../../../test/support/promotion-passes.ts';
import { keyOf } from '../../api/meta/index.ts';
import {
  annotations,
  freights,
  type Promotion,
  promotions,
  type Stage,
  stages,
} from '../../api/v1alpha1/index.ts';
import { type EventDraft, isTerminalPhase, type StepOutcome } from '../../domain/index.ts';
import type { StepDefinition } from '../../ports/index.ts';

const { signal } = new AbortController();
const done: StepOutcome = { kind: 'done', status: 'Succeeded' };
const freight = aFreight('a');
const otherOrigin = { kind: 'Warehouse', name: 'other' } as const;
const otherFreight = { ...aFreight('b'), origin: otherOrigin };

const promotion: Promotion = {
  ...aPromotion('dev.2', 'dev', freight),
  spec: {
    stage: 'dev',
    freight: freight.metadata.name,
    steps: ['edit', 'fetch', 'push', 'wait', 'last'].map((as) => ({ uses: as === 'last' ? 'push' : as, as })),
  },
};
const key = keyOf(promotion);

/** A Stage with two origins that runs Freight of the other one; `current` is whose turn it is. */
function createStage(current: string | undefined): Stage {
  const stage = aStage('dev');
  const items = { 'Warehouse/other': { name: otherFreight.metadata.name, origin: otherOrigin } };
  const freightCollection = { id: 'before', items };
  return {
    ...stage,
    spec: {
      requestedFreight: [...stage.spec.requestedFreight, { origin: otherOrigin, sources: { direct: true } }],
    },
    status: {
      freightHistory: [freightCollection],
      lastPromotion: { name: 'dev.1', status: { phase: 'Succeeded', freightCollection } },
      ...(current === undefined ? {} : { currentPromotion: { name: current } }),
    },
  };
}

function createCluster(current: string | undefined): FakeCluster {
  const cluster = createFakeCluster({ watched: [promotions, stages, freights].map((type) => ({ type })) });
  cluster.put(freights, freight);
  cluster.put(freights, otherFreight);
  cluster.put(promotions, promotion);
  cluster.put(stages, createStage(current));
  return cluster;
}

/** Where somebody asks for the abort; "in" is while a step of that name is at work. */
type Where =
  | 'before its turn'
  | 'in edit'
  | 'in fetch'
  | 'before the claim of push'
  | 'while the claim of push is written'
  | 'after the claim of push'
  | 'after the act of push'
  | 'between two passes'
  | 'in wait'
  | 'after the claim of last'
  | 'after the act of last';

/** A promotion whose abort is asked for at one place, and what it did outside. */
function createScene(where: Where) {
  const cluster = createCluster(where === 'before its turn' ? 'dev.1' : 'dev.2');
  const effects: string[] = [];
  const passes: number[] = [];
  const events: EventDraft[] = [];
  let isClaiming: string | undefined;
  let passesSince = 0;
  let isAsked = false;

  async function reach(place: string): Promise<void> {
    if (place !== where || isAsked) return;
    isAsked = true;
    const abort = {
      metadata: { annotations: { [annotations.abort]: '{"action":"terminate","actor":"ann"}' } },
    };
    await cluster.someone.mergePatch(promotions, key, abort, {}, signal);
  }

  function define(moments: Moments): readonly StepDefinition[] {
    const at = async (place: string): Promise<void> => {
      await reach(place);
      await moments.pass();
    };
    const works = (name: string) => async (): Promise<StepOutcome> => {
      await at(`in ${name}`);
      return done;
    };
    return [
      defineScripted('edit', works('edit')),
      defineScripted('fetch', works('fetch'), { effect: 'fetch' }),
      defineScripted(
        'push',
        async (context, _, alias) => {
          if (context.claimed !== undefined && effects.includes(alias)) return done;
          await at(`before the claim of ${alias}`);
          isClaiming = alias;
          await context.claim({ alias });
          isClaiming = undefined;
          effects.push(alias);
          await at(`after the act of ${alias}`);
          return done;
        },
        { effect: 'outward' },
      ),
      defineScripted(
        'wait',
        async () => {
          await at('in wait');
          const isMerged = passes.length > 1;
          return isMerged ? done : { kind: 'waiting', message: 'for it', pollAfterMs: 1000, wakes: [] };
        },
        { effect: 'wait' },
      ),
    ];
  }

  async function play(): Promise<void> {
    await reach('before its turn');
    for (let count = 0; count < 6; count += 1) {
      if (isAsked) passesSince += 1;
      passes.push(count);
      const moments = {
        async pass() {
          if (isClaiming === undefined) return;
          const { state } = cluster.stored(promotions, key)?.status ?? {};
          const isWritten = JSON.stringify(state ?? {}).includes(`{"alias":"${isClaiming}"}`);
          await reach(
            isWritten ? `after the claim of ${isClaiming}` : `while the claim of ${isClaiming} is written`,
          );
        },
      };
      const { wakeUp } = await passPromotion({ cluster, key, define, moments, events });
      if (wakeUp.kind === 'none') return;
      await reach('between two passes');
    }
    throw new Error('the promotion has not ended');
  }

  return {
    play,
    effects,
    events,
    passesSince: () => passesSince,
    status: () => cluster.stored(promotions, key)?.status,
  };
}

describe('an abort', () => {
  test.each<{
    readonly where: Where;
    readonly effects: readonly string[];
    readonly phase?: string;
    readonly step?: string;
  }>([
    { where: 'before its turn', effects: [] },
    { where: 'in edit', effects: [], step: 'fetch' },
    { where: 'in fetch', effects: [], step: 'push' },
    { where: 'before the claim of push', effects: [], step: 'push' },
    { where: 'while the claim of push is written', effects: [], step: 'push' },
    { where: 'after the claim of push', effects: [], step: 'push' },
    { where: 'after the act of push', effects: ['push'], step: 'wait' },
    { where: 'between two passes', effects: ['push'], step: 'wait' },
    { where: 'in wait', effects: ['push'], step: 'wait' },
    { where: 'after the claim of last', effects: ['push'], step: 'last' },
    { where: 'after the act of last', effects: ['push', 'last'], phase: 'Succeeded' },
  ])('$where', async ({ where, effects, phase = 'Aborted', step }) => {
    const scene = createScene(where);
    await scene.play();
    const status = scene.status();
    expect(status?.phase).toBe(phase);
    expect(scene.effects).toEqual(effects);
    expect(scene.passesSince(), 'the pass at work ends, and the next one is the last').toBeLessThan(2);
    expect(scene.events.map(({ reason }) => reason)).toEqual([`Promotion${phase}`]);
    expect(isTerminalPhase(status?.phase) && status?.finishedAt !== undefined).toBe(true);
    // What never began has no set of its own, and its Stage keeps the one it had.
    const items = status?.freightCollection?.items;
    const origins = where === 'before its turn' ? undefined : ['Warehouse/ameide', 'Warehouse/other'];
    expect(items === undefined ? undefined : Object.keys(items).sort()).toEqual(origins);
    const open = status?.stepExecutionMetadata?.filter((record) => record.finishedAt === undefined) ?? [];
    expect(open.filter((record) => record.status !== 'Skipped')).toEqual([]);
    const aborted = status?.stepExecutionMetadata?.filter((record) => record.status === 'Aborted') ?? [];
    expect(aborted.length).toBeLessThan(2);
    if (step !== undefined && aborted.length > 0) expect(aborted[0]?.alias).toBe(step);
  });
});
