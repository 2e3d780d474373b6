import type { HttpResponse } from '../ports/index.ts';
import {
  acceptedManifestTypes,
  type Digest,
  digestOf,
  type ImageIndex,
  type ImageManifest,
  isKnownAsSchema1,
  parseDigest,
  parseManifest,
} from '../wire/oci/index.ts';
import { problemWith } from './failures.ts';
import type { Repository } from './repository.ts';
import type { Transport } from './transport.ts';

const schema1 = 'is an image of the first format (Docker schema 1), which is not supported';
const accept = acceptedManifestTypes.join(', ');
/** Larger than any genuine manifest or index. */
const maxManifestBytes = 8 * 1024 * 1024;

/** A document addressed by digest, as it came. */
export interface RawManifest {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly content: Uint8Array;
}

/** A manifest whose content has the digest. */
export interface FetchedManifest extends RawManifest {
  readonly manifest: ImageManifest | ImageIndex;
}

/** What a registry says of a tag without sending what it points to. */
export type TagHead =
  | { readonly kind: 'missing' }
  /** It points to this now. */
  | { readonly kind: 'digest'; readonly digest: Digest }
  /** The registry does not say; the manifest itself must be read. */
  | { readonly kind: 'unknown' };

/** Asks what a tag points to now. */
export async function headTag(
  transport: Transport,
  repository: Repository,
  tag: string,
  signal: AbortSignal,
): Promise<TagHead> {
  const response = await transport.send(
    repository,
    {
      method: 'HEAD',
      path: `manifests/${tag}`,
      headers: { accept },
      maxBodyBytes: maxManifestBytes,
      subject: `tag "${tag}"`,
      // Some registries and proxies have no HEAD at all.
      alsoFine: [400, 405, 501],
    },
    signal,
  );
  if (response.status === 404) return { kind: 'missing' };
  if (response.status >= 400) return { kind: 'unknown' };
  const { 'docker-content-digest': stated = '', etag = '' } = response.headers;
  // Where the header is missing, many have the digest as their ETag.
  const digest = parseDigest(stated) ?? parseDigest(etag.replace(/^(?:W\/)?"(?<value>.*)"$/, '$<value>'));
  return digest === undefined ? { kind: 'unknown' } : { kind: 'digest', digest };
}

/** The document behind a tag or digest, its digest checked; `undefined` when there is none. */
export async function fetchRaw(
  transport: Transport,
  repository: Repository,
  reference: string,
  signal: AbortSignal,
): Promise<RawManifest | undefined> {
  const wanted = parseDigest(reference);
  const subject = subjectOf(reference);
  const response = await transport.send(
    repository,
    {
      method: 'GET',
      path: `manifests/${reference}`,
      headers: { accept },
      maxBodyBytes: maxManifestBytes,
      subject,
      isPull: true,
    },
    signal,
  );
  if (response.status === 404) return undefined;
  const stated = wanted ?? parseDigest(response.headers['docker-content-digest'] ?? '');
  const digest = digestOf(response.body, stated);
  if (stated !== undefined && stated !== digest) {
    // Digests of the first format leave its signatures out; what it is says more than that they differ.
    if (isSchema1(response))
      throw problemWith('oci.unsupported-media-type', { repository, subject }, schema1);
    const problem = `has content with another digest than ${stated}`;
    throw problemWith('oci.digest-mismatch', { repository, subject }, problem);
  }
  return { digest, mediaType: response.headers['content-type'] ?? '', content: response.body };
}

/** What a document says as a manifest. Errors: oci.protocol, oci.unsupported-media-type. */
export function readManifest(repository: Repository, reference: string, raw: RawManifest): FetchedManifest {
  const subject = subjectOf(reference);
  const manifest = parseManifest(raw.content, raw.mediaType);
  switch (manifest.kind) {
    case 'malformed':
      throw problemWith('oci.protocol', { repository, subject }, manifest.problem);
    case 'unsupported':
      throw problemWith(
        'oci.unsupported-media-type',
        { repository, subject },
        isKnownAsSchema1(manifest.mediaType)
          ? schema1
          : `has the media type "${manifest.mediaType.slice(0, 200)}"`,
      );
    default:
      return { ...raw, mediaType: manifest.mediaType, manifest };
  }
}

/** The manifest behind a tag or digest, checked; `undefined` when there is none. */
export async function fetchManifest(
  transport: Transport,
  repository: Repository,
  reference: string,
  signal: AbortSignal,
): Promise<FetchedManifest | undefined> {
  const raw = await fetchRaw(transport, repository, reference, signal);
  return raw === undefined ? undefined : readManifest(repository, reference, raw);
}

function isSchema1({ headers, body }: HttpResponse): boolean {
  const manifest = parseManifest(body, headers['content-type']);
  return manifest.kind === 'unsupported' && isKnownAsSchema1(manifest.mediaType);
}

function subjectOf(reference: string): string {
  return parseDigest(reference) === undefined ? `tag "${reference}"` : `manifest ${reference}`;
}
