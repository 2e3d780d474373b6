import type { JsonObject } from '../../base/index.ts';
import { forgetStage } from '../../domain/index.ts';
import { assessHealth } from './decide/assess-health.ts';
import { autoPromote } from './decide/auto-promote.ts';
import { isControlFlow, passFreightOn } from './decide/control-flow.ts';
import { startDraft } from './decide/draft.ts';
import { computeHolds } from './decide/holds.ts';
import { syncFreight } from './decide/sync-freight.ts';
import { syncPromotions } from './decide/sync-promotions.ts';
import { markVerified, verify } from './decide/verify.ts';
import type { Draft, StagePlan, StageSeen } from './types.ts';

/** The rules that apply to the Stage as a whole; the first that answers decides. */
const rules: readonly ((seen: StageSeen) => StagePlan | undefined)[] = [
  function leaveToOtherShard(seen) {
    return seen.isMine ? undefined : { kind: 'ignore' };
  },
  function releaseDeleted(seen) {
    if (seen.object.metadata.deletionTimestamp === undefined) return undefined;
    return { kind: 'release', stage: seen.object, freightPatches: forgetEverywhere(seen) };
  },
  function passOn(seen) {
    return isControlFlow(seen) ? { kind: 'run', stage: seen.object, draft: passFreightOn(seen) } : undefined;
  },
];

/** What a Stage that deploys something goes through in each pass, in this order. */
const passages: readonly ((draft: Draft, seen: StageSeen) => Draft)[] = [
  syncPromotions,
  syncFreight,
  assessHealth,
  verify,
  markVerified,
  computeHolds,
  autoPromote,
];

/** What to do about a Stage. Pure and total. */
export function decide(seen: StageSeen): StagePlan {
  for (const rule of rules) {
    const plan = rule(seen);
    if (plan !== undefined) return plan;
  }
  let draft = startDraft(seen);
  for (const passage of passages) draft = passage(draft, seen);
  return { kind: 'run', stage: seen.object, draft };
}

function forgetEverywhere(seen: StageSeen): ReadonlyMap<string, JsonObject> {
  const patches = new Map<string, JsonObject>();
  for (const freight of seen.freight) {
    const patch = forgetStage(freight, seen.object.metadata.name);
    if (patch !== undefined) patches.set(freight.metadata.name, patch);
  }
  return patches;
}
