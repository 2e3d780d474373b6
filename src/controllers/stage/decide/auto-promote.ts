import type { Freight, Promotion } from '../../../api/v1alpha1/index.ts';
import {
  autoPromotionCandidates,
  compareNames,
  formatOrigin,
  isSameOrigin,
  isTerminal,
  listAvailableFreight,
} from '../../../domain/index.ts';
import type { Draft, StageSeen } from '../types.ts';
import { withStatus } from './draft.ts';
import { policyOf } from './policy.ts';

/** Starts Promotions of the best available Freight of each origin, where nothing speaks against it. */
export function autoPromote(draft: Draft, seen: StageSeen): Draft {
  const policy = policyOf(seen);
  const { spec, metadata } = seen.object;
  const found = listAvailableFreight(
    seen.freight,
    seen.warehouses.map((warehouse) => warehouse.metadata.name),
    { stage: metadata.name, requests: spec.requestedFreight, nowMs: seen.nowMs },
  );
  const problems = [
    ...draft.problems,
    ...found.missingWarehouses.map((name) => missingWarehouse(seen, name)),
  ];
  if (!policy.ok) {
    const message = `cannot tell whether promotions start by themselves, see ProjectConfig "${metadata.namespace ?? ''}": ${policy.problem}`;
    return { ...draft, problems: [...problems, { reason: 'InvalidPromotionPolicy', message }] };
  }
  const next = withStatus(
    { ...draft, problems, wakeAtMs: policy.isEnabled ? found.nextSoakEndsAtMs : undefined },
    { autoPromotionEnabled: policy.isEnabled ? true : undefined },
  );
  // Stages with Targets are promoted to by PromotionRequests, which nothing here makes yet.
  if (!policy.isEnabled || spec.targets !== undefined) return next;
  const candidates = autoPromotionCandidates(found.freight, spec.requestedFreight, lastMinted(seen));
  const creations = [...candidates].flatMap(([origin, freight]) =>
    mayStart(next, seen, freight) ? [{ origin, freight }] : [],
  );
  return { ...next, creations: [...next.creations, ...creations] };
}

/** What may speak against a Promotion, in order; the first reason is enough. */
const objections: readonly ((draft: Draft, seen: StageSeen, freight: Freight) => boolean)[] = [
  function isHeld(draft, _seen, freight) {
    return draft.status.effectiveAutoPromotionHolds?.[formatOrigin(freight.origin)] !== undefined;
  },
  function isDeployed(draft, _seen, freight) {
    const deployed = draft.status.freightHistory?.[0]?.items?.[formatOrigin(freight.origin)];
    return deployed?.name === freight.metadata.name;
  },
  function isBeingPromoted(draft, _seen, freight) {
    const current = draft.status.currentPromotion?.freight;
    return current?.name === freight.metadata.name && isSameOrigin(current.origin, freight.origin);
  },
  function isQueuedOrDone(draft, seen, freight) {
    const last = draft.status.lastPromotion?.name ?? '';
    return promotionsOf(seen, freight).some(
      (promotion) =>
        !isTerminal(promotion) ||
        (promotion.status?.phase === 'Succeeded' && compareNames(promotion.metadata.name, last) > 0),
    );
  },
  function hasFailedBefore(_draft, seen, freight) {
    const [newest] = promotionsOf(seen, freight).filter(isTerminal).sort(compareNewestFirst);
    return newest !== undefined && newest.status?.phase !== 'Succeeded';
  },
];

function mayStart(draft: Draft, seen: StageSeen, freight: Freight): boolean {
  return !objections.some((objects) => objects(draft, seen, freight));
}

function promotionsOf(seen: StageSeen, freight: Freight): readonly Promotion[] {
  return seen.promotions.filter((promotion) => promotion.spec.freight === freight.metadata.name);
}

function compareNewestFirst(a: Promotion, b: Promotion): number {
  const byTime = compareNames(b.metadata.creationTimestamp ?? '', a.metadata.creationTimestamp ?? '');
  return byTime === 0 ? compareNames(b.metadata.name, a.metadata.name) : byTime;
}

function lastMinted(seen: StageSeen): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(
    seen.warehouses.map(({ metadata, status }) => [metadata.name, status?.lastFreightID]),
  );
}

function missingWarehouse(seen: StageSeen, name: string) {
  const index = seen.object.spec.requestedFreight.findIndex(({ origin }) => origin.name === name);
  const message = `Warehouse "${name}", requested by spec.requestedFreight[${index}], does not exist in namespace "${seen.object.metadata.namespace ?? ''}"; create it or correct the name`;
  return { reason: 'WarehouseNotFound', message };
}
