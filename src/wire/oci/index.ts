/**
 * What the OCI distribution and image specifications put on the wire: names, digests, media types, manifests, headers.
 * Parsers and writers over bytes and text; it must never do I/O. Start reading at `manifest.ts`.
 */
export { type Challenge, formatChallenge, parseChallenges } from './challenge.ts';
export { type ImageConfig, parseImageConfig } from './config.ts';
export {
  createDigester,
  type Digest,
  type Digester,
  digestOf,
  parseDigest,
} from './digest.ts';
export { parseErrorBody, type RegistryProblem, writeErrorBody } from './error-body.ts';
export { parseNextLink, writeNextLink } from './link.ts';
export {
  type ArtifactFacts,
  type Descriptor,
  type ImageIndex,
  type ImageManifest,
  type ManifestResult,
  type Platform,
  parseArtifact,
  parseManifest,
} from './manifest.ts';
export {
  acceptedManifestTypes,
  isIndexType,
  isKnownAsSchema1,
  isManifestType,
  mediaTypes,
} from './media-types.ts';
export { isRepositoryName, isTagName } from './names.ts';
export { createTagListReader, type TagListReader } from './tag-list.ts';
