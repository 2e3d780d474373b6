/**
 * The client of OCI registries: tags, manifests, configurations, blobs, pushes, referrers; authentication and retries.
 * It must never decide what is selected. Start reading at `client.ts` (scans) and `artifacts.ts`, then `transport.ts`.
 */
export { createArtifacts } from './artifacts.ts';
export { createRegistryClient, type RegistryClientDeps, type RegistryClientOptions } from './client.ts';
export type { ContentStore } from './contents.ts';
export { createDiskStore, type DiskStoreOptions } from './disk-store.ts';
export { ociErrors } from './errors.ts';
export { createImagePusher, type ImageDraft, type ImagePusher } from './push.ts';
export type { RegistryHost, RegistryHosts } from './repository.ts';
