/**
 * Adapters of git hosts for pull requests: GitHub now, the others are refused by name.
 * It must never touch git itself. Start reading at `forges.ts`.
 */
export { forgeErrors } from './errors.ts';
export { createForges, type ForgesDeps } from './forges.ts';
export { inferProvider, parseRepoUrl, type RepoAddress } from './repo-url.ts';
