import { parseDuration } from '../../base/index.ts';
import { type AgedFreight, compareNewestFirst } from './discovery-time.ts';
import {
  hasSoaked,
  isApprovedFor,
  isCurrentlyIn,
  isVerifiedIn,
  type LivingFreight,
  soakEndsAtMs,
} from './lifecycle.ts';
import { formatOrigin, isSameOrigin, type Origin } from './origin.ts';

/** What a Stage asks for: Freight of one origin and where it may come from. */
export interface FreightRequest {
  readonly origin: Origin;
  readonly sources: {
    readonly direct?: boolean;
    readonly stages?: readonly string[];
    readonly requiredSoakTime?: string;
    readonly availabilityStrategy?: string;
    readonly autoPromotionOptions?: { readonly selectionPolicy?: string };
  };
}

/** The members of a Freight that availability depends on. */
export interface AvailableFreight extends LivingFreight, AgedFreight {
  readonly origin: Origin;
}

/** Who asks, and when (milliseconds since the epoch). */
export interface Asker {
  readonly stage: string;
  readonly requests: readonly FreightRequest[];
  readonly nowMs: number;
}

/**
 * May this Freight be promoted to the Stage? The form for one object: admission and the running of a Promotion.
 *
 * Freight and Stage are in the same namespace. It disagrees with the list form in corner cases, as Kargo's does.
 */
export function isFreightAvailable(freight: AvailableFreight, asker: Asker): boolean {
  for (const request of asker.requests) {
    if (!isSameOrigin(request.origin, freight.origin)) continue;
    if (isApprovedFor(freight, asker.stage) || request.sources.direct === true) return true;
    const required = { requiredMs: requiredSoakMs(request), nowMs: asker.nowMs };
    const passed = (stage: string): boolean =>
      isVerifiedIn(freight, stage) && hasSoaked(freight, stage, required);
    const stages = request.sources.stages ?? [];
    if (request.sources.availabilityStrategy === 'All') return stages.every(passed);
    if (stages.some(passed)) return true;
  }
  return false;
}

/** What is available to a Stage now. */
export interface Availability<T extends AvailableFreight> {
  /** Sorted by name, without doubles. */
  readonly freight: readonly T[];
  /** Names of requested Warehouses that do not exist; their requests contribute nothing. */
  readonly missingWarehouses: readonly string[];
  /** When the next soak ends, so that the answer may change by waiting alone; milliseconds since the epoch. */
  readonly nextSoakEndsAtMs: number | undefined;
}

/**
 * All Freight that may be promoted to the Stage. The form for lists: auto-promotion, control-flow Stages.
 *
 * A missing Warehouse stops its own request only (in Kargo, every request of the Stage).
 */
export function listAvailableFreight<T extends AvailableFreight>(
  freight: readonly T[],
  warehouses: readonly string[],
  asker: Asker,
): Availability<T> {
  const found = new Map<string, T>();
  const missing = new Set<string>();
  let nextSoakEndsAtMs: number | undefined;
  for (const request of asker.requests) {
    if (!warehouses.includes(request.origin.name)) {
      missing.add(request.origin.name);
      continue;
    }
    const own = freight.filter((item) => isSameOrigin(item.origin, request.origin));
    for (const item of own) {
      if (isListed(item, request, asker)) found.set(item.metadata.name, item);
      nextSoakEndsAtMs = earliest(nextSoakEndsAtMs, soakEnd(item, request, asker));
    }
  }
  const list = [...found.values()].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  return { freight: list, missingWarehouses: [...missing], nextSoakEndsAtMs };
}

/**
 * The Freight that auto-promotion would choose, by origin as text; an origin without a candidate has no entry.
 *
 * `lastMinted` maps a Warehouse's name to the Freight it minted last, which decides among equally old ones.
 */
export function autoPromotionCandidates<T extends AvailableFreight>(
  available: readonly T[],
  requests: readonly FreightRequest[],
  lastMinted: Readonly<Record<string, string | undefined>> = {},
): ReadonlyMap<string, T> {
  const candidates = new Map<string, T>();
  for (const request of requests) {
    const own = available.filter((item) => isSameOrigin(item.origin, request.origin));
    const mustMatch = request.sources.autoPromotionOptions?.selectionPolicy === 'MatchUpstream';
    // More than one at a time means that the upstream Stage is changing over: wait until it has settled.
    if (mustMatch && own.length > 1) continue;
    own.sort((a, b) => compareNewestFirst(a, b, lastMinted[request.origin.name]));
    if (own[0] !== undefined) candidates.set(formatOrigin(request.origin), own[0]);
  }
  return candidates;
}

function isListed(freight: AvailableFreight, request: FreightRequest, asker: Asker): boolean {
  const { sources } = request;
  if (sources.direct === true) return true;
  const stages = sources.stages ?? [];
  const isApproved = isApprovedFor(freight, asker.stage);
  if (sources.autoPromotionOptions?.selectionPolicy === 'MatchUpstream') {
    const [upstream] = stages;
    if (upstream === undefined || !isCurrentlyIn(freight, upstream)) return false;
  }
  if (isApproved) return true;
  const verified = (stage: string): boolean => isVerifiedIn(freight, stage);
  const isAll = sources.availabilityStrategy === 'All';
  if (!(isAll ? stages.every(verified) : stages.some(verified))) return false;
  const requiredMs = requiredSoakMs(request);
  if (requiredMs === undefined || stages.length === 0) return true;
  const soaked = soakedStages(freight, { requiredMs, nowMs: asker.nowMs });
  if (!isAll) return soaked.length > 0;
  // Kargo's behavior: a further Stage in which the Freight soaked disqualifies it here.
  return soaked.length === new Set(stages).size && stages.every((stage) => soaked.includes(stage));
}

function soakedStages(
  freight: AvailableFreight,
  required: { readonly requiredMs: number; readonly nowMs: number },
): readonly string[] {
  return Object.keys(freight.status?.verifiedIn ?? {}).filter((stage) => hasSoaked(freight, stage, required));
}

/** Any soak that ends may change the answer, also one in a Stage that the request does not list. */
function soakEnd(freight: AvailableFreight, request: FreightRequest, asker: Asker): number | undefined {
  const requiredMs = requiredSoakMs(request);
  if (requiredMs === undefined || request.sources.direct === true) return undefined;
  let end: number | undefined;
  for (const stage of Object.keys(freight.status?.verifiedIn ?? {}))
    end = earliest(end, soakEndsAtMs(freight, stage, { requiredMs, nowMs: asker.nowMs }));
  return end;
}

function requiredSoakMs(request: FreightRequest): number | undefined {
  const text = request.sources.requiredSoakTime;
  return text === undefined ? undefined : parseDuration(text);
}

function earliest(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return Math.min(a, b);
}
