import {
  freights,
  type Promotion,
  type PromotionStatus,
  promotions,
  stages,
} from '../../api/v1alpha1/index.ts';
import { isInShard, isTerminalPhase, type Shard } from '../../domain/index.ts';
import type { Clock, Controller, KubeReader, StageTurns } from '../../ports/index.ts';
import { type ActDeps, type ActOptions, act } from './act.ts';
import { decide } from './decide.ts';
import { report } from './report.ts';
import type { Done, Plan, Seen } from './types.ts';
import { applicationWatch, interrupts, stageWatch, wakes } from './watch.ts';

/** What the Promotion controller is made of. */
export interface PromotionControllerDeps extends ActDeps {
  readonly reader: KubeReader;
  readonly clock: Clock;
  readonly turns: Pick<StageTurns, 'of'>;
}

/** Settings of the Promotion controller. */
export interface PromotionControllerOptions extends ActOptions {
  /** In events, e.g. "promotion-controller". */
  readonly component: string;
  /** How many Promotions are worked on at once. */
  readonly concurrency: number;
  /** Promotions of other shards are left alone. */
  readonly shard: Shard;
  /** Are there Applications to be woken by? */
  readonly watchesApplications: boolean;
}

const deadlineMs = 30 * 60 * 1000;

/** Builds the Promotion controller. */
export function createPromotionController(
  deps: PromotionControllerDeps,
  options: PromotionControllerOptions,
): Controller<Promotion, Seen, Plan, Done, PromotionStatus> {
  const { reader, clock, turns } = deps;

  function look(object: Promotion): Seen {
    const { namespace = '' } = object.metadata;
    const freight = object.spec.freight;
    const stageKey = { namespace, name: object.spec.stage };
    const stage = reader.get(stages, stageKey);
    return {
      object,
      nowMs: clock.nowMs(),
      component: options.component,
      isMine: isInShard(options.shard, object),
      stage,
      turn: turns.of(stageKey)?.promotion ?? stage?.status?.currentPromotion?.name,
      freight: freight === undefined ? undefined : reader.get(freights, { namespace, name: freight }),
    };
  }

  async function lookLive(seen: Seen, signal: AbortSignal): Promise<Seen> {
    const { namespace = '' } = seen.object.metadata;
    const { stage, freight = '' } = seen.object.spec;
    return {
      ...seen,
      stage: await reader.getLive(stages, { namespace, name: stage }, signal),
      freight: await reader.getLive(freights, { namespace, name: freight }, signal),
    };
  }

  return {
    name: 'promotion',
    type: promotions,
    concurrency: options.concurrency,
    deadlineMs,
    wakes,
    interrupt: interrupts,
    watches: options.watchesApplications ? [stageWatch, applicationWatch] : [stageWatch],
    statusOf: (promotion) => promotion.status,
    toPanicked: ({ status }, message) =>
      isTerminalPhase(status?.phase) ? undefined : { ...status, phase: status?.phase ?? 'Pending', message },
    reconciler: {
      async observe({ namespace = '', name }, signal) {
        const cached = reader.get(promotions, { namespace, name });
        // Live when it is resumed: running a step twice because of a stale cache is the worst thing that can happen here.
        // A first step is safe without: the write that comes before it is refused when the cache was behind.
        const isResumed = cached?.status?.phase === 'Running' && isInShard(options.shard, cached);
        const object =
          cached === undefined || isResumed
            ? await reader.getLive(promotions, { namespace, name }, signal)
            : cached;
        if (object === undefined) return 'gone';
        const seen = look(object);
        // A refusal is final, so a cache that has not heard of the Freight or its approval yet does not get to say it.
        return decide(seen).kind === 'refuse' ? await lookLive(seen, signal) : seen;
      },
      decide,
      act: (plan, pass) => act(plan, pass, deps, options),
      report,
    },
  };
}
