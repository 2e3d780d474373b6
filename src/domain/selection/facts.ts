import { parseTimestampMs } from './time.ts';

/** A platform that an image is built for. */
export interface ImagePlatform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
}

/** What selection needs to know of the image that a tag points to. */
export interface ImageFacts {
  /** Of the manifest or index that the tag names; never of an index's child. */
  readonly digest: string;
  /** Milliseconds since the epoch, with fractions; `undefined` when nothing says when it was built. */
  readonly createdAtMs: number | undefined;
  readonly annotations: Readonly<Record<string, string>>;
  /** Only for an index; each with the annotations of its entry. */
  readonly platforms:
    | readonly (ImagePlatform & { readonly annotations: Readonly<Record<string, string>> })[]
    | undefined;
}

/** What was found out about a tag. */
export type TagFact =
  | { readonly kind: 'image'; readonly image: ImageFacts }
  /** The registry lists the tag and does not have it any more. */
  | { readonly kind: 'missing' }
  /** Why, in words that follow "tag X". */
  | { readonly kind: 'unreadable'; readonly problem: string };

const createdKeys: readonly string[] = ['org.opencontainers.image.created', 'org.label-schema.build-date'];

/** The time of creation that annotations or labels state; the first that can be read. */
export function statedCreationMs(annotations: Readonly<Record<string, string>>): number | undefined {
  for (const key of createdKeys) {
    const text = Object.hasOwn(annotations, key) ? annotations[key] : undefined;
    const timeMs = text === undefined ? undefined : parseTimestampMs(text);
    if (timeMs !== undefined) return timeMs;
  }
  return undefined;
}

/**
 * When an image was created: its manifest's annotation, else the later of its config's time and label.
 *
 * Source: Kargo's behavior.
 */
export function imageCreationMs(
  annotations: Readonly<Record<string, string>>,
  config: { readonly created: string | undefined; readonly labels: Readonly<Record<string, string>> },
): number | undefined {
  const stated = statedCreationMs(annotations);
  if (stated !== undefined) return stated;
  return latest([parseTimestampMs(config.created ?? ''), statedCreationMs(config.labels)]);
}

/** The latest of some times; `undefined` when there is none. */
export function latest(timesMs: readonly (number | undefined)[]): number | undefined {
  const known = timesMs.filter((time) => time !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}

/** Does an entry of an index name a platform, rather than something attached to an image (an attestation)? */
export function isRunnable(platform: ImagePlatform | undefined): platform is ImagePlatform {
  return platform !== undefined && isNamed(platform.os) && isNamed(platform.architecture);
}

function isNamed(part: string): boolean {
  return part !== '' && part !== 'unknown';
}
