/**
 * Pull requests in GitHub's REST shape over the embedded git server's repositories; merging is real.
 * What it does not know it answers with 404, as GitHub does. Start reading at `server.ts` and `operations.ts`.
 */
export type { MergeMethod } from './merge.ts';
export type { Pull } from './pulls.ts';
export type { ForgeUrls } from './render.ts';
export {
  createForge,
  type EmbeddedForge,
  type ForgeDeps,
  type ForgeOptions,
  type PullChange,
} from './server.ts';
