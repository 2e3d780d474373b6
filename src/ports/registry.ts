import type { ImageFacts } from '../domain/index.ts';
import type { Credential } from './credentials.ts';

/** A repository of images, and who is asking. */
export interface ImageSource {
  /** As configured, e.g. "ghcr.io/example/app". */
  readonly repoURL: string;
  readonly credential?: Credential;
  readonly insecureSkipTLSVerify?: boolean;
}

/**
 * Reads image registries.
 *
 * Consistency: tags are asked for at every call; what is addressed by digest is fetched once, kept, and served only to
 * the identity that has itself resolved a tag to it.
 * Limits: requests per host are budgeted; a host that asks for a pause gets it.
 * Errors: oci.auth-failed, oci.not-found, oci.rate-limited (with the delay that the registry asks for),
 * oci.unreachable, oci.protocol, oci.digest-mismatch, oci.unsupported-media-type, oci.invalid-reference.
 */
export interface Registry {
  /** Every tag, in the registry's order. */
  listTags(source: ImageSource, signal: AbortSignal): Promise<readonly string[]>;
  /** What a tag points to now; `undefined` when the repository has no such tag. */
  readTag(source: ImageSource, tag: string, signal: AbortSignal): Promise<ImageFacts | undefined>;
}
