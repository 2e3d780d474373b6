/**
 * The Stage controller: takes in what Promotions did, keeps the Stage's entries in Freight, tells health and
 * verification, and starts Promotions. It must never run a Promotion. Start reading at `decide.ts`.
 */
import { type Stage, type StageStatus, stages } from '../../api/v1alpha1/index.ts';
import { toPanickedStatus } from '../../domain/index.ts';
import type {
  ArgoCd,
  Clock,
  Controller,
  KubeReader,
  KubeWriter,
  Random,
  StageTurns,
  Watch,
} from '../../ports/index.ts';
import { act } from './act.ts';
import { decide } from './decide.ts';
import { createObserve, type StageOptions } from './observe.ts';
import { report } from './report.ts';
import type { StageDone, StagePlan, StageSeen } from './types.ts';
import { stageWatches, wakes } from './watch.ts';

export { stageErrors } from './errors.ts';
export { stageIndexes } from './indexes.ts';
export type { StageOptions } from './observe.ts';
export type { StageDone, StagePlan, StageSeen } from './types.ts';
export { applicationWatch } from './watch.ts';

/** What the Stage controller works with. */
export interface StageControllerDeps {
  readonly reader: KubeReader;
  readonly writer: KubeWriter;
  readonly applications: Pick<ArgoCd, 'get' | 'refresh'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly turns: StageTurns;
}

const passDeadlineMs = 2 * 60_000;

/** The Stage controller as the runner takes it. */
export function createStageController(
  deps: StageControllerDeps,
  options: StageOptions & { readonly concurrency: number; readonly extraWatches: readonly Watch[] },
): Controller<Stage, StageSeen, StagePlan, StageDone, StageStatus> {
  return {
    name: 'stage',
    type: stages,
    concurrency: options.concurrency,
    deadlineMs: passDeadlineMs,
    wakes,
    watches: [...stageWatches, ...options.extraWatches],
    reconciler: {
      observe: createObserve(deps, options),
      decide,
      act: (plan, pass) => act(deps, plan, pass.signal),
      report,
    },
    statusOf: (stage) => stage.status,
    toPanicked: toPanickedStatus,
  };
}
