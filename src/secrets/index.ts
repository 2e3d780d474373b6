/**
 * Finds credentials for repositories: Kargo's Secrets, sources that people write down, docker's and the kubelet's ways, and
 * the identities that clouds give; and keeps the keys of SSH hosts in a Secret. It must never log, explain or print a
 * value. Start reading at `credentials.ts`, then `create.ts`.
 */
export type { Cloud } from './clouds/ambient.ts';
export { type CommittersOptions, createCommitters } from './committers.ts';
export {
  type CredentialsDeps,
  type CredentialsOptions,
  type CredentialsParts,
  createCredentials,
} from './create.ts';
export { credentialsErrors } from './errors.ts';
export { createSecretHostKeys, hostKeysSecret } from './host-keys.ts';
export { type RegistriesSource, registriesLabel } from './registries.ts';
export { limitOf, settingsOf } from './registry-settings.ts';
