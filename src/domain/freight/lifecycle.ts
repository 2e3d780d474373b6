import { formatDuration, type JsonObject, parseDuration } from '../../base/index.ts';

/** What a Freight's status says about Stages. Times are RFC 3339, durations as Go writes them. */
export interface FreightLife {
  readonly currentlyIn?: Readonly<Record<string, { readonly since?: string }>>;
  readonly verifiedIn?: Readonly<
    Record<string, { readonly verifiedAt?: string; readonly longestSoak?: string }>
  >;
  readonly approvedFor?: Readonly<Record<string, { readonly approvedAt?: string }>>;
}

/** Anything that lives as a Freight does. */
export interface LivingFreight {
  readonly status?: FreightLife;
}

/** Is the Freight deployed in the Stage now? */
export function isCurrentlyIn(freight: LivingFreight, stage: string): boolean {
  return hasOwn(freight.status?.currentlyIn, stage);
}

/** Has the Freight passed verification in the Stage? */
export function isVerifiedIn(freight: LivingFreight, stage: string): boolean {
  return hasOwn(freight.status?.verifiedIn, stage);
}

/** Has somebody approved the Freight for the Stage? */
export function isApprovedFor(freight: LivingFreight, stage: string): boolean {
  return hasOwn(freight.status?.approvedFor, stage);
}

/** The status merge patch with which a Freight enters a Stage; `undefined` when it is there already. */
export function enterStage(freight: LivingFreight, stage: string, now: string): JsonObject | undefined {
  if (isCurrentlyIn(freight, stage)) return undefined;
  return { currentlyIn: { [stage]: { since: now } } };
}

/**
 * The status merge patch with which a Freight leaves a Stage; `undefined` when it is not there.
 *
 * The stay is remembered when it is the longest and the Freight was verified there; a stay that ends before that is lost.
 */
export function leaveStage(freight: LivingFreight, stage: string, now: string): JsonObject | undefined {
  if (!isCurrentlyIn(freight, stage)) return undefined;
  const left = { currentlyIn: { [stage]: null } };
  if (!isVerifiedIn(freight, stage)) return left;
  const stayMs = Date.parse(now) - sinceMs(freight, stage);
  const longest = freight.status?.verifiedIn?.[stage]?.longestSoak;
  if (longest !== undefined && stayMs <= (parseDuration(longest) ?? 0)) return left;
  return { ...left, verifiedIn: { [stage]: { longestSoak: formatDuration(stayMs) } } };
}

/** The status merge patch that marks a Freight verified in a Stage; `undefined` when it is, the first time counts. */
export function verifyInStage(freight: LivingFreight, stage: string, now: string): JsonObject | undefined {
  if (isVerifiedIn(freight, stage)) return undefined;
  return { verifiedIn: { [stage]: { verifiedAt: now } } };
}

/** The status merge patch that approves a Freight for a Stage; `undefined` when it is approved. */
export function approveForStage(freight: LivingFreight, stage: string, now: string): JsonObject | undefined {
  if (isApprovedFor(freight, stage)) return undefined;
  return { approvedFor: { [stage]: { approvedAt: now } } };
}

/**
 * The status merge patch that removes every trace of a Stage that no longer exists; `undefined` when there is none.
 */
export function forgetStage(freight: LivingFreight, stage: string): JsonObject | undefined {
  const patch: Record<string, JsonObject> = {};
  if (isCurrentlyIn(freight, stage)) patch['currentlyIn'] = { [stage]: null };
  if (isVerifiedIn(freight, stage)) patch['verifiedIn'] = { [stage]: null };
  if (isApprovedFor(freight, stage)) patch['approvedFor'] = { [stage]: null };
  return Object.keys(patch).length === 0 ? undefined : patch;
}

/**
 * How long the Freight has soaked in a Stage: the longest stay there, the present one included; 0 when not verified.
 *
 * Units: milliseconds. The present stay counts from entering the Stage, not from being verified there.
 */
export function longestSoakMs(freight: LivingFreight, stage: string, nowMs: number): number {
  if (!isVerifiedIn(freight, stage)) return 0;
  const past = parseDuration(freight.status?.verifiedIn?.[stage]?.longestSoak ?? '0') ?? 0;
  if (!isCurrentlyIn(freight, stage)) return past;
  return Math.max(past, nowMs - sinceMs(freight, stage));
}

/**
 * Has the Freight soaked in a Stage for `requiredMs`? Without a requirement, always.
 */
export function hasSoaked(
  freight: LivingFreight,
  stage: string,
  required: { readonly requiredMs: number | undefined; readonly nowMs: number },
): boolean {
  if (required.requiredMs === undefined) return true;
  return longestSoakMs(freight, stage, required.nowMs) >= required.requiredMs;
}

/**
 * The instant at which the Freight will have soaked in a Stage for `requiredMs`; `undefined` when that is past, or
 * does not come by waiting alone (not there, not verified there).
 */
export function soakEndsAtMs(
  freight: LivingFreight,
  stage: string,
  required: { readonly requiredMs: number; readonly nowMs: number },
): number | undefined {
  if (!isVerifiedIn(freight, stage) || !isCurrentlyIn(freight, stage)) return undefined;
  if (hasSoaked(freight, stage, required)) return undefined;
  return sinceMs(freight, stage) + required.requiredMs;
}

/** A time that cannot be read counts as the epoch: a damaged entry soaks rather than blocks for ever. */
function sinceMs(freight: LivingFreight, stage: string): number {
  const parsed = Date.parse(freight.status?.currentlyIn?.[stage]?.since ?? '');
  return Number.isNaN(parsed) ? 0 : parsed;
}

function hasOwn(record: object | undefined, name: string): boolean {
  return record !== undefined && Object.hasOwn(record, name);
}
