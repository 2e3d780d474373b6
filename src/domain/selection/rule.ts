import { compileTagPatterns, type TagPatterns } from './patterns.ts';
import { type PlatformRule, parsePlatformRule } from './platform.ts';
import { compileVersionOrder } from './versions.ts';

/** The members of an image subscription that selection reads. */
export interface ImageCriteria extends TagPatterns {
  readonly imageSelectionStrategy?: string | undefined;
  readonly constraint?: string | undefined;
  readonly strictSemvers?: boolean | undefined;
  readonly platform?: string | undefined;
  readonly discoveryLimit?: number | undefined;
}

/** A subscription's criteria, understood. */
export interface ImageRule {
  /** The one tag to follow; the list of tags is not needed then. */
  readonly pinnedTag: string | undefined;
  /** Is the best image the newest one, so that every candidate must be looked at? */
  readonly isByCreation: boolean;
  readonly platform: PlatformRule | undefined;
  /** How many images are wanted at most. */
  readonly limit: number;
  /** The tags that may be selected, best first as far as names tell. */
  rank(tags: readonly string[]): readonly string[];
}

/** A rule, or what is wrong with the criteria. */
export type ImageRuleResult =
  | { readonly ok: true; readonly rule: ImageRule }
  | { readonly ok: false; readonly problem: string };

type RankResult =
  | { readonly ok: true; readonly rank: (tags: readonly string[]) => readonly string[] }
  | { readonly ok: false; readonly problem: string };

const defaultLimit = 20;

/** Understands a subscription's criteria. Source: Kargo's behavior. */
export function compileImageRule(criteria: ImageCriteria): ImageRuleResult {
  const platform = criteria.platform ? parsePlatformRule(criteria.platform) : undefined;
  if (criteria.platform && platform === undefined) {
    return refuse(`platform "${criteria.platform}" is not of the form "os/architecture"`);
  }
  const strategy = criteria.imageSelectionStrategy || 'SemVer';
  const isDigest = strategy === 'Digest';
  if (isDigest && !criteria.constraint)
    return refuse('strategy Digest needs the tag to follow as its constraint');
  const ranked = isDigest ? { ok: true as const, rank: () => [] } : compileRank(criteria, strategy);
  if (!ranked.ok) return ranked;
  return {
    ok: true,
    rule: {
      pinnedTag: isDigest ? criteria.constraint : undefined,
      isByCreation: strategy === 'NewestBuild',
      platform,
      limit: criteria.discoveryLimit || defaultLimit,
      rank: ranked.rank,
    },
  };
}

function compileRank(criteria: ImageCriteria, strategy: string): RankResult {
  const patterns = compileTagPatterns(criteria);
  if (!patterns.ok) return patterns;
  const ranked = compileOrder(criteria, strategy);
  return ranked.ok ? { ok: true, rank: (tags) => ranked.rank(tags.filter(patterns.isWanted)) } : ranked;
}

function compileOrder(criteria: ImageCriteria, strategy: string): RankResult {
  switch (strategy) {
    case 'SemVer':
      return compileVersionOrder(criteria.constraint ?? '', criteria.strictSemvers ?? true);
    case 'Lexical':
    case 'NewestBuild':
      return { ok: true, rank: (tags) => [...tags].sort(compareTagsDescending) };
    default:
      return refuse(`imageSelectionStrategy "${strategy}" is not known`);
  }
}

/** Orders tags from high to low as their bytes do (tags are ASCII). */
export function compareTagsDescending(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? 1 : -1;
}

function refuse(problem: string): { readonly ok: false; readonly problem: string } {
  return { ok: false, problem };
}
