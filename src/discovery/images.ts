import type { ImageSubscription } from '../api/v1alpha1/index.ts';
import { AppError } from '../base/index.ts';
import {
  compileImageRule,
  type ImageRule,
  type SelectedImage,
  type SkippedTag,
  selectImages,
  type TagFact,
} from '../domain/index.ts';
import type { Credentials, ImageSource, Registry } from '../ports/index.ts';
import { discoveryErrors } from './errors.ts';
import { mapBounded } from './map-bounded.ts';
import { type SharedRegistry, shareRegistry } from './shared-registry.ts';
import { cannotFollow } from './source.ts';

/** What is to be looked at, and for whom. */
export interface ImageLook {
  readonly project: string;
  readonly subscription: ImageSubscription;
  /** Somebody waits for this look: an answer that began before it is not good enough. */
  readonly isFresh: boolean;
}

/** What a look found: images best first, and tags that were left out. */
export interface ImageFindings {
  readonly images: readonly SelectedImage[];
  readonly skipped: readonly SkippedTag[];
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
];

/** Creates image discovery; all looks made through it share their requests. */
export function createImageDiscovery(deps: {
  readonly registry: Registry;
  readonly credentials: Credentials;
}): ImageDiscovery {
  const registry = shareRegistry(deps.registry);
  return {
    async discover({ project, subscription, isFresh }, signal) {
      const compiled = compileImageRule(subscription);
      if (!compiled.ok) throw cannotFollow(subscription.repoURL, compiled.problem);
      const { repoURL } = subscription;
      const credential = await deps.credentials.find({ project, kind: 'image', repoURL }, signal);
      const source: ImageSource = {
        repoURL,
        ...(credential === undefined ? {} : { credential }),
        ...(subscription.insecureSkipTLSVerify ? { insecureSkipTLSVerify: true } : {}),
      };
      return scan(registry, source, compiled.rule, isFresh, signal);
    },
  };
}

async function scan(
  registry: SharedRegistry,
  source: ImageSource,
  rule: ImageRule,
  isFresh: boolean,
  signal: AbortSignal,
): Promise<ImageFindings> {
  const tags = rule.pinnedTag === undefined ? await registry.listTags(source, isFresh, signal) : [];
  const candidates = rule.rank(tags);
  const facts = new Map<string, TagFact>();
  const failures = new Map<string, AppError>();
  for (;;) {
    const step = selectImages(rule, candidates, facts);
    if (step.kind === 'done') return { images: step.images, skipped: step.skipped };
    if (step.kind === 'blocked') throw blockedBy(source, step.tag, failures.get(step.tag));
    await mapBounded(step.tags, tagsAtOnce, async (tag) => {
      facts.set(tag, await readFact(registry, source, tag, isFresh, failures, signal));
    });
  }
}

async function readFact(
  registry: SharedRegistry,
  source: ImageSource,
  tag: string,
  isFresh: boolean,
  failures: Map<string, AppError>,
  signal: AbortSignal,
): Promise<TagFact> {
  try {
    const image = await registry.readTag(source, tag, isFresh, signal);
    return image === undefined ? { kind: 'missing' } : { kind: 'image', image };
  } catch (error) {
    if (!(error instanceof AppError) || !codesOfOneTag.includes(error.code)) throw error;
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
