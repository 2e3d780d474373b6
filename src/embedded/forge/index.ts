/**
 * Pull requests in the REST shapes of six kinds of git hosts over the embedded git server's repositories; merging is real.
 * What a kind does not know it answers in that host's words for "not found". Start reading at `server.ts`, then
 * `core/front.ts` and `core/operations.ts`; each other folder is the face of one kind.
 */
export type { ForgeUrls } from './core/front.ts';
export type { MergeMethod } from './core/merge.ts';
export type { Pull } from './core/pulls.ts';
export type { ForgeFlavor } from './fronts.ts';
export type { EmbeddedApp } from './github/apps.ts';
export {
  createForge,
  type EmbeddedForge,
  type ForgeDeps,
  type ForgeOptions,
  type PullChange,
} from './server.ts';
