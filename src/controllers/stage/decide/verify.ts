import { annotations, type FreightCollection, type VerificationInfo } from '../../../api/v1alpha1/index.ts';
import { assertNever } from '../../../base/index.ts';
import {
  formatTime,
  parseAnnotatedRequest,
  verificationEvent,
  verifyInStage,
} from '../../../domain/index.ts';
import type { Draft, StageSeen } from '../types.ts';
import { withCondition, withFreightPatch, withStatus } from './draft.ts';
import { isFinished } from './verification-info.ts';

const maxHistory = 10;

/** Verifies what the Stage runs, once it is healthy, and says how that went. */
export function verify(draft: Draft, seen: StageSeen): Draft {
  const [deployed] = draft.status.freightHistory ?? [];
  if (deployed === undefined) {
    return withCondition(draft, seen, {
      type: 'Verified',
      status: 'Unknown',
      reason: 'NoFreight',
      message: 'Stage has no current Freight to verify',
    });
  }
  if (draft.status.currentPromotion !== undefined) return draft;
  const next = nextVerification(draft, seen, deployed);
  const told = next === undefined ? draft : withVerification(draft, seen, deployed, next);
  return tellVerified(told, seen);
}

/** Marks the deployed Freight as verified here when its newest verification succeeded and the Stage is healthy. */
export function markVerified(draft: Draft, seen: StageSeen): Draft {
  const [deployed] = draft.status.freightHistory ?? [];
  const history = deployed?.verificationHistory ?? [];
  const [newest] = history;
  if (draft.status.health?.status !== 'Healthy' || newest?.phase !== 'Successful') return draft;
  if (history.some((verification) => !isFinished(verification))) return draft;
  const verifiedAt = newest.finishTime ?? formatTime(seen.nowMs);
  let next = draft;
  for (const { name } of Object.values(deployed?.items ?? {})) {
    const freight = seen.freight.find((item) => item.metadata.name === name);
    if (freight === undefined || name === undefined) continue;
    next = withFreightPatch(next, name, verifyInStage(freight, seen.object.metadata.name, verifiedAt));
  }
  return next;
}

/** The verification as it stands after this pass, when that is news: a new one, or the end of one that ran. */
function nextVerification(
  draft: Draft,
  seen: StageSeen,
  deployed: FreightCollection,
): VerificationInfo | undefined {
  const [newest] = deployed.verificationHistory ?? [];
  const now = formatTime(seen.nowMs);
  if (newest !== undefined && !isFinished(newest)) {
    const abort = requestFor(seen, annotations.abort, newest);
    if (abort !== undefined) {
      const actor = abort.actor ?? newest.actor;
      const ended = {
        ...newest,
        phase: 'Failed',
        message: 'Verification aborted by user',
        finishTime: now,
      } as const;
      return actor === undefined ? ended : { ...ended, actor };
    }
    return { ...newest, phase: 'Error', message: noAnalysis(seen), finishTime: now };
  }
  const again = newest === undefined ? undefined : requestFor(seen, annotations.reverify, newest);
  if (newest !== undefined && again === undefined) return undefined;
  if (draft.status.health?.status !== 'Healthy') return undefined;
  const fresh = {
    id: seen.verificationId,
    startTime: now,
    finishTime: now,
    ...(again?.actor === undefined ? {} : { actor: again.actor }),
  };
  const templates = seen.object.spec.verification?.analysisTemplates ?? [];
  if (templates.length === 0) return { ...fresh, phase: 'Successful' };
  return { ...fresh, phase: 'Error', message: noAnalysis(seen) };
}

function requestFor(seen: StageSeen, annotation: string, verification: VerificationInfo) {
  const request = parseAnnotatedRequest(seen.object.metadata.annotations?.[annotation], 'id');
  return request !== undefined && request.value === verification.id ? request : undefined;
}

function noAnalysis(seen: StageSeen): string {
  const names = (seen.object.spec.verification?.analysisTemplates ?? []).map(({ name }) => `"${name}"`);
  return `cannot run analysis templates ${names.join(', ')}: analysis is not available yet; remove spec.verification to verify by health alone, or approve the Freight for the next Stage`;
}

/** Puts the verification into the history, in its own place or on top, and tells of it once it has ended. */
function withVerification(
  draft: Draft,
  seen: StageSeen,
  deployed: FreightCollection,
  verification: VerificationInfo,
): Draft {
  const others = (deployed.verificationHistory ?? []).filter(({ id }) => id !== verification.id);
  const collection = { ...deployed, verificationHistory: [verification, ...others].slice(0, maxHistory) };
  const older = (draft.status.freightHistory ?? []).slice(1);
  const next = withStatus(draft, { freightHistory: [collection, ...older] });
  if (!isFinished(verification)) return next;
  const promotion = draft.status.lastPromotion?.name;
  const events = Object.values(deployed.items ?? {}).flatMap(({ name }) => {
    const freight = seen.freight.find((item) => item.metadata.name === name);
    if (freight === undefined) return [];
    const about = {
      stage: seen.object.metadata.name,
      component: seen.controller,
      ...(promotion === undefined ? {} : { promotion }),
    };
    return [verificationEvent(freight, verification, about)];
  });
  return { ...next, events: [...next.events, ...events] };
}

/** The condition Verified: any success in the history of what runs now counts, else the newest entry tells. */
function tellVerified(draft: Draft, seen: StageSeen): Draft {
  const history = draft.status.freightHistory?.[0]?.verificationHistory ?? [];
  const [newest] = history;
  if (newest === undefined) return draft;
  const isVerified = history.some(({ phase }) => phase === 'Successful');
  const condition = isVerified
    ? ({ status: 'True', reason: 'Verified', message: 'Freight has been verified' } as const)
    : describePhase(newest);
  return withCondition(draft, seen, { type: 'Verified', ...condition });
}

type KnownPhase = 'Pending' | 'Running' | 'Failed' | 'Error' | 'Aborted' | 'Inconclusive' | 'Unknown';

function describePhase(verification: VerificationInfo) {
  const message = verification.message ?? '';
  const phase = knownPhase(verification.phase);
  switch (phase) {
    case 'Pending':
    case 'Running':
      return {
        status: 'Unknown',
        reason: `Verification${phase}`,
        message: `Verification is ${phase}`,
      } as const;
    case 'Failed':
    case 'Error':
    case 'Aborted':
      return { status: 'False', reason: `Verification${phase}`, message } as const;
    case 'Inconclusive':
      return { status: 'Unknown', reason: 'VerificationInconclusive', message } as const;
    case 'Unknown':
      return { status: 'Unknown', reason: 'UnknownVerificationPhase', message } as const;
    default:
      return assertNever(phase);
  }
}

function knownPhase(phase: string | undefined): KnownPhase {
  const known: readonly KnownPhase[] = ['Pending', 'Running', 'Failed', 'Error', 'Aborted', 'Inconclusive'];
  return known.find((item) => item === phase) ?? 'Unknown';
}
