import type { Artifacts } from '../ports/index.ts';
import {
  type Descriptor,
  type Digest,
  digestOf,
  isTagName,
  parseArtifact,
  parseDigest,
} from '../wire/oci/index.ts';
import { readBlob } from './blobs.ts';
import { createRegistryTransport, type RegistryClientDeps } from './client.ts';
import { ociErrors } from './errors.ts';
import { fetchManifest } from './manifests.ts';
import { putManifest } from './put-manifest.ts';
import { addToTagIndex, listReferrers } from './referrers.ts';
import { type RegistryHosts, toRepository } from './repository.ts';
import { pushBlob } from './upload.ts';

/** Creates the client that reads and writes manifests and blobs of any kind; nothing is remembered but tokens. */
export function createArtifacts(
  deps: RegistryClientDeps,
  options: { readonly hosts?: RegistryHosts } = {},
): Artifacts {
  const { hosts = {} } = options;
  const transport = createRegistryTransport(deps, hosts);
  return {
    async readManifest(source, reference, signal) {
      checkReference(reference);
      return fetchManifest(transport, toRepository(source, hosts), reference, signal);
    },
    readBlob: (source, blob, signal) =>
      readBlob({ transport, clock: deps.clock }, toRepository(source, hosts), blob, signal),
    async pushBlob(source, blob, signal) {
      return pushBlob(transport, toRepository(source, hosts), blob, signal);
    },
    async pushManifest(source, reference, manifest, signal) {
      checkReference(reference);
      const repository = toRepository(source, hosts);
      const answer = await putManifest(transport, repository, { reference, manifest }, signal);
      const digest = digestOf(manifest.content, parseDigest(reference));
      const artifact = parseArtifact(manifest.content);
      const knowsSubjects = answer.headers['oci-subject'] !== undefined;
      if (artifact.subject !== undefined && !knowsSubjects) {
        const referrer = describe(manifest, digest, artifact);
        await addToTagIndex(transport, repository, { digest: artifact.subject, referrer }, signal);
      }
      return digest;
    },
    listReferrers: async (source, about, signal) =>
      listReferrers(transport, toRepository(source, hosts), about, signal),
  };
}

function describe(
  { mediaType, content }: { readonly mediaType: string; readonly content: Uint8Array },
  digest: Digest,
  { artifactType, annotations }: ReturnType<typeof parseArtifact>,
): Descriptor {
  const type = artifactType === '' ? {} : { artifactType };
  return { mediaType, digest, sizeBytes: content.length, annotations, ...type };
}

function checkReference(reference: string): void {
  if (isTagName(reference) || parseDigest(reference) !== undefined) return;
  throw ociErrors.create(
    'oci.invalid-reference',
    `"${reference.slice(0, 200)}" is neither a tag nor a digest`,
  );
}
