import type { ImageFacts, TagFact } from './facts.ts';
import { annotationsFor } from './platform.ts';
import { compareTagsDescending, type ImageRule } from './rule.ts';

/** An image that a subscription selects. */
export interface SelectedImage {
  readonly tag: string;
  readonly digest: string;
  readonly annotations: Readonly<Record<string, string>>;
  readonly createdAtMs: number | undefined;
}

/** A tag that was left out because it could not be read. */
export interface SkippedTag {
  readonly tag: string;
  readonly problem: string;
}

/** How far a selection has come. */
export type ImageSelection =
  /** These tags must be looked at; their facts are certainly used. */
  | { readonly kind: 'need'; readonly tags: readonly string[] }
  /** Best first. */
  | {
      readonly kind: 'done';
      readonly images: readonly SelectedImage[];
      readonly skipped: readonly SkippedTag[];
    }
  /** This tag cannot be read, and without it something older might be selected. */
  | { readonly kind: 'blocked'; readonly tag: string; readonly problem: string };

/**
 * One step of a selection: what must be found out next, or the result.
 *
 * `candidates` is what `rule.rank` gave. Guarantees: pure; calling it again with the facts it asked for ends after
 * finitely many steps; a listed tag that has meanwhile gone is left out silently.
 */
export function selectImages(
  rule: ImageRule,
  candidates: readonly string[],
  facts: ReadonlyMap<string, TagFact>,
): ImageSelection {
  if (rule.pinnedTag !== undefined) return selectInOrder({ ...rule, limit: 1 }, [rule.pinnedTag], facts);
  return rule.isByCreation ? selectNewest(rule, candidates, facts) : selectInOrder(rule, candidates, facts);
}

function selectInOrder(
  rule: ImageRule,
  candidates: readonly string[],
  facts: ReadonlyMap<string, TagFact>,
): ImageSelection {
  const images: SelectedImage[] = [];
  const skipped: SkippedTag[] = [];
  for (const [index, tag] of candidates.entries()) {
    if (images.length === rule.limit) break;
    const fact = facts.get(tag);
    if (fact === undefined) {
      const ahead = candidates.slice(index, index + rule.limit - images.length);
      return { kind: 'need', tags: ahead.filter((other) => !facts.has(other)) };
    }
    if (fact.kind === 'unreadable') {
      if (images.length === 0) return { kind: 'blocked', tag, problem: fact.problem };
      skipped.push({ tag, problem: fact.problem });
    }
    const image = fact.kind === 'image' ? seenFrom(rule, tag, fact.image) : undefined;
    if (image !== undefined) images.push(image);
  }
  return { kind: 'done', images, skipped };
}

/** A tag that cannot be read might be the newest one, so that it blocks wherever it stands. */
function selectNewest(
  rule: ImageRule,
  candidates: readonly string[],
  facts: ReadonlyMap<string, TagFact>,
): ImageSelection {
  const missing = candidates.filter((tag) => !facts.has(tag));
  if (missing.length > 0) return { kind: 'need', tags: missing };
  const images: SelectedImage[] = [];
  for (const tag of candidates) {
    const fact = facts.get(tag);
    if (fact?.kind === 'unreadable') return { kind: 'blocked', tag, problem: fact.problem };
    const image = fact?.kind === 'image' ? seenFrom(rule, tag, fact.image) : undefined;
    if (image !== undefined) images.push(image);
  }
  images.sort(compareNewestFirst);
  return { kind: 'done', images: images.slice(0, rule.limit), skipped: [] };
}

function seenFrom(rule: ImageRule, tag: string, image: ImageFacts): SelectedImage | undefined {
  const annotations = annotationsFor(image, rule.platform);
  if (annotations === undefined) return undefined;
  return { tag, digest: image.digest, annotations, createdAtMs: image.createdAtMs };
}

/** An image that does not say when it was built is older than every other. */
function compareNewestFirst(a: SelectedImage, b: SelectedImage): number {
  const [left, right] = [
    a.createdAtMs ?? Number.NEGATIVE_INFINITY,
    b.createdAtMs ?? Number.NEGATIVE_INFINITY,
  ];
  if (left !== right) return left < right ? 1 : -1;
  return compareTagsDescending(a.tag, b.tag);
}
