import type { ImageSubscription } from '../api/v1alpha1/index.ts';
import { AppError } from '../base/index.ts';
import {
  type CacheByTagPolicy,
  compileImageRule,
  decideCacheByTag,
  type ImageFacts,
  type ImageRule,
  parseImageName,
  type SelectedImage,
  type SkippedTag,
  selectImages,
  type TagFact,
} from '../domain/index.ts';
import type { Clock, Credential, Credentials, ImageSource, Registry } from '../ports/index.ts';
import { sourceMember, withCredential } from './credential.ts';
import { discoveryErrors } from './errors.ts';
import { createHostGate } from './host-gate.ts';
import { mapBounded } from './map-bounded.ts';
import { type SharedRegistry, shareRegistry, type Wish } from './shared-registry.ts';
import { cannotFollow } from './source.ts';

/** What is to be looked at, and for whom. */
export interface ImageLook {
  readonly project: string;
  readonly subscription: ImageSubscription;
  /** The oldest answer of the registry that will do; see `Question`. */
  readonly notBeforeMs: number;
  /** Does somebody wait for this look? Then it overtakes the polling of others. */
  readonly isAwaited?: boolean;
  /** Labels that are to stand among the annotations of each image, where it has no such annotation. */
  readonly labels?: readonly string[];
  /** The source of credentials that the subscription names for itself. */
  readonly source?: string | undefined;
}

/** What a look found: images best first, and tags that were left out. */
export interface ImageFindings {
  readonly images: readonly SelectedImage[];
  readonly skipped: readonly SkippedTag[];
  /** When the registry was asked for the oldest answer among them, milliseconds since the epoch. */
  readonly askedAtMs: number;
}

/** Finds the images that subscriptions select. */
export interface ImageDiscovery {
  /** Errors: discovery.*, credentials.*, and the registry's oci.*. */
  discover(look: ImageLook, signal: AbortSignal): Promise<ImageFindings>;
}

/** Tags read at once for one look; the registry's budget limits further. */
const tagsAtOnce = 16;
/** Errors of one tag; every other one would meet its neighbors as well. */
const codesOfOneTag: readonly string[] = [
  'oci.protocol',
  'oci.digest-mismatch',
  'oci.unsupported-media-type',
  'oci.too-large',
];

const defaultMaxCachedTags = 100_000;

/** Settings of image discovery. */
export interface ImageDiscoveryOptions {
  /** "Allow" unless told. */
  readonly cacheByTagPolicy?: CacheByTagPolicy;
  /** Tags of which it is remembered where they pointed; 100,000 unless told. */
  readonly maxCachedTags?: number;
}

/** Creates image discovery; all looks made through it share their requests. */
export function createImageDiscovery(
  deps: {
    readonly registry: Registry;
    readonly credentials: Credentials;
    readonly clock: Clock;
  },
  options: ImageDiscoveryOptions = {},
): ImageDiscovery {
  const registry = shareRegistry(deps, options.maxCachedTags ?? defaultMaxCachedTags);
  const gate = createHostGate(deps.clock);
  return {
    async discover(look, signal) {
      const { project, subscription, notBeforeMs, isAwaited = false, labels = [], source: named } = look;
      const compiled = compileImageRule(subscription);
      if (!compiled.ok) throw cannotFollow(subscription.repoURL, compiled.problem);
      const { repoURL } = subscription;
      const caching = decideCacheByTag(options.cacheByTagPolicy ?? 'Allow', subscription);
      if (!caching.ok) throw cannotFollow(repoURL, `cacheByTag ${caching.problem}`);
      const toSource = (credential: Credential | undefined): ImageSource => ({
        repoURL,
        ...(credential === undefined ? {} : { credential }),
        ...(subscription.insecureSkipTLSVerify ? { insecureSkipTLSVerify: true } : {}),
        party: project,
        isAwaited,
      });
      const wish = { notBeforeMs, isCachedByTag: caching.isCached };
      const host = parseImageName(repoURL)?.registry ?? '';
      const request = { project, kind: 'image' as const, repoURL, ...sourceMember(named) };
      const find = (credential: Credential | undefined): Promise<ImageFindings> =>
        gate.pass(host, isAwaited, async () => {
          const source = toSource(credential);
          const findings = await scan(registry, source, compiled.rule, wish, signal);
          const { platform } = subscription;
          const skipped = [...findings.skipped];
          const addLabels = async (image: SelectedImage): Promise<SelectedImage> => {
            try {
              return await withLabels(deps.registry, { source, image, platform, labels }, signal);
            } catch (error) {
              if (!isOfOneTag(error)) throw error;
              // Without its labels it belongs to no group; those of its neighbors do.
              skipped.push({ tag: image.tag, problem: error.message });
              return image;
            }
          };
          return { ...findings, images: await Promise.all(findings.images.map(addLabels)), skipped };
        });
      return withCredential(deps.credentials, request, find, signal);
    },
  };
}

async function scan(
  registry: SharedRegistry,
  source: ImageSource,
  rule: ImageRule,
  wish: Wish,
  signal: AbortSignal,
): Promise<ImageFindings> {
  const list = rule.pinnedTag === undefined ? await registry.listTags(source, wish, signal) : undefined;
  const candidates = rule.rank(list?.answer ?? []);
  let askedAtMs = list?.askedAtMs ?? Number.POSITIVE_INFINITY;
  const facts = new Map<string, TagFact>();
  const failures = new Map<string, AppError>();
  for (;;) {
    const step = selectImages(rule, candidates, facts);
    if (step.kind === 'done') return { images: step.images, skipped: step.skipped, askedAtMs };
    if (step.kind === 'blocked') throw blockedBy(source, step.tag, failures.get(step.tag));
    await mapBounded(step.tags, tagsAtOnce, async (tag) => {
      const read = async (): Promise<ImageFacts | undefined> => {
        const fact = await registry.readTag(source, tag, wish, signal);
        askedAtMs = Math.min(askedAtMs, fact.askedAtMs);
        return fact.answer;
      };
      facts.set(tag, await readFact(tag, read, failures));
    });
  }
}

/** Fills what annotations do not say from the labels of the image, which its digest makes unchangeable. */
async function withLabels(
  registry: Registry,
  look: {
    readonly source: ImageSource;
    readonly image: SelectedImage;
    readonly platform: string | undefined;
    readonly labels: readonly string[];
  },
  signal: AbortSignal,
): Promise<SelectedImage> {
  const { image, labels, platform = '' } = look;
  const lacking = labels.filter((name) => !Object.hasOwn(image.annotations, name));
  if (lacking.length === 0) return image;
  const wanted = platform === '' ? undefined : platform;
  const found = await registry.readLabels(look.source, image.digest, wanted, signal);
  const added = lacking.flatMap((name) => (Object.hasOwn(found, name) ? [[name, found[name] ?? '']] : []));
  return { ...image, annotations: { ...Object.fromEntries(added), ...image.annotations } };
}

function isOfOneTag(error: unknown): error is AppError {
  return error instanceof AppError && codesOfOneTag.includes(error.code);
}

async function readFact(
  tag: string,
  read: () => Promise<ImageFacts | undefined>,
  failures: Map<string, AppError>,
): Promise<TagFact> {
  try {
    const image = await read();
    return image === undefined ? { kind: 'missing' } : { kind: 'image', image };
  } catch (error) {
    if (!isOfOneTag(error)) throw error;
    failures.set(tag, error);
    return { kind: 'unreadable', problem: error.message };
  }
}

function blockedBy(source: ImageSource, tag: string, failure: AppError | undefined): AppError {
  const why = failure === undefined ? '' : `: ${failure.message}`;
  return discoveryErrors.create(
    'discovery.unreadable-tag',
    `tag "${tag}" of ${source.repoURL} cannot be read${why}`,
    {
      cause: failure,
    },
  );
}
