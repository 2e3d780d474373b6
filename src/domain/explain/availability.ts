import type { Freight, FreightRequest, Stage } from '../../api/v1alpha1/index.ts';
import { parseDuration } from '../../base/index.ts';
import {
  hasSoaked,
  isFreightAvailable,
  isSameOrigin,
  isVerifiedIn,
  longestSoakMs,
} from '../freight/index.ts';
import { formatAge } from './age.ts';

/**
 * Why a Freight may not be promoted to a Stage, as the rest of a sentence; `undefined` when it may.
 *
 * Pure; times are milliseconds since the epoch.
 */
export function explainUnavailable(freight: Freight, stage: Stage, nowMs: number): string | undefined {
  const { requestedFreight } = stage.spec;
  const asker = { stage: stage.metadata.name, requests: requestedFreight, nowMs };
  if (isFreightAvailable(freight, asker)) return undefined;
  const request = requestedFreight.find(({ origin }) => isSameOrigin(origin, freight.origin));
  if (request === undefined) {
    return `comes from ${freight.origin.kind} "${freight.origin.name}", which the Stage does not ask for`;
  }
  const stages = request.sources.stages ?? [];
  if (stages.length === 0) return 'has no way here: the request names neither "direct" nor Stages';
  return explainUpstream(freight, request, nowMs);
}

function explainUpstream(freight: Freight, request: FreightRequest, nowMs: number): string {
  const stages = request.sources.stages ?? [];
  const requiredMs = parseDuration(request.sources.requiredSoakTime ?? '');
  const unverified = stages.filter((stage) => !isVerifiedIn(freight, stage));
  const isAll = request.sources.availabilityStrategy === 'All';
  if (unverified.length === stages.length || (isAll && unverified.length > 0)) {
    return `must first be verified in ${listStages(unverified, isAll)}`;
  }
  const soaking = stages.filter(
    (stage) => isVerifiedIn(freight, stage) && !hasSoaked(freight, stage, { requiredMs, nowMs }),
  );
  const left = soaking.map((stage) => (requiredMs ?? 0) - longestSoakMs(freight, stage, nowMs));
  const wait = isAll ? Math.max(0, ...left) : Math.min(...left);
  return `must stay another ${formatAge(wait)} in ${listStages(soaking, isAll)}`;
}

function listStages(stages: readonly string[], isAll: boolean): string {
  const names = stages.map((stage) => `"${stage}"`).join(isAll ? ' and ' : ' or ');
  return `${stages.length === 1 ? 'Stage' : 'Stages'} ${names}`;
}
