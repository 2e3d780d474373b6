/**
 * An OCI registry in memory that speaks the distribution protocol: push, pull, tags, deletion, referrers, challenges.
 * For the sandbox, the demo and tests; it must never be imported by what speaks to registries. Start reading at
 * `server.ts`.
 */
export type { RegistryAccess, RegistryAuth } from './auth.ts';
export {
  type CannedAnswer,
  createEmbeddedRegistry,
  type EmbeddedRegistry,
  type EmbeddedRegistryOptions,
  type RecordedRequest,
} from './server.ts';
