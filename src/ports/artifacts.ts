import type { Descriptor, Digest, ImageIndex, ImageManifest } from '../wire/oci/index.ts';
import type { ImageSource } from './registry.ts';

/** A manifest or index as a registry keeps it. */
export interface ArtifactManifest {
  readonly digest: Digest;
  readonly mediaType: string;
  /** Its bytes, of which the digest is. */
  readonly content: Uint8Array;
  readonly manifest: ImageManifest | ImageIndex;
}

/** A blob to be pushed. */
export interface BlobDraft {
  readonly digest: Digest;
  readonly sizeBytes: number;
  /** Gives the content; called again when a push begins anew. */
  open(): AsyncIterable<Uint8Array>;
  /** A repository of the same registry that has the blob already, e.g. "example/base"; it is mounted from there. */
  readonly mountFrom?: string;
  /** Push it in pieces of this size, for proxies that limit a request; otherwise in one piece. */
  readonly chunkBytes?: number;
}

/**
 * Reads and writes what registries keep, images or not: manifests, blobs, and what refers to them.
 *
 * Guarantees: content that was read to its end has the digest that it was asked for by; what another identity fetched
 * is never served. Limits: as for `Registry`.
 * Errors: those of `Registry`, and oci.push-refused.
 */
export interface Artifacts {
  /** The manifest of a tag or digest; `undefined` when there is none. */
  readManifest(
    source: ImageSource,
    reference: string,
    signal: AbortSignal,
  ): Promise<ArtifactManifest | undefined>;
  /**
   * The content of a blob, from `offset` on and `length` bytes of it. Where it is read whole, a wrong digest is an error
   * at the end: use nothing before. A connection that breaks is taken up where it broke. oci.not-found when the
   * repository has no such blob; oci.too-large beyond `maxBytes`.
   */
  readBlob(
    source: ImageSource,
    blob: {
      readonly digest: Digest;
      readonly offset?: number;
      readonly length?: number;
      readonly maxBytes: number;
    },
    signal: AbortSignal,
  ): AsyncIterable<Uint8Array>;
  /** Pushes a blob unless it is there. */
  pushBlob(source: ImageSource, blob: BlobDraft, signal: AbortSignal): Promise<void>;
  /** Pushes a manifest under a tag or its digest; answers its digest. */
  pushManifest(
    source: ImageSource,
    reference: string,
    manifest: { readonly mediaType: string; readonly content: Uint8Array },
    signal: AbortSignal,
  ): Promise<Digest>;
  /** What refers to a manifest (signatures, bills of materials), of one type or of all. */
  listReferrers(
    source: ImageSource,
    about: { readonly digest: Digest; readonly artifactType?: string },
    signal: AbortSignal,
  ): Promise<readonly Descriptor[]>;
}
