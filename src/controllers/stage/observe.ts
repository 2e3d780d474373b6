import type { ObjectKey } from '../../api/meta/index.ts';
import {
  freights,
  type Promotion,
  projectConfigs,
  promotions,
  stages,
  warehouses,
} from '../../api/v1alpha1/index.ts';
import { describeError } from '../../base/index.ts';
import { isInShard, readCriteria } from '../../domain/index.ts';
import type { ArgoCd, Clock, KubeReader, Random, StageTurns } from '../../ports/index.ts';
import { applicationCheck } from './decide/assess-health.ts';
import { findEnded } from './decide/sync-promotions.ts';
import { ofStageIndex } from './indexes.ts';
import type { SeenApplication, StageSeen } from './types.ts';

/** Where the Stage controller looks. */
export interface ObserveDeps {
  readonly reader: KubeReader;
  readonly applications: Pick<ArgoCd, 'get' | 'refresh'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly turns: StageTurns;
}

/** What it is told about itself. */
export interface StageOptions {
  /** As in events, e.g. "stage-controller". */
  readonly name: string;
  /** Stages of another shard are left alone; `undefined` for those without one. */
  readonly shard: string | undefined;
  /** Is it also responsible for Stages without a shard? Without a shard of its own it always is. */
  readonly isDefault?: boolean;
  /** Where Applications live that are named without a namespace. */
  readonly argocdNamespace: string;
}

/** Reads everything that a pass over one Stage needs. */
export function createObserve(deps: ObserveDeps, options: StageOptions) {
  return async (key: ObjectKey, signal: AbortSignal): Promise<StageSeen | 'gone'> => {
    const object = deps.reader.get(stages, key);
    if (object === undefined) {
      deps.turns.give(key, undefined);
      return 'gone';
    }
    const namespace = key.namespace ?? '';
    const own = deps.reader.list(promotions, {
      index: { name: ofStageIndex, value: `${namespace}/${key.name}` },
    });
    const seen: StageSeen = {
      object,
      nowMs: deps.clock.nowMs(),
      controller: options.name,
      isMine: isInShard({ name: options.shard, isDefault: options.isDefault === true }, object),
      promotions: own,
      freight: deps.reader.list(freights, { namespace }),
      warehouses: deps.reader.list(warehouses, { namespace }),
      projectConfig: deps.reader.get(projectConfigs, { namespace, name: namespace }),
      applications: [],
      argocdNamespace: options.argocdNamespace,
      turn: deps.turns.of(key),
      verificationId: deps.random.uuid(),
    };
    return { ...seen, applications: await readApplications(deps, seen, signal) };
  };
}

/**
 * The Applications that health checks name: those of the last Promotion, and of each that this pass takes in.
 * One that cannot be read makes the Stage's health unknown, never the pass fail.
 */
async function readApplications(
  deps: ObserveDeps,
  seen: StageSeen,
  signal: AbortSignal,
): Promise<readonly SeenApplication[]> {
  const wanted = new Map<string, { readonly namespace: string; readonly name: string }>();
  const statuses = [seen.object.status?.lastPromotion?.status, ...findEnded(seen).map(statusOf)];
  for (const check of statuses.flatMap((status) => status?.healthChecks ?? [])) {
    if (check.uses !== applicationCheck) continue;
    for (const { namespace, name } of readCriteria(check.config ?? {}, seen.argocdNamespace))
      wanted.set(`${namespace}/${name}`, { namespace, name });
  }
  return Promise.all([...wanted.values()].map((place) => readApplication(deps, place, signal)));
}

async function readApplication(
  deps: ObserveDeps,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  signal: AbortSignal,
): Promise<SeenApplication> {
  try {
    const application = await deps.applications.get(namespace, name, signal);
    return { namespace, name, application, problem: undefined };
  } catch (error) {
    if (signal.aborted) throw error;
    const problem = `cannot read Argo CD Application "${name}" in namespace "${namespace}": ${describeError(error)}`;
    return { namespace, name, application: undefined, problem };
  }
}

function statusOf(promotion: Promotion): Promotion['status'] {
  return promotion.status;
}
