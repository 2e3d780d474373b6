import type { ObjectKey } from '../../api/meta/index.ts';
import type {
  Clock,
  Events,
  KubeChanges,
  KubeReader,
  KubeWriter,
  Log,
  Metrics,
  Random,
} from '../../ports/index.ts';
import type { Health } from '../health.ts';
import type { AnyController } from './any-controller.ts';
import { judgeHealth } from './health.ts';
import { createLoop, type LoopOptions } from './loop.ts';

/** Runs controllers. */
export interface Runner {
  /** Subscribes to everything the controllers watch and starts working. All their types must be watched already. */
  start(): void;
  /**
   * Interrupts running passes and takes up no more. Resolves when they have written their outcome, at the latest when
   * the grace period is over.
   */
  stop(): Promise<void>;
  /** For the liveness probe. */
  health(): Health;
  /** Wakes a controller for one key, as a change would; for news that reaches the process beside the watches. */
  wake(controller: string, key: ObjectKey): void;
  /** Is nothing due or being worked on? Delayed wake-ups do not count. */
  isIdle(): boolean;
}

/** What a runner needs from its surroundings. */
export interface RunnerDeps {
  readonly reader: KubeReader;
  readonly writer: KubeWriter;
  readonly changes: KubeChanges;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly events: Events;
}

/** Timings of a runner. */
export interface RunnerOptions extends LoopOptions {
  /** How long due work may stand still before `health` says so, in milliseconds. */
  readonly stuckMs?: number;
  /** How long passes may still write after `stop`, in milliseconds. */
  readonly graceMs?: number;
}

const defaultStuckMs = 300_000;
const defaultGraceMs = 10_000;

/** Creates a runner for these controllers; their names must differ. */
export function createRunner(
  deps: RunnerDeps,
  controllers: readonly AnyController[],
  options: RunnerOptions = {},
): Runner {
  const writing = new AbortController();
  const loops = controllers.map((controller) =>
    createLoop({ ...deps, writeSignal: writing.signal }, controller, options),
  );

  return {
    start() {
      for (const loop of loops) loop.start();
    },
    async stop() {
      let cancel: () => void = () => undefined;
      const grace = new Promise<void>((resolve) => {
        cancel = deps.clock.schedule(options.graceMs ?? defaultGraceMs, resolve);
      });
      await Promise.race([Promise.all(loops.map((loop) => loop.stop())), grace]);
      cancel();
      writing.abort(new Error('the process is stopping'));
    },
    health: () =>
      judgeHealth(
        loops.map((loop) => loop.progress()),
        deps.clock.nowMs(),
        options.stuckMs ?? defaultStuckMs,
      ),
    wake: (name, key) => loops.find((loop) => loop.name === name)?.wake(key),
    isIdle: () =>
      loops.every((loop) => {
        const { queue } = loop.progress();
        return queue.depth === 0 && queue.active.size === 0;
      }),
  };
}
