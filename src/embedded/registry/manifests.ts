import {
  type Digest,
  digestOf,
  isTagName,
  mediaTypes,
  parseArtifact,
  parseDigest,
  parseManifest,
} from '../../wire/oci/index.ts';
import { type Call, jsonReply, problemReply, type Reply } from './reply.ts';
import { ensureRepository, type Store, type StoredManifest, type StoredRepository } from './store.ts';

/** Answers requests for `/v2/<name>/manifests/<reference>`. */
export async function answerManifest(
  store: Store,
  name: string,
  reference: string,
  call: Call,
): Promise<Reply> {
  if (call.method === 'PUT') return putManifest(store, name, reference, call);
  const repository = store.get(name);
  if (repository === undefined) return problemReply(404, 'NAME_UNKNOWN', `no repository "${name}"`);
  const digest = repository.tags.get(reference) ?? parseDigest(reference);
  const manifest = digest === undefined ? undefined : repository.manifests.get(digest);
  if (manifest === undefined) return problemReply(404, 'MANIFEST_UNKNOWN', `no manifest "${reference}"`);
  switch (call.method) {
    case 'GET':
    case 'HEAD':
      return readManifest(manifest, call);
    case 'DELETE':
      return deleteManifest(repository, reference, manifest.digest);
    default:
      return problemReply(405, 'UNSUPPORTED', `${call.method} is not supported`);
  }
}

/** Answers `GET /v2/<name>/referrers/<digest>`. */
export function answerReferrers(store: Store, name: string, digest: string, call: Call): Reply {
  const wanted = call.query.get('artifactType');
  const manifests = [...(store.get(name)?.manifests.values() ?? [])]
    .filter((item) => item.subject === digest && (wanted === null || item.artifactType === wanted))
    .map((item) => ({
      mediaType: item.contentType,
      digest: item.digest,
      size: item.content.length,
      artifactType: item.artifactType,
      annotations: item.annotations,
    }));
  const filters: Record<string, string> = wanted === null ? {} : { 'oci-filters-applied': 'artifactType' };
  return jsonReply(
    { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests },
    { 'content-type': mediaTypes.ociIndex, ...filters },
  );
}

function readManifest(manifest: StoredManifest, call: Call): Reply {
  const headers = {
    'content-type': manifest.contentType,
    'content-length': String(manifest.content.length),
    'docker-content-digest': manifest.digest,
    etag: `"${manifest.digest}"`,
  };
  if (call.headers['if-none-match'] === headers.etag) return { status: 304, headers: { etag: headers.etag } };
  return { status: 200, headers, body: manifest.content };
}

async function putManifest(store: Store, name: string, reference: string, call: Call): Promise<Reply> {
  const content = await call.readBody();
  const contentType = call.headers['content-type'] ?? '';
  const parsed = parseManifest(content, contentType);
  if (parsed.kind === 'malformed')
    return problemReply(400, 'MANIFEST_INVALID', `the manifest ${parsed.problem}`);
  if (parsed.kind === 'unsupported') {
    return problemReply(400, 'MANIFEST_INVALID', `media type "${parsed.mediaType}" is not supported`);
  }
  const wanted = parseDigest(reference);
  if (wanted === undefined && !isTagName(reference)) {
    return problemReply(400, 'MANIFEST_INVALID', `"${reference}" is neither a tag nor a digest`);
  }
  const digest = digestOf(content, wanted);
  if (wanted !== undefined && wanted !== digest)
    return problemReply(400, 'DIGEST_INVALID', `the content is ${digest}`);
  const repository = ensureRepository(store, name);
  const missing = missingParts(repository, parsed);
  if (missing !== undefined)
    return problemReply(404, 'MANIFEST_BLOB_UNKNOWN', `${missing} was not pushed before`);
  const manifest: StoredManifest = {
    digest,
    contentType: parsed.mediaType,
    content,
    parsed,
    ...parseArtifact(content),
  };
  repository.manifests.set(digest, manifest);
  if (wanted === undefined) repository.tags.set(reference, digest);
  return {
    status: 201,
    headers: {
      location: `/v2/${name}/manifests/${digest}`,
      'docker-content-digest': digest,
      ...(manifest.subject === undefined ? {} : { 'oci-subject': manifest.subject }),
    },
  };
}

function missingParts(
  repository: StoredRepository,
  manifest: Extract<StoredManifest['parsed'], { readonly kind: 'image' | 'index' }>,
): Digest | undefined {
  if (manifest.kind === 'index')
    return manifest.manifests.find((item) => !repository.manifests.has(item.digest))?.digest;
  return [manifest.config, ...manifest.layers].find((item) => !repository.blobs.has(item.digest))?.digest;
}

/** By tag, only the tag goes; by digest, the manifest and every tag that points to it. */
function deleteManifest(repository: StoredRepository, reference: string, digest: Digest): Reply {
  if (!repository.tags.delete(reference)) {
    repository.manifests.delete(digest);
    for (const [tag, target] of repository.tags) if (target === digest) repository.tags.delete(tag);
  }
  return { status: 202 };
}
