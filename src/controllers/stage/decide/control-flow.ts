import type { StageStatus } from '../../../api/v1alpha1/index.ts';
import {
  formatTime,
  isVerifiedIn,
  listAvailableFreight,
  verificationEvent,
  verifyInStage,
} from '../../../domain/index.ts';
import type { Draft, StageSeen } from '../types.ts';
import { startDraft, withFreightPatch } from './draft.ts';

/** Is this a Stage that only passes Freight on, without promoting it? */
export function isControlFlow(seen: StageSeen): boolean {
  return (seen.object.spec.promotionTemplate?.spec.steps ?? []).length === 0;
}

/** Verifies all Freight that has reached the Stage; nothing is deployed, so nothing is remembered. */
export function passFreightOn(seen: StageSeen): Draft {
  const stage = seen.object.metadata.name;
  const found = listAvailableFreight(
    seen.freight,
    seen.warehouses.map((warehouse) => warehouse.metadata.name),
    { stage, requests: seen.object.spec.requestedFreight, nowMs: seen.nowMs },
  );
  const now = formatTime(seen.nowMs);
  let draft: Draft = {
    ...startDraft(seen),
    status: keptStatus(seen.object.status ?? {}),
    argocdContext: null,
    wakeAtMs: found.nextSoakEndsAtMs,
    problems: found.missingWarehouses.map((name) => ({
      reason: 'WarehouseNotFound',
      message: `Warehouse "${name}" does not exist in namespace "${seen.object.metadata.namespace ?? ''}"; create it or correct the name`,
    })),
  };
  for (const freight of found.freight) {
    if (isVerifiedIn(freight, stage)) continue;
    draft = withFreightPatch(draft, freight.metadata.name, verifyInStage(freight, stage, now));
    const verification = { phase: 'Successful', startTime: now, finishTime: now } as const;
    const event = verificationEvent(freight, verification, { stage, component: seen.controller });
    draft = { ...draft, events: [...draft.events, event] };
  }
  return draft;
}

function keptStatus(status: StageStatus): StageStatus {
  const { metadata, effectiveAutoPromotionHolds, conditions } = status;
  const kept = conditions?.filter(({ type }) => type === 'Ready' || type === 'Reconciling');
  return {
    ...(metadata === undefined ? {} : { metadata }),
    ...(effectiveAutoPromotionHolds === undefined ? {} : { effectiveAutoPromotionHolds }),
    ...(kept === undefined ? {} : { conditions: kept }),
    freightSummary: 'N/A',
  };
}
