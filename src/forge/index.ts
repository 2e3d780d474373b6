/**
 * Adapters of git hosts for pull requests, one folder per kind of host.
 * It must never touch git itself. Start reading at `forges.ts`, then `host.ts` and `call.ts`.
 */
export { forgeErrors } from './errors.ts';
export { createForges, type ForgesDeps } from './forges.ts';
export { inferProvider, parseRepoUrl, type RepoAddress } from './repo-url.ts';
