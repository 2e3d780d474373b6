/**
 * The client of OCI image registries: tags, manifests, configs; authentication, budgets and retries.
 * It must never decide what is selected. Start reading at `client.ts`.
 */
export { createRegistryClient, type RegistryClientDeps, type RegistryClientOptions } from './client.ts';
export { ociErrors } from './errors.ts';
export { createImagePusher, type ImageDraft, type ImagePusher } from './push.ts';
