import {
  type ImageFacts,
  imageCreationMs,
  isPlatform,
  isRunnable,
  latest,
  parsePlatformRule,
  statedCreationMs,
} from '../domain/index.ts';
import {
  type Descriptor,
  type Digest,
  type ImageConfig,
  type ImageManifest,
  parseImageConfig,
} from '../wire/oci/index.ts';
import type { Contents } from './contents.ts';
import { problemWith } from './failures.ts';
import type { FetchedManifest } from './manifests.ts';
import type { Repository } from './repository.ts';

/** An index with more entries is not one of images. */
const maxPlatforms = 200;
/** Entries of an index that are read at once. */
const childrenAtOnce = 8;

/** Everything that selection wants to know of an image; reads configs, and for an index its children. */
export async function readFacts(
  contents: Contents,
  repository: Repository,
  { digest, manifest }: FetchedManifest,
  signal: AbortSignal,
): Promise<ImageFacts> {
  if (manifest.kind === 'image') {
    const createdAtMs = await creationOf(contents, repository, manifest, signal);
    return { digest, createdAtMs, annotations: manifest.annotations, platforms: undefined };
  }
  const children = manifest.manifests.filter((child) => isRunnable(child.platform));
  if (children.length === 0 || children.length > maxPlatforms) {
    const problem =
      children.length === 0 ? 'has no image for any platform' : `has ${children.length} platforms`;
    throw problemWith('oci.unsupported-media-type', { repository, subject: `index ${digest}` }, problem);
  }
  const stated = statedCreationMs(manifest.annotations);
  const createdAtMs = stated ?? latest(await creationsOf(contents, repository, children, signal));
  const platforms = children.flatMap((child) =>
    child.platform === undefined ? [] : [{ ...child.platform, annotations: child.annotations }],
  );
  return { digest, createdAtMs, annotations: manifest.annotations, platforms };
}

async function creationsOf(
  contents: Contents,
  repository: Repository,
  children: readonly Descriptor[],
  signal: AbortSignal,
): Promise<readonly (number | undefined)[]> {
  const times: (number | undefined)[] = [];
  for (let start = 0; start < children.length; start += childrenAtOnce) {
    const group = children.slice(start, start + childrenAtOnce);
    times.push(
      ...(await Promise.all(
        group.map(
          async (child) =>
            statedCreationMs(child.annotations) ??
            (await creationOfChild(contents, repository, child, signal)),
        ),
      )),
    );
  }
  return times;
}

async function creationOfChild(
  contents: Contents,
  repository: Repository,
  { digest }: Descriptor,
  signal: AbortSignal,
): Promise<number | undefined> {
  const child = await contents.readManifest(repository, digest, signal);
  if (child?.manifest.kind === 'image') return creationOf(contents, repository, child.manifest, signal);
  const problem = child === undefined ? 'does not exist, and an index names it' : 'is an index in an index';
  throw problemWith('oci.protocol', { repository, subject: `manifest ${digest}` }, problem);
}

async function creationOf(
  contents: Contents,
  repository: Repository,
  manifest: ImageManifest,
  signal: AbortSignal,
): Promise<number | undefined> {
  const stated = statedCreationMs(manifest.annotations);
  if (stated !== undefined) return stated;
  return imageCreationMs({}, await configOf(contents, repository, manifest, signal));
}

/** The labels of an image; of an index, those of one of its images. */
export async function readLabels(
  contents: Contents,
  repository: Repository,
  digest: Digest,
  platform: string | undefined,
  signal: AbortSignal,
): Promise<Readonly<Record<string, string>>> {
  const subject = `manifest ${digest}`;
  const fetched = await contents.readManifest(repository, digest, signal);
  if (fetched === undefined) throw problemWith('oci.protocol', { repository, subject }, 'does not exist');
  const { manifest } = fetched;
  if (manifest.kind === 'image') return (await configOf(contents, repository, manifest, signal)).labels;
  const images = manifest.manifests.filter((child) => isRunnable(child.platform));
  const rule = platform === undefined ? undefined : parsePlatformRule(platform);
  const isWanted = (one: Descriptor): boolean =>
    rule !== undefined && one.platform !== undefined && isPlatform(rule, one.platform);
  const child = images.find(isWanted) ?? images[0];
  const inner = child && (await contents.readManifest(repository, child.digest, signal));
  if (inner?.manifest.kind !== 'image')
    throw problemWith('oci.protocol', { repository, subject }, 'is an index that names no image');
  return (await configOf(contents, repository, inner.manifest, signal)).labels;
}

async function configOf(
  contents: Contents,
  repository: Repository,
  manifest: ImageManifest,
  signal: AbortSignal,
): Promise<ImageConfig> {
  const { digest } = manifest.config;
  const config = parseImageConfig(await contents.readConfig(repository, digest, signal));
  if (config !== undefined) return config;
  throw problemWith('oci.protocol', { repository, subject: `config ${digest}` }, 'is not a JSON object');
}
