import { type Condition, findCondition, removeCondition, setCondition } from '../../api/meta/index.ts';
import { labels, type ProjectStatus, type Stage, type Warehouse } from '../../api/v1alpha1/index.ts';
import { formatTime, type Report } from '../../domain/index.ts';
import type { ProjectDone, ProjectPlan, ProjectSeen, ProjectStats } from './types.ts';

/** How soon to look again for a namespace that was just made, or is going. */
const soonMs = 1_000;

type Change = Pick<Condition, 'type' | 'status' | 'reason' | 'message'> | { readonly remove: string };

/** What there is to say about a pass: conditions, figures, when to look again. Pure. */
export function report(seen: ProjectSeen, plan: ProjectPlan, done: ProjectDone): Report<ProjectStatus> {
  if (plan.kind === 'release') {
    const wakeUp = done.error === undefined ? ({ kind: 'none' } as const) : ({ kind: 'backoff' } as const);
    return {
      status: undefined,
      events: [],
      wakeUp,
      ...(done.error === undefined ? {} : { error: done.error }),
    };
  }
  const status = { ...seen.object.status, conditions: [...apply(seen, changesFor(seen, plan, done))] };
  const withStats =
    plan.kind === 'tend' && done.error === undefined ? { ...status, stats: count(seen) } : status;
  if (done.error !== undefined)
    return { status: withStats, events: [], wakeUp: { kind: 'backoff' }, error: done.error };
  const isWaiting = plan.kind === 'create-namespace' || plan.kind === 'wait-for-namespace';
  const wakeUp = isWaiting ? ({ kind: 'after', delayMs: soonMs } as const) : ({ kind: 'none' } as const);
  return { status: withStats, events: [], wakeUp };
}

function changesFor(seen: ProjectSeen, plan: ProjectPlan, done: ProjectDone): readonly Change[] {
  const { name } = seen.object.metadata;
  if (done.error !== undefined) {
    return [
      { remove: 'Stalled' },
      reconciling('RetryAfterError', done.error.message),
      notReady('EnsuringNamespaceFailed', done.error.message),
    ];
  }
  switch (plan.kind) {
    case 'stall': {
      const message = `namespace "${name}" exists and is not marked as a Project's; to let the Project have it, label it ${labels.project}=true`;
      const stalled = {
        type: 'Stalled',
        status: 'True',
        reason: 'ExistingNamespaceMissingLabel',
        message,
      } as const;
      return [stalled, { remove: 'Reconciling' }, notReady('EnsuringNamespaceFailed', message)];
    }
    case 'wait-for-namespace': {
      const message = `namespace "${name}" is being deleted; waiting until it is gone`;
      return [{ remove: 'Stalled' }, reconciling('Syncing', message), notReady('Syncing', message)];
    }
    case 'create-namespace': {
      const message = `namespace "${name}" has been created`;
      return [{ remove: 'Stalled' }, reconciling('Syncing', message), notReady('Syncing', message)];
    }
    default: {
      const message = 'Project is synced and ready for use';
      const ready = { type: 'Ready', status: 'True', reason: 'Synced', message } as const;
      return [{ remove: 'Stalled' }, { remove: 'Reconciling' }, { remove: 'Healthy' }, ready];
    }
  }
}

function apply(seen: ProjectSeen, changes: readonly Change[]): readonly Condition[] {
  const observedGeneration = seen.object.metadata.generation;
  const observed = observedGeneration === undefined ? {} : { observedGeneration };
  let conditions: readonly Condition[] = seen.object.status?.conditions ?? [];
  for (const change of changes) {
    conditions =
      'remove' in change
        ? removeCondition(conditions, change.remove)
        : setCondition(conditions, { ...change, ...observed }, formatTime(seen.nowMs));
  }
  return conditions;
}

function reconciling(reason: string, message: string): Change {
  return { type: 'Reconciling', status: 'True', reason, message };
}

function notReady(reason: string, message: string): Change {
  return { type: 'Ready', status: 'False', reason, message };
}

/** Stages that only pass Freight on deploy nothing and are left out. */
function count(seen: ProjectSeen): ProjectStats {
  const stages = seen.stages.filter(({ spec }) => (spec.promotionTemplate?.spec.steps ?? []).length > 0);
  return {
    warehouses: { count: seen.warehouses.length, health: { healthy: countHealthy(seen.warehouses) } },
    stages: { count: stages.length, health: { healthy: countHealthy(stages) } },
  };
}

function countHealthy(objects: readonly (Stage | Warehouse)[]): number {
  return objects.filter(({ status }) => findCondition(status?.conditions, 'Healthy')?.status === 'True')
    .length;
}
