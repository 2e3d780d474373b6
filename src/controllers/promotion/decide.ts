import { keyOf } from '../../api/meta/index.ts';
import {
  annotations,
  type Freight,
  type FreightCollection,
  finalizer,
  type Promotion,
  type Stage,
} from '../../api/v1alpha1/index.ts';
import {
  controllerActor,
  formatTime,
  formatWaiting,
  isFreightAvailable,
  isTerminalPhase,
  nextFreightCollection,
  parseAnnotatedRequest,
  toFreightReference,
} from '../../domain/index.ts';
import type { Plan, Run, Seen } from './types.ts';

/** One rule: a plan, or nothing when it does not apply. */
type Rule = (seen: Seen) => Plan | undefined;

const missingStagePollMs = 60_000;

/** How old a Promotion has to be before it is told that its Stage has not taken it up; times have whole seconds. */
const graceMs = 2_000;

/** The rules in order; the first that applies decides. */
const rules: readonly Rule[] = [
  leaveToOtherShard,
  beingDeleted,
  alreadyEnded,
  abortAsked,
  stageMissing,
  notItsTurn,
  freightMissing,
  freightNotAvailable,
];

/** What to do with a Promotion. Pure. */
export function decide(seen: Seen): Plan {
  for (const rule of rules) {
    const plan = rule(seen);
    if (plan !== undefined) return plan;
  }
  return run(seen);
}

function leaveToOtherShard({ isMine }: Seen): Plan | undefined {
  return isMine ? undefined : { kind: 'nothing' };
}

/** Gantry adds no finalizers; one that Kargo left would block the deletion for ever. */
function beingDeleted({ object }: Seen): Plan | undefined {
  if (object.metadata.deletionTimestamp === undefined) return undefined;
  const finalizers = object.metadata.finalizers ?? [];
  if (!finalizers.includes(finalizer)) return { kind: 'nothing' };
  return { kind: 'release', key: keyOf(object), finalizers: finalizers.filter((name) => name !== finalizer) };
}

function alreadyEnded({ object }: Seen): Plan | undefined {
  return isTerminalPhase(object.status?.phase) ? { kind: 'nothing' } : undefined;
}

function abortAsked({ object, component }: Seen): Plan | undefined {
  const request = parseAnnotatedRequest(object.metadata.annotations?.[annotations.abort], 'action');
  if (request?.value !== 'terminate') return undefined;
  return { kind: 'abort', message: `Promotion terminated by ${request.actor ?? controllerActor(component)}` };
}

function stageMissing({ object, stage }: Seen): Plan | undefined {
  if (stage !== undefined) return undefined;
  const message = formatWaiting('StageMissing', object.spec.stage);
  return { kind: 'pend', message, wakeAfterMs: missingStagePollMs };
}

/** One Promotion per Stage at a time: the Stage says whose turn it is. */
function notItsTurn({ object, stage, turn, nowMs }: Seen): Plan | undefined {
  if (stage === undefined || turn === object.metadata.name) return undefined;
  // The process that let it run is gone; the Stage looks at it again now, and gives it its turn back.
  if (turn === undefined && object.status?.phase === 'Running') return { kind: 'hold', wakeAfterMs: graceMs };
  const wakeAfterMs = turn === undefined ? graceLeftMs(object, nowMs) : 0;
  if (wakeAfterMs > 0) return { kind: 'hold', wakeAfterMs };
  const message = turn === undefined ? whyStageWaits(stage) : formatWaiting('StageBusy', turn);
  return { kind: 'pend', message, wakeAfterMs: undefined };
}

/** A Stage usually takes a new Promotion up at once, and wakes it then; a status in between would only cost a write. */
function graceLeftMs({ metadata, status }: Promotion, nowMs: number): number {
  if (status?.phase !== undefined || metadata.creationTimestamp === undefined) return 0;
  const ageMs = nowMs - Date.parse(metadata.creationTimestamp);
  // A creation far in the future is a clock that is wrong, and no reason to keep silent.
  return ageMs < -graceMs ? 0 : Math.min(graceMs, graceMs - ageMs);
}

function whyStageWaits(stage: Stage): string {
  const newest = stage.status?.freightHistory?.[0]?.verificationHistory?.[0];
  const isVerifying = newest !== undefined && newest.finishTime === undefined;
  return formatWaiting(isVerifying ? 'StageVerifying' : 'StageNotReady', stage.metadata.name);
}

function freightMissing({ object, freight }: Seen): Plan | undefined {
  if (freight !== undefined) return undefined;
  const { namespace = '' } = object.metadata;
  return {
    kind: 'refuse',
    message: `Freight "${object.spec.freight ?? ''}" not found in namespace "${namespace}"`,
  };
}

function freightNotAvailable({ object, freight, stage, nowMs }: Seen): Plan | undefined {
  if (freight === undefined || stage === undefined) return undefined;
  const asker = { stage: stage.metadata.name, requests: stage.spec.requestedFreight, nowMs };
  if (isFreightAvailable({ ...freight, origin: freight.origin }, asker)) return undefined;
  const { namespace = '' } = object.metadata;
  const message = `Freight "${freight.metadata.name}" is not available to Stage "${stage.metadata.name}" in namespace "${namespace}"`;
  return { kind: 'refuse', message };
}

function run(seen: Seen): Plan {
  const { object, stage, freight } = seen;
  if (stage === undefined || freight === undefined) return { kind: 'nothing' };
  return { kind: 'run', run: prepareRun(object, stage, freight, seen.nowMs) };
}

/** What is fixed at the first pass stays fixed: a replay must see the same start and the same set of Freight. */
function prepareRun(promotion: Promotion, stage: Stage, freight: Freight, nowMs: number): Run {
  const { status } = promotion;
  const copy = toFreightReference(freight);
  const inherited =
    stage.spec.requestedFreight.length > 1
      ? stage.status?.lastPromotion?.status?.freightCollection
      : undefined;
  const collection: FreightCollection =
    status?.freightCollection ?? nextFreightCollection(copy, inherited, stage.spec.requestedFreight);
  return {
    promotion,
    stage,
    freight,
    status: {
      ...status,
      phase: 'Running',
      message: status?.phase === 'Running' ? status.message : undefined,
      startedAt: status?.startedAt ?? formatTime(nowMs),
      freight: status?.freight ?? copy,
      freightCollection: collection,
    },
  };
}
