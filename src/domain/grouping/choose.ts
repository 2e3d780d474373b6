import type { DiscoveredArtifacts } from '../../api/v1alpha1/index.ts';
import { normalizeImageUrl } from '../urls/index.ts';
import type { GroupKey, GroupRule } from './rule.ts';

type ImageResult = NonNullable<DiscoveredArtifacts['images']>[number];
type Reference = NonNullable<ImageResult['references']>[number];

/** An image that does not have what the newest of the others have. */
export interface Laggard {
  readonly repoURL: string;
  /** The tag or label of its best image; `undefined` when that has no such label. */
  readonly has: string | undefined;
  /** What it lacks. */
  readonly lacks: string;
}

/** The newest images that belong together. */
export type GroupChoice =
  | {
      readonly kind: 'complete';
      /** The same discoveries, where each member's first reference is the one that belongs to the group. */
      readonly artifacts: DiscoveredArtifacts;
      readonly value: string;
      /** Members that have not got what is newest of all; empty when the choice is the newest. */
      readonly laggards: readonly Laggard[];
    }
  | { readonly kind: 'incomplete'; readonly laggards: readonly Laggard[] }
  | { readonly kind: 'unknown-member'; readonly member: string };

/**
 * Chooses the images that belong together: among the values that all members have, the one that stands nearest to the
 * top in all lists. Every member must have found at least one image.
 */
export function chooseGroup(rule: GroupRule, artifacts: DiscoveredArtifacts): GroupChoice {
  const images = artifacts.images ?? [];
  const unknown = rule.members.find((name) => !images.some((image) => isNamed(image, name)));
  if (unknown !== undefined) return { kind: 'unknown-member', member: unknown };
  const members = images
    .filter((image) => isGroupMember(rule, image))
    .map((image) => toMember(rule.key, image));
  const value = nearestToTop(members);
  const laggards = findLaggards(members, value);
  if (value === undefined)
    return members.length === 0 ? unchanged(artifacts) : { kind: 'incomplete', laggards };
  const chosen = images.map((image) =>
    isGroupMember(rule, image) ? withFirst(rule.key, image, value) : image,
  );
  return { kind: 'complete', artifacts: { ...artifacts, images: chosen }, value, laggards };
}

/** Is an image subscription one of those that a rule is about? */
export function isGroupMember(rule: GroupRule, image: Parameters<typeof isNamed>[0]): boolean {
  return rule.members.length === 0 || rule.members.some((name) => isNamed(image, name));
}

/** Does an image subscription go by this name, its own or its repository's? */
export function isNamed(
  image: { readonly repoURL: string; readonly subscriptionName?: string | undefined },
  name: string,
): boolean {
  if (image.subscriptionName === name) return true;
  return normalizeImageUrl(image.repoURL) === normalizeImageUrl(name);
}

/** A group of no images, in a Warehouse that has none, keeps nothing back. */
function unchanged(artifacts: DiscoveredArtifacts): GroupChoice {
  return { kind: 'complete', artifacts, value: '', laggards: [] };
}

interface Member {
  readonly repoURL: string;
  /** The value of each reference, best first. */
  readonly values: readonly (string | undefined)[];
  /** The first place of each value. */
  readonly ranks: ReadonlyMap<string, number>;
  readonly createdAtMs: number;
}

function toMember(key: GroupKey, { repoURL, references = [] }: ImageResult): Member {
  const values = references.map((reference) => groupValue(key, reference));
  const ranks = new Map<string, number>();
  for (const [rank, value] of values.entries())
    if (value !== undefined && !ranks.has(value)) ranks.set(value, rank);
  return { repoURL, values, ranks, createdAtMs: Date.parse(references[0]?.createdAt ?? '') };
}

function groupValue(key: GroupKey, reference: Reference): string | undefined {
  const value = key.kind === 'tag' ? reference.tag : reference.annotations?.[key.name];
  return value === '' ? undefined : value;
}

function nearestToTop(members: readonly Member[]): string | undefined {
  let best: { readonly value: string; readonly worst: number; readonly sum: number } | undefined;
  for (const value of members[0]?.ranks.keys() ?? []) {
    const ranks = members.map((member) => member.ranks.get(value) ?? Number.POSITIVE_INFINITY);
    const worst = Math.max(...ranks);
    const sum = ranks.reduce((total, rank) => total + rank, 0);
    if (worst === Number.POSITIVE_INFINITY) continue;
    const isBetter = best === undefined || worst < best.worst || (worst === best.worst && sum < best.sum);
    if (isBetter) best = { value, worst, sum };
  }
  return best?.value;
}

function findLaggards(members: readonly Member[], chosen: string | undefined): readonly Laggard[] {
  const lacks = leadingValue(members, chosen);
  const isBehind = (member: Member): boolean => lacks === undefined || !member.ranks.has(lacks);
  return members
    .filter(isBehind)
    .map(({ repoURL, values }) => ({ repoURL, has: values[0], lacks: lacks ?? '' }));
}

/** What the image built last has; where that is not known, the first that is not what all have. */
function leadingValue(members: readonly Member[], chosen: string | undefined): string | undefined {
  const labeled = members.filter((member) => member.values[0] !== undefined);
  const isDated = labeled.length === members.length && labeled.every((member) => member.createdAtMs > 0);
  const newest = isDated
    ? labeled.reduce<Member | undefined>(
        (best, member) => (best === undefined || member.createdAtMs > best.createdAtMs ? member : best),
        undefined,
      )
    : (labeled.find((member) => member.values[0] !== chosen) ?? labeled[0]);
  return newest?.values[0];
}

function withFirst(key: GroupKey, image: ImageResult, value: string): ImageResult {
  const { references = [] } = image;
  const at = references.findIndex((reference) => groupValue(key, reference) === value);
  const first = references[at];
  if (first === undefined || at === 0) return image;
  return { ...image, references: [first, ...references.filter((_, index) => index !== at)] };
}
