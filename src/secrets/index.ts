/**
 * Finds credentials for repositories in Kubernetes Secrets.
 * It must never log, cache or print a value of a Secret. Start reading at `credentials.ts`.
 */
export { createSecretCredentials, type SecretCredentialsOptions } from './credentials.ts';
export { credentialsErrors } from './errors.ts';
export { findSecret } from './match.ts';
