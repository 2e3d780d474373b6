import type { HttpResponse } from '../ports/index.ts';
import {
  type Descriptor,
  type Digest,
  type ImageIndex,
  mediaTypes,
  parseManifest,
  parseNextLink,
} from '../wire/oci/index.ts';
import { problemWith } from './failures.ts';
import { fetchManifest } from './manifests.ts';
import { putManifest } from './put-manifest.ts';
import type { Repository } from './repository.ts';
import type { Transport } from './transport.ts';

const maxIndexBytes = 8 * 1024 * 1024;
const maxPages = 100;

/** What is asked about. */
export interface ReferrersRequest {
  readonly digest: Digest;
  readonly artifactType?: string;
}

/**
 * What refers to a manifest: by the registry's own list, else by the index that clients keep under a tag made of the
 * digest. Source: distribution specification 1.1, "Listing Referrers" and "Referrers Tag Schema".
 */
export async function listReferrers(
  transport: Transport,
  repository: Repository,
  request: ReferrersRequest,
  signal: AbortSignal,
): Promise<readonly Descriptor[]> {
  const own = await listOwn(transport, repository, request, signal);
  const all = own ?? (await listByTag(transport, repository, request.digest, signal));
  const { artifactType } = request;
  // Registries need not filter, and those of the tag never do.
  return artifactType === undefined ? all : all.filter((item) => item.artifactType === artifactType);
}

/** `undefined` when the registry keeps no such list. */
async function listOwn(
  transport: Transport,
  repository: Repository,
  { digest, artifactType }: ReferrersRequest,
  signal: AbortSignal,
): Promise<readonly Descriptor[] | undefined> {
  const found = new Map<string, Descriptor>();
  const filter = artifactType === undefined ? '' : `?artifactType=${encodeURIComponent(artifactType)}`;
  let query: string | undefined = filter;
  const subject = `the referrers of ${digest}`;
  for (let page = 0; query !== undefined; page++) {
    if (page === maxPages) throw problemWith('oci.protocol', { repository, subject }, 'go on without end');
    const answer: HttpResponse = await transport.send(
      repository,
      {
        method: 'GET',
        path: `referrers/${digest}${query}`,
        headers: { accept: mediaTypes.ociIndex },
        maxBodyBytes: maxIndexBytes,
        subject,
        alsoFine: [400, 405, 406, 501],
      },
      signal,
    );
    if (answer.status !== 200) return undefined;
    const index = parseManifest(answer.body, answer.headers['content-type']);
    // A registry that does not know the address may answer it with a page for people.
    if (index.kind !== 'index') return undefined;
    const before = found.size;
    for (const item of index.manifests) found.set(item.digest, item);
    query = nextQuery(answer, { repository, subject });
    if (query !== undefined && found.size === before)
      throw problemWith('oci.protocol', { repository, subject }, 'go on without anything new');
  }
  return [...found.values()];
}

function nextQuery(
  { headers, url }: HttpResponse,
  about: { readonly repository: Repository; readonly subject: string },
): string | undefined {
  const target = parseNextLink(headers['link']);
  if (target === undefined) return undefined;
  const next = URL.canParse(target, url) ? new URL(target, url) : undefined;
  const page = new URL(url);
  if (next?.host !== page.host || next.pathname !== page.pathname)
    throw problemWith('oci.protocol', about, 'link to a page elsewhere');
  return next.search;
}

async function listByTag(
  transport: Transport,
  repository: Repository,
  digest: Digest,
  signal: AbortSignal,
): Promise<readonly Descriptor[]> {
  return (await readTagIndex(transport, repository, digest, signal))?.manifests ?? [];
}

async function readTagIndex(
  transport: Transport,
  repository: Repository,
  digest: Digest,
  signal: AbortSignal,
): Promise<ImageIndex | undefined> {
  const fetched = await fetchManifest(transport, repository, fallbackTag(digest), signal);
  return fetched?.manifest.kind === 'index' ? fetched.manifest : undefined;
}

/** Adds a referrer to the index under the tag, for registries that keep no list of their own. */
export async function addToTagIndex(
  transport: Transport,
  repository: Repository,
  { digest, referrer }: { readonly digest: Digest; readonly referrer: Descriptor },
  signal: AbortSignal,
): Promise<void> {
  const known = (await readTagIndex(transport, repository, digest, signal))?.manifests ?? [];
  if (known.some((item) => item.digest === referrer.digest)) return;
  const manifests = [...known, referrer].map(({ sizeBytes, ...item }) => ({ ...item, size: sizeBytes }));
  const index = { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests };
  const content = new TextEncoder().encode(JSON.stringify(index));
  const manifest = { mediaType: mediaTypes.ociIndex, content };
  await putManifest(transport, repository, { reference: fallbackTag(digest), manifest }, signal);
}

/** The tag of the index of a digest's referrers, e.g. "sha256-…". */
function fallbackTag(digest: Digest): string {
  const [algorithm = '', hex = ''] = digest.split(':');
  return `${algorithm.slice(0, 32)}-${hex.slice(0, 64)}`;
}
