import { monotonicFactory } from 'ulid';

const maxPrefixLength = 218;
const shortFreightLength = 7;

/** Gives numbers in [0, 1); the `Random` port fits. */
export interface RandomNumbers {
  next(): number;
}

/** What a Promotion's name is made of. */
export interface PromotionNameParts {
  readonly stage: string;
  /** Only for children of a PromotionRequest. */
  readonly target?: string;
  readonly freight: string;
  /** 26 characters of Crockford's base 32 that grow with time; see `createUlids`. */
  readonly ulid: string;
}

/**
 * The name of a Promotion, "<stage>[.<target>].<ulid>.<freight, 7 characters>" in lower case.
 *
 * Limits: what stands before the ULID is cut to 218 characters, so that the whole fits 253.
 */
export function promotionName(parts: PromotionNameParts): string {
  const prefix = parts.target === undefined ? parts.stage : `${parts.stage}.${parts.target}`;
  const cut =
    prefix.length > maxPrefixLength ? prefix.slice(0, maxPrefixLength).replace(/[.-]+$/, '') : prefix;
  return `${cut}.${parts.ulid}.${parts.freight.slice(0, shortFreightLength)}`.toLowerCase();
}

/**
 * What a name made by `promotionName` tells: the Stage (and target) as it stands in it, and the ULID. `undefined` for a
 * name that somebody has chosen.
 */
export function parsePromotionName(
  name: string,
): { readonly prefix: string; readonly ulid: string } | undefined {
  // For example "prod.01kar4v3m3z6c3j0h6a1n2b3c4.0a1b2c3".
  const found = /^(?<prefix>.+)\.(?<ulid>[0-9a-hjkmnp-tv-z]{26})\.[0-9a-z-]{1,7}$/.exec(name)?.groups;
  const { prefix, ulid } = found ?? {};
  return prefix === undefined || ulid === undefined ? undefined : { prefix, ulid };
}

/** The name of an AnalysisRun for a collection of Freight in a Stage. */
export function analysisRunName(parts: {
  readonly stage: string;
  readonly collectionId: string;
  readonly ulid: string;
}): string {
  const stage = parts.stage.slice(0, maxPrefixLength);
  return `${stage}.${parts.ulid}.${parts.collectionId.slice(0, shortFreightLength)}`.toLowerCase();
}

/**
 * Gives ULIDs that grow with every call, also within one millisecond and when the clock steps back.
 *
 * Guarantees: order of calls is order of texts, which is what the order of Promotions rests on. One per process.
 */
export function createUlids(random: RandomNumbers): (nowMs: number) => string {
  return monotonicFactory(() => random.next());
}
