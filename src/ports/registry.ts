import type { ImageFacts } from '../domain/index.ts';
import type { Credential } from './credentials.ts';

/** A repository of images, and who is asking. */
export interface ImageSource {
  /** As configured, e.g. "ghcr.io/example/app". */
  readonly repoURL: string;
  readonly credential?: Credential;
  readonly insecureSkipTLSVerify?: boolean;
  /** Who shares the registry fairly with others, usually a Project. */
  readonly party?: string;
  /** Does somebody wait for the answer? Then it overtakes what is only polled. */
  readonly isAwaited?: boolean;
}

/**
 * Reads image registries.
 *
 * Consistency: tags are asked for at every call; what is addressed by digest is fetched once, kept, and served to every
 * identity that has itself resolved a tag to it.
 * Limits: requests per host are budgeted; a host that asks for a pause gets it; lists and documents up to a size.
 * Errors: oci.auth-failed, oci.not-found, oci.rate-limited and oci.busy (with the delay after which to come back),
 * oci.unreachable, oci.protocol, oci.too-large, oci.digest-mismatch, oci.unsupported-media-type,
 * oci.invalid-reference.
 */
export interface Registry {
  /** Every tag, in the registry's order. */
  listTags(source: ImageSource, signal: AbortSignal): Promise<readonly string[]>;
  /** What a tag points to now; `undefined` when the repository has no such tag. */
  readTag(source: ImageSource, tag: string, signal: AbortSignal): Promise<ImageFacts | undefined>;
  /**
   * The labels that an image was built with, by the digest that `readTag` gave; of an index, those of the platform
   * ("linux/arm64"), or of its first image.
   */
  readLabels(
    source: ImageSource,
    digest: string,
    platform: string | undefined,
    signal: AbortSignal,
  ): Promise<Readonly<Record<string, string>>>;
}
