import { compileVersionOrder } from '../versions.ts';

/** The members of a chart subscription that selection reads. */
export interface ChartCriteria {
  readonly repoURL: string;
  readonly name?: string | undefined;
  readonly semverConstraint?: string | undefined;
  readonly discoveryLimit?: number | undefined;
}

/** Where the versions of a chart are listed. */
export type ChartPlace =
  /** A repository of many charts; `repoURL` is without a final slash. */
  | { readonly kind: 'http'; readonly repoURL: string; readonly name: string }
  /** A repository of images whose tags are the versions, e.g. "ghcr.io/example/charts/app". */
  | { readonly kind: 'oci'; readonly repoURL: string };

/** A chart subscription's criteria, understood. */
export interface ChartRule {
  readonly place: ChartPlace;
  /** Of the versions or tags that are listed, those to select: best first, at most `discoveryLimit`. */
  select(listed: readonly string[]): readonly string[];
}

/** A rule, or what is wrong with the criteria. */
export type ChartRuleResult =
  | { readonly ok: true; readonly rule: ChartRule }
  | { readonly ok: false; readonly problem: string };

const defaultLimit = 20;

/**
 * Understands a chart subscription's criteria.
 *
 * Source: Kargo's behavior: in an index anything that reads as a version counts; a tag must be one strictly, without "v",
 * and stands with "_" where the version has "+".
 */
export function compileChartRule(criteria: ChartCriteria): ChartRuleResult {
  const place = readPlace(criteria);
  if (place === undefined) {
    return {
      ok: false,
      problem: `repoURL "${criteria.repoURL}" is neither an http or https nor an oci address`,
    };
  }
  const isOci = place.kind === 'oci';
  const order = compileVersionOrder(criteria.semverConstraint ?? '', isOci);
  if (!order.ok) return order;
  const limit = criteria.discoveryLimit || defaultLimit;
  return {
    ok: true,
    rule: {
      place,
      select: (listed) => order.rank(isOci ? toVersions(listed) : listed).slice(0, limit),
    },
  };
}

function readPlace({ repoURL, name }: ChartCriteria): ChartPlace | undefined {
  const [, scheme, rest = ''] = /^(https?|oci):\/\/(.*)$/s.exec(repoURL) ?? [];
  if (rest === '') return undefined;
  if (scheme === 'oci') return { kind: 'oci', repoURL: rest };
  return { kind: 'http', repoURL: repoURL.replace(/\/$/, ''), name: name ?? '' };
}

function toVersions(tags: readonly string[]): readonly string[] {
  return tags.filter((tag) => !tag.startsWith('v')).map((tag) => tag.replaceAll('_', '+'));
}
