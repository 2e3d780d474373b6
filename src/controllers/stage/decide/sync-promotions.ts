import {
  type AutoPromotionHold,
  annotations,
  type FreightCollection,
  type Promotion,
  type PromotionReference,
  type PromotionStatus,
} from '../../../api/v1alpha1/index.ts';
import {
  argocdContext,
  compareNames,
  comparePromotions,
  formatOrigin,
  isTerminal,
  toFreightReference,
} from '../../../domain/index.ts';
import type { Draft, StageSeen } from '../types.ts';
import { withCondition, withoutCondition, withStatus } from './draft.ts';
import { policyOf } from './policy.ts';
import { isFinished } from './verification-info.ts';

/** How many collections of Freight a Stage remembers. */
const maxHistory = 10;

// The engine's own record in a Promotion's state; nobody reads it in the copy that a Stage keeps.
const journalKey = 'gantry.io/journal';

/**
 * Takes in what has happened to the Stage's Promotions and picks the next one to run.
 *
 * Guarantees: one at a time, in the order of names; a Promotion that ended is taken in before another is picked. One that
 * ended without ever having started says nothing about the Stage and is passed over (in Kargo, aborting a waiting
 * Promotion can hide the success of the one before it).
 */
export function syncPromotions(draft: Draft, seen: StageSeen): Draft {
  let next = tellApplications(pruneHolds(draft, seen), seen);
  const ended = findEnded(seen);
  const waiting = seen.promotions.filter((promotion) => !isTerminal(promotion)).sort(comparePromotions);
  const current = seen.turn?.promotion ?? next.status.currentPromotion?.name;
  const running = waiting.find((promotion) => promotion.metadata.name === current);
  if (running !== undefined) return acknowledge(next, seen, running);
  next = withoutCondition(withStatus(next, { currentPromotion: undefined }), 'Promoting');
  if (ended.length > 0) {
    for (const promotion of ended) next = takeIn(next, seen, promotion);
    return { ...next, isImmediate: waiting.length > 0 };
  }
  const [head] = waiting;
  if (head === undefined) return next;
  // One that runs was let go before, by a process that is gone.
  if (head.status?.phase !== 'Running' && mustWait(next)) return { ...next, isImmediate: true };
  return acknowledge(next, seen, head);
}

/**
 * The Promotions that ended since the Stage last looked, oldest first: newer than the last one taken in, or the one that
 * was being run, whatever its name.
 */
export function findEnded(seen: StageSeen): readonly Promotion[] {
  const last = seen.object.status?.lastPromotion?.name ?? '';
  const current = seen.object.status?.currentPromotion?.name;
  return seen.promotions
    .filter(isTerminal)
    .filter(({ metadata: { name }, status }) => {
      const wasItsTurn = status?.startedAt !== undefined || status?.phase !== 'Aborted';
      return wasItsTurn && (name === current || compareNames(name, last) > 0);
    })
    .sort((a, b) => compareNames(a.metadata.name, b.metadata.name));
}

/** Holds go when promotions do not start by themselves at all, or their origin is no longer requested. */
function pruneHolds(draft: Draft, seen: StageSeen): Draft {
  const holds = draft.status.autoPromotionHolds;
  const policy = policyOf(seen);
  // A policy that cannot be read is no reason to forget what people asked for.
  if (holds === undefined || !policy.ok) return draft;
  const requested = new Set(seen.object.spec.requestedFreight.map(({ origin }) => formatOrigin(origin)));
  const kept = Object.entries(holds).filter(([origin]) => policy.isEnabled && requested.has(origin));
  if (kept.length === Object.keys(holds).length) return draft;
  return withStatus(draft, { autoPromotionHolds: kept.length === 0 ? undefined : Object.fromEntries(kept) });
}

/** The annotation is written after the status, so a pass may have ended in between: it is told until it stands there. */
function tellApplications(draft: Draft, seen: StageSeen): Draft {
  const last = seen.promotions.find(({ metadata }) => metadata.name === draft.status.lastPromotion?.name);
  if (last?.status?.phase !== 'Succeeded') return draft;
  return { ...draft, argocdContext: argocdContext(last) ?? null };
}

function takeIn(draft: Draft, seen: StageSeen, promotion: Promotion): Draft {
  const status = withInherited(withoutJournal(promotion.status ?? {}), draft);
  const reference: PromotionReference = {
    name: promotion.metadata.name,
    status,
    ...(status.freight === undefined ? {} : { freight: status.freight }),
    ...(status.finishedAt === undefined ? {} : { finishedAt: status.finishedAt }),
  };
  const next = withStatus(takeInIntent(draft, seen, promotion), { lastPromotion: reference });
  if (status.phase !== 'Succeeded') return next;
  const collection: FreightCollection | undefined = status.freightCollection;
  const history = draft.status.freightHistory ?? [];
  const deployed = withStatus(next, {
    ...(collection === undefined ? {} : { freightHistory: [collection, ...history].slice(0, maxHistory) }),
    health: undefined,
  });
  const unhealthy = withCondition(deployed, seen, {
    type: 'Healthy',
    status: 'Unknown',
    reason: 'WaitingForHealthCheck',
    message: 'Waiting for health check to be performed after successful promotion',
  });
  const unverified = withCondition(unhealthy, seen, {
    type: 'Verified',
    status: 'Unknown',
    reason: 'WaitingForVerification',
    message: 'Waiting for verification to be performed after successful promotion',
  });
  return { ...unverified, argocdContext: argocdContext(promotion) ?? null };
}

/** A Promotion by hand may hold auto-promotion of its origin, or let it go on; an aborted one takes that back. */
function takeInIntent(draft: Draft, seen: StageSeen, promotion: Promotion): Draft {
  const policy = policyOf(seen);
  if (!policy.ok || !policy.isEnabled || promotion.status?.phase === 'Aborted') return draft;
  const { holds, resumes } = readIntent(promotion, seen);
  if (holds !== undefined) {
    const autoPromotionHolds = { ...draft.status.autoPromotionHolds, [holds.origin]: holds.hold };
    return withStatus(draft, { autoPromotionHolds });
  }
  if (resumes === undefined || draft.status.autoPromotionHolds?.[resumes] === undefined) return draft;
  const { [resumes]: _, ...rest } = draft.status.autoPromotionHolds;
  return withStatus(draft, { autoPromotionHolds: Object.keys(rest).length === 0 ? undefined : rest });
}

/** What a Promotion by hand means for auto-promotion: a hold of an origin, or the end of one. */
export function readIntent(
  promotion: Promotion,
  seen: StageSeen,
): {
  readonly holds?: { readonly origin: string; readonly hold: AutoPromotionHold };
  readonly resumes?: string;
} {
  const holding = promotion.metadata.annotations?.[annotations.autoPromotionHold];
  const request = seen.object.spec.requestedFreight.find(({ origin }) => formatOrigin(origin) === holding);
  if (holding !== undefined && request !== undefined) {
    const actor = promotion.metadata.annotations?.[annotations.createActor];
    const createdAt = promotion.metadata.creationTimestamp;
    const hold: AutoPromotionHold = {
      freightName: promotion.spec.freight ?? '',
      origin: request.origin,
      promotionName: promotion.metadata.name,
      ...(actor === undefined ? {} : { actor }),
      ...(createdAt === undefined ? {} : { createdAt }),
    };
    return { holds: { origin: holding, hold } };
  }
  const resumes = promotion.metadata.annotations?.[annotations.autoPromotionResume];
  return resumes === undefined ? {} : { resumes };
}

/** Giving a Promotion the turn is what lets its controller run it. */
function acknowledge(draft: Draft, seen: StageSeen, promotion: Promotion): Draft {
  const freight = seen.freight.find((item) => item.metadata.name === promotion.spec.freight);
  const copy = promotion.status?.freight ?? (freight === undefined ? undefined : toFreightReference(freight));
  const currentPromotion: PromotionReference = {
    name: promotion.metadata.name,
    ...(copy === undefined ? {} : { freight: copy }),
  };
  const next = { ...withStatus(draft, { currentPromotion }), turn: promotion.metadata.name };
  return withCondition(next, seen, {
    type: 'Promoting',
    status: 'True',
    reason: 'ActivePromotion',
    message: `Promotion "${promotion.metadata.name}" is under way`,
  });
}

/**
 * Must the next Promotion wait until what is deployed has been judged? A Stage that is not healthy does not make it
 * wait: the Promotion may be the cure.
 */
function mustWait(draft: Draft): boolean {
  const [deployed] = draft.status.freightHistory ?? [];
  if (deployed === undefined) return false;
  const history = deployed.verificationHistory ?? [];
  if (history.some((verification) => !isFinished(verification))) return true;
  if (draft.status.lastPromotion?.status?.phase !== 'Succeeded') return false;
  const health = draft.status.health?.status;
  return (health === undefined || health === 'Healthy') && history.length === 0;
}

/** A Promotion that ended before it knew what it would deploy must not make the Stage forget the other origins. */
function withInherited(status: PromotionStatus, draft: Draft): PromotionStatus {
  const inherited = draft.status.lastPromotion?.status?.freightCollection;
  if (status.freightCollection !== undefined || inherited === undefined || status.phase === 'Succeeded')
    return status;
  return { ...status, freightCollection: inherited };
}

function withoutJournal(status: PromotionStatus): PromotionStatus {
  if (status.state === undefined || !Object.hasOwn(status.state, journalKey)) return status;
  const { [journalKey]: _, ...state } = status.state;
  return { ...status, state };
}
