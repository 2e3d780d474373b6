import { annotations, type PromotionStatus } from '../../api/v1alpha1/index.ts';
import { assertNever } from '../../base/index.ts';
import {
  type EngineResult,
  type EngineStatus,
  type EventDraft,
  formatTime,
  isTerminalPhase,
  promotionEvent,
  type Report,
  type StepRecord,
  type WakeUp,
} from '../../domain/index.ts';
import type { Done, Plan, Seen } from './types.ts';

/** A safety net: changes wake a Promotion, and this looks after those that were missed. */
const resyncMs = 5 * 60 * 1000;

/** How long after its end a Promotion may still be told to have ended. */
const lateMs = 5 * 60 * 1000;

/** What a pass has to say about a Promotion. Pure. */
export function report(seen: Seen, plan: Plan, done: Done): Report<PromotionStatus> {
  const told = tell(seen, plan, done);
  return { ...told, status: told.status === undefined ? undefined : withRefresh(seen, told.status) };
}

function tell(seen: Seen, plan: Plan, done: Done): Report<PromotionStatus> {
  switch (plan.kind) {
    case 'nothing':
      return { status: undefined, events: lateEvents(seen), wakeUp: { kind: 'none' } };
    case 'release':
      return { status: undefined, events: [], wakeUp: { kind: 'none' } };
    case 'hold':
      return { status: undefined, events: [], wakeUp: { kind: 'after', delayMs: plan.wakeAfterMs } };
    case 'pend':
      return {
        status: {
          ...seen.object.status,
          phase: seen.object.status?.phase ?? 'Pending',
          message: plan.message,
        },
        events: [],
        wakeUp: { kind: 'after', delayMs: plan.wakeAfterMs ?? resyncMs },
      };
    case 'abort':
      return ended(seen, abortedStatus(seen, plan.message));
    case 'refuse':
      return ended(seen, {
        ...seen.object.status,
        phase: 'Errored',
        message: plan.message,
        finishedAt: formatTime(seen.nowMs),
      });
    case 'run':
      return done.kind === 'ran' ? afterRun(seen, plan.run.status, done.result) : nothing();
    default:
      return assertNever(plan);
  }
}

function nothing(): Report<PromotionStatus> {
  return { status: undefined, events: [], wakeUp: { kind: 'backoff' } };
}

function afterRun(seen: Seen, base: PromotionStatus, result: EngineResult): Report<PromotionStatus> {
  const status = mergeEngineStatus(base, result.status);
  if (result.kind === 'ended') return ended(seen, status);
  return { status, events: [], wakeUp: wakeUpAfter(result) };
}

function wakeUpAfter(result: Exclude<EngineResult, { readonly kind: 'ended' }>): WakeUp {
  switch (result.kind) {
    case 'waiting':
      return { kind: 'after', delayMs: Math.min(result.wakeAfterMs, resyncMs) };
    case 'retry':
      return { kind: 'backoff' };
    case 'interrupted':
      return { kind: 'after', delayMs: 0 };
    default:
      return assertNever(result);
  }
}

/** A Promotion's status with the engine's part in it; what the engine leaves out is gone. */
export function mergeEngineStatus(base: PromotionStatus, engine: EngineStatus): PromotionStatus {
  const { phase, message, currentStep, stepExecutionMetadata, state, healthChecks, startedAt, finishedAt } =
    engine;
  const merged = {
    ...base,
    phase,
    message,
    currentStep,
    stepExecutionMetadata: stepExecutionMetadata?.map(toMetadata),
    state,
    healthChecks,
    startedAt: startedAt ?? base.startedAt,
    finishedAt,
  };
  return dropUndefined(merged) as PromotionStatus;
}

function toMetadata(record: StepRecord): object {
  return dropUndefined({ ...record });
}

function abortedStatus(seen: Seen, message: string): PromotionStatus {
  const { status } = seen.object;
  const finishedAt = formatTime(seen.nowMs);
  const records = status?.stepExecutionMetadata?.map((record, index) =>
    index === (status.currentStep ?? 0) && record.finishedAt === undefined
      ? { ...record, status: 'Aborted' as const, finishedAt }
      : record,
  );
  return {
    ...status,
    phase: 'Aborted',
    message,
    finishedAt,
    ...(records === undefined ? {} : { stepExecutionMetadata: records }),
  };
}

function ended(seen: Seen, status: PromotionStatus): Report<PromotionStatus> {
  return { status, events: [endEvent(seen, status)], wakeUp: { kind: 'none' } };
}

/** A process may have died between the last status and its event: what ended lately is told again, and counts once. */
function lateEvents(seen: Seen): readonly EventDraft[] {
  const { status, metadata } = seen.object;
  if (!seen.isMine || metadata.deletionTimestamp !== undefined || !isTerminalPhase(status?.phase)) return [];
  const endedMs = Date.parse(status?.finishedAt ?? '');
  return seen.nowMs - endedMs < lateMs && status !== undefined ? [endEvent(seen, status)] : [];
}

function endEvent(seen: Seen, status: PromotionStatus): EventDraft {
  const phase = status.phase ?? 'Errored';
  const message =
    status.message === undefined ? `Promotion ${phase}` : `Promotion ${phase}: ${status.message}`;
  const draft = promotionEvent(seen.object, {
    reason: `Promotion${phase as 'Succeeded' | 'Failed' | 'Errored' | 'Aborted'}`,
    message,
    component: seen.component,
    freight: seen.freight,
    ...(phase === 'Succeeded' ? { isVerificationPending: seen.stage?.spec.verification !== undefined } : {}),
  });
  return { ...draft, once: `${seen.object.metadata.uid ?? ''} ended` };
}

function withRefresh(seen: Seen, status: PromotionStatus): PromotionStatus {
  const token = seen.object.metadata.annotations?.[annotations.refresh];
  return token === undefined || token === '' ? status : { ...status, lastHandledRefresh: token };
}

function dropUndefined(object: object): object {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}
