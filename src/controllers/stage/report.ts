import { type Condition, findCondition, removeCondition, setCondition } from '../../api/meta/index.ts';
import { annotations, type StageStatus } from '../../api/v1alpha1/index.ts';
import {
  compareNames,
  controllerActor,
  formatTime,
  isTerminalPhase,
  promotionEvent,
  type Report,
  type WakeUp,
} from '../../domain/index.ts';
import { isControlFlow } from './decide/control-flow.ts';
import { isFinished } from './decide/verification-info.ts';
import type { Draft, StageDone, StagePlan, StageProblem, StageSeen } from './types.ts';

type ReadyCondition = Pick<Condition, 'status' | 'reason' | 'message'>;

/** How long a Promotion may run before its Stage says so, in milliseconds: most have ended by then. */
const quietForMs = 1_000;

/** What there is to say about a pass: the whole status, events, when to look again. Pure. */
export function report(seen: StageSeen, plan: StagePlan, done: StageDone): Report<StageStatus> {
  if (plan.kind !== 'run') {
    const wakeUp = done.error === undefined ? ({ kind: 'none' } as const) : ({ kind: 'backoff' } as const);
    return {
      status: undefined,
      events: [],
      wakeUp,
      ...(done.error === undefined ? {} : { error: done.error }),
    };
  }
  const { draft } = plan;
  const quietMs = quietLeftMs(seen, draft);
  if (quietMs > 0 && done.error === undefined && done.refused.length === 0)
    return {
      status: undefined,
      events: [...draft.events, ...announce(seen, draft, done)],
      wakeUp: { kind: 'after', delayMs: quietMs },
    };
  const context = draft.argocdContext;
  return {
    status: summarize(seen, draft, done),
    ...(context === undefined ? {} : { annotations: { [annotations.argocdContext]: context } }),
    events: [...draft.events, ...announce(seen, draft, done)],
    wakeUp: done.error === undefined ? nextLook(seen, draft) : { kind: 'backoff' },
    ...(done.error === undefined ? {} : { error: done.error }),
  };
}

/**
 * For how long the Stage says nothing yet about the Promotion whose turn it is, in milliseconds: its end is told at once,
 * and a status in between would only cost a write.
 *
 * A Promotion that is older by name than the last one taken in is named at once: after a crash, nothing else would tell
 * that it was let go.
 */
function quietLeftMs({ object, nowMs, turn }: StageSeen, draft: Draft): number {
  const { currentPromotion, lastPromotion } = object.status ?? {};
  if (draft.turn === undefined || currentPromotion !== undefined) return 0;
  if (compareNames(draft.turn, lastPromotion?.name ?? '') <= 0) return 0;
  if (turn?.promotion !== draft.turn) return quietForMs;
  // A clock that went back is no reason to keep silent.
  return nowMs < turn.sinceMs ? 0 : Math.max(0, quietForMs - (nowMs - turn.sinceMs));
}

function summarize(seen: StageSeen, draft: Draft, done: StageDone): StageStatus {
  const { metadata } = seen.object;
  const now = formatTime(seen.nowMs);
  const generation = metadata.generation;
  const observed = generation === undefined ? {} : { observedGeneration: generation };
  const set = (list: readonly Condition[] | undefined, type: string, condition: ReadyCondition) =>
    setCondition(list, { type, ...condition, ...observed }, now);
  let conditions = set(draft.status.conditions, 'Ready', readiness(seen, draft, done));
  conditions =
    done.error === undefined
      ? removeCondition(conditions, 'Reconciling')
      : set(conditions, 'Reconciling', {
          status: 'True',
          reason: 'RetryAfterError',
          message: done.error.message,
        });
  conditions =
    done.refused.length === 0
      ? removeCondition(conditions, 'AutoPromoting')
      : set(conditions, 'AutoPromoting', {
          status: 'False',
          reason: 'PromotionRefused',
          message: done.refused.join('; '),
        });
  const refresh = metadata.annotations?.[annotations.refresh];
  return {
    ...draft.status,
    conditions,
    ...observed,
    ...(refresh === undefined ? {} : { lastHandledRefresh: refresh }),
    freightSummary: isControlFlow(seen) ? 'N/A' : summarizeFreight(seen, draft),
  };
}

/** What the Stage runs, in a few words. */
function summarizeFreight(seen: StageSeen, draft: Draft): string {
  const requested = seen.object.spec.requestedFreight.length;
  const items = Object.values(draft.status.freightHistory?.[0]?.items ?? {});
  if (requested === 1 && items.length === 1) return items[0]?.name ?? '';
  return `${items.length}/${requested} Fulfilled`;
}

/** Why the Stage is ready or not; the first that answers decides. */
const readinessRules: readonly ((
  seen: StageSeen,
  draft: Draft,
  done: StageDone,
) => ReadyCondition | undefined)[] = [
  function hasError(_seen, _draft, done) {
    return done.error === undefined ? undefined : notReady('ReconcileError', done.error.message);
  },
  function hasProblem(_seen, draft) {
    const [problem] = draft.problems;
    return problem === undefined ? undefined : notReady(problem.reason, allProblems(draft.problems));
  },
  function onlyPassesOn(seen) {
    if (!isControlFlow(seen)) return undefined;
    return { status: 'True', reason: 'Ready', message: 'Stage passes Freight on' };
  },
  function isPromoting(_seen, draft) {
    const promoting = findCondition(draft.status.conditions, 'Promoting');
    return promoting === undefined ? undefined : notReady(promoting.reason, promoting.message);
  },
  function lastPromotionFailed(_seen, draft) {
    const last = draft.status.lastPromotion?.status;
    if (last === undefined || !isTerminalPhase(last.phase) || last.phase === 'Succeeded') return undefined;
    return notReady(`LastPromotion${last.phase}`, last.message ?? '');
  },
  function isUnhealthy(_seen, draft) {
    return unlessTrue(draft, 'Healthy', notReady('Unhealthy', 'Stage is not healthy'));
  },
  function isUnverified(_seen, draft) {
    return unlessTrue(draft, 'Verified', notReady('PendingVerification', 'Stage is not verified'));
  },
];

function readiness(seen: StageSeen, draft: Draft, done: StageDone): ReadyCondition {
  for (const rule of readinessRules) {
    const condition = rule(seen, draft, done);
    if (condition !== undefined) return condition;
  }
  const verified = findCondition(draft.status.conditions, 'Verified');
  return {
    status: 'True',
    reason: verified?.reason ?? 'Verified',
    message: verified?.message ?? 'Freight has been verified',
  };
}

function unlessTrue(draft: Draft, type: string, missing: ReadyCondition): ReadyCondition | undefined {
  const condition = findCondition(draft.status.conditions, type);
  if (condition === undefined) return missing;
  return condition.status === 'True' ? undefined : notReady(condition.reason, condition.message);
}

function notReady(reason: string, message: string): ReadyCondition {
  return { status: 'False', reason, message };
}

function allProblems(problems: readonly StageProblem[]): string {
  return problems.map(({ message }) => message).join('; ');
}

/** An event for each Promotion that was started; what failed is not told as if it had happened. */
function announce(seen: StageSeen, draft: Draft, done: StageDone) {
  return done.created.map(({ origin, promotion }) =>
    promotionEvent(promotion, {
      reason: 'PromotionCreated',
      message: `Automatically promoted Freight from origin "${origin}" for Stage "${seen.object.metadata.name}"`,
      component: seen.controller,
      actor: controllerActor(seen.controller),
      freight: draft.creations.find((creation) => creation.origin === origin)?.freight,
    }),
  );
}

/**
 * Now, when a Promotion waits that may be picked once this pass is written; else at the end of the next soak. Everything
 * else is told by watches, and the runner looks again every few minutes in any case.
 */
function nextLook(seen: StageSeen, draft: Draft): WakeUp {
  const history = draft.status.freightHistory?.[0]?.verificationHistory ?? [];
  if (draft.isImmediate && history.every(isFinished)) return { kind: 'after', delayMs: 0 };
  if (draft.wakeAtMs === undefined) return { kind: 'none' };
  return { kind: 'after', delayMs: Math.max(0, draft.wakeAtMs - seen.nowMs) };
}
