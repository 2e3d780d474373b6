import { enterStage, formatTime, isCurrentlyIn, leaveStage } from '../../../domain/index.ts';
import type { Draft, StageSeen } from '../types.ts';
import { withFreightPatch } from './draft.ts';

/**
 * Keeps the Stage's own entries in Freight: what it runs has entered, all else has left.
 *
 * A Freight that was deleted although it is deployed is passed over; there is nothing to write it in.
 */
export function syncFreight(draft: Draft, seen: StageSeen): Draft {
  const stage = seen.object.metadata.name;
  const now = formatTime(seen.nowMs);
  const [deployed] = draft.status.freightHistory ?? [];
  const members = new Set(Object.values(deployed?.items ?? {}).map((item) => item.name));
  let next = draft;
  for (const freight of seen.freight) {
    const { name } = freight.metadata;
    if (members.has(name)) next = withFreightPatch(next, name, enterStage(freight, stage, now));
    else if (isCurrentlyIn(freight, stage))
      next = withFreightPatch(next, name, leaveStage(freight, stage, now));
  }
  return next;
}
