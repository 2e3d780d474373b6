import { type ImageFacts, imageCreationMs, isRunnable, latest, statedCreationMs } from '../domain/index.ts';
import {
  acceptedManifestTypes,
  type Descriptor,
  type Digest,
  digestOf,
  type ImageIndex,
  type ImageManifest,
  parseDigest,
  parseImageConfig,
  parseManifest,
} from '../wire/oci/index.ts';
import { ociErrors } from './errors.ts';
import type { Repository } from './repository.ts';
import type { Transport } from './transport.ts';

const accept = acceptedManifestTypes.join(', ');
const maxManifestBytes = 8 * 1024 * 1024;
const maxConfigBytes = 16 * 1024 * 1024;
/** An index with more entries is not one of images. */
const maxPlatforms = 200;

/** A manifest whose content has the digest. */
export interface FetchedManifest {
  readonly digest: Digest;
  readonly manifest: ImageManifest | ImageIndex;
}

/** The digest that a tag has now: "missing" when there is no such tag, `undefined` when the registry does not say. */
export async function headTag(
  transport: Transport,
  repository: Repository,
  tag: string,
  signal: AbortSignal,
): Promise<Digest | 'missing' | undefined> {
  const response = await transport.send(
    repository,
    {
      method: 'HEAD',
      path: `manifests/${tag}`,
      headers: { accept },
      maxBodyBytes: maxManifestBytes,
      subject: `tag "${tag}"`,
    },
    signal,
  );
  if (response.status === 404) return 'missing';
  return parseDigest(response.headers['docker-content-digest'] ?? '');
}

/** The manifest behind a tag or digest, checked; `undefined` when there is none. */
export async function fetchManifest(
  transport: Transport,
  repository: Repository,
  reference: string,
  signal: AbortSignal,
): Promise<FetchedManifest | undefined> {
  const wanted = parseDigest(reference);
  const subject = wanted === undefined ? `tag "${reference}"` : `manifest ${reference}`;
  const response = await transport.send(
    repository,
    {
      method: 'GET',
      path: `manifests/${reference}`,
      headers: { accept },
      maxBodyBytes: maxManifestBytes,
      subject,
    },
    signal,
  );
  if (response.status === 404) return undefined;
  const stated = wanted ?? parseDigest(response.headers['docker-content-digest'] ?? '');
  const digest = digestOf(response.body, stated);
  const about = `${subject} of ${repository.label} at registry ${repository.host}`;
  const data = { registry: repository.host, repository: repository.label };
  if (stated !== undefined && stated !== digest) {
    throw ociErrors.create('oci.digest-mismatch', `${about} has content with another digest than ${stated}`, {
      data,
    });
  }
  const manifest = parseManifest(response.body, response.headers['content-type']);
  switch (manifest.kind) {
    case 'malformed':
      throw ociErrors.create('oci.protocol', `${about} ${manifest.problem}`, { data });
    case 'unsupported':
      throw ociErrors.create(
        'oci.unsupported-media-type',
        `${about} has the media type "${manifest.mediaType}"`,
        { data },
      );
    default:
      return { digest, manifest };
  }
}

/** Everything that selection wants to know of an image; fetches configs, and for an index its children. */
export async function readFacts(
  transport: Transport,
  repository: Repository,
  fetched: FetchedManifest,
  signal: AbortSignal,
): Promise<ImageFacts> {
  const { digest, manifest } = fetched;
  if (manifest.kind === 'image') {
    const createdAtMs = await creationOf(transport, repository, manifest, signal);
    return { digest, createdAtMs, annotations: manifest.annotations, platforms: undefined };
  }
  const children = manifest.manifests.filter((child) => isRunnable(child.platform));
  if (children.length === 0 || children.length > maxPlatforms) {
    const problem =
      children.length === 0 ? 'has no image for any platform' : `has ${children.length} platforms`;
    throw ociErrors.create(
      'oci.unsupported-media-type',
      `index ${digest} of ${repository.label} ${problem}`,
      {
        data: { registry: repository.host, repository: repository.label },
      },
    );
  }
  const stated = statedCreationMs(manifest.annotations);
  const createdAtMs = stated ?? latest(await creationsOf(transport, repository, children, signal));
  const platforms = children.flatMap((child) =>
    child.platform === undefined ? [] : [{ ...child.platform, annotations: child.annotations }],
  );
  return { digest, createdAtMs, annotations: manifest.annotations, platforms };
}

async function creationsOf(
  transport: Transport,
  repository: Repository,
  children: readonly Descriptor[],
  signal: AbortSignal,
): Promise<readonly (number | undefined)[]> {
  const times: (number | undefined)[] = [];
  for (const child of children) {
    const stated = statedCreationMs(child.annotations);
    times.push(stated ?? (await creationOfChild(transport, repository, child.digest, signal)));
  }
  return times;
}

async function creationOfChild(
  transport: Transport,
  repository: Repository,
  digest: Digest,
  signal: AbortSignal,
): Promise<number | undefined> {
  const child = await fetchManifest(transport, repository, digest, signal);
  if (child?.manifest.kind === 'image') return creationOf(transport, repository, child.manifest, signal);
  const problem = child === undefined ? 'does not exist' : 'is an index itself';
  throw ociErrors.create('oci.protocol', `manifest ${digest} of an index of ${repository.label} ${problem}`, {
    data: { registry: repository.host, repository: repository.label },
  });
}

async function creationOf(
  transport: Transport,
  repository: Repository,
  manifest: ImageManifest,
  signal: AbortSignal,
): Promise<number | undefined> {
  const stated = statedCreationMs(manifest.annotations);
  if (stated !== undefined) return stated;
  const { digest } = manifest.config;
  const response = await transport.send(
    repository,
    { method: 'GET', path: `blobs/${digest}`, maxBodyBytes: maxConfigBytes, subject: `config ${digest}` },
    signal,
  );
  const about = `config ${digest} of ${repository.label} at registry ${repository.host}`;
  const data = { registry: repository.host, repository: repository.label };
  if (response.status === 404) throw ociErrors.create('oci.protocol', `${about} does not exist`, { data });
  if (digestOf(response.body, digest) !== digest) {
    throw ociErrors.create('oci.digest-mismatch', `${about} has other content`, { data });
  }
  const config = parseImageConfig(response.body);
  if (config === undefined) throw ociErrors.create('oci.protocol', `${about} is not a JSON object`, { data });
  return imageCreationMs({}, config);
}
