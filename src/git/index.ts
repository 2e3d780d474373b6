/**
 * Git repositories over HTTP and SSH without clones: references are listed, objects fetched when they are read, commits built
 * in memory, pushes compared and swapped. Start reading at `repos.ts`, then `push.ts` and `push-one.ts`; `carrier.ts` is what HTTP and SSH
 * have in common.
 */
export { gitErrors } from './errors.ts';
export type { PushPolicy } from './integrate.ts';
export { createGitRepos, type GitAdapter, type GitReposDeps, type GitReposOptions } from './repos.ts';
