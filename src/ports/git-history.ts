import type { BranchWalk, GitTag, PathRule } from '../domain/index.ts';
import type { GitRemote } from './git.ts';

/** A reference as a repository lists it. */
export interface GitRef {
  /** In full, e.g. "refs/tags/v1.0.0", or "HEAD". */
  readonly name: string;
  /** Of a tag object when the reference leads to one. */
  readonly id: string;
  /** What the tag object finally leads to. */
  readonly peeled?: string;
}

/**
 * The history of git repositories, read commit by commit: files are never fetched, folders only where paths matter.
 *
 * Consistency: references are asked for at every call; commits and tags by id never change and are fetched once.
 * Cached ones are served only below references that the same identity was shown a short while ago.
 * Errors: those of `GitRepos`.
 */
export interface GitHistory {
  /** The references whose names begin with one of these. One request, two for a repository not met before. */
  listRefs(remote: GitRemote, prefixes: readonly string[], signal: AbortSignal): Promise<readonly GitRef[]>;
  /** The way back from a commit along first parents, up to `count` commits. */
  walk(
    remote: GitRemote,
    from: { readonly head: string; readonly count: number },
    signal: AbortSignal,
  ): Promise<BranchWalk>;
  /** What tags lead to, in the order given; `undefined` for one that leads to no commit. */
  readTags(
    remote: GitRemote,
    refs: readonly GitRef[],
    signal: AbortSignal,
  ): Promise<readonly (GitTag | undefined)[]>;
  /**
   * Those of the commits that changed, against their first parents, a file that the rule admits. Commits must have been
   * read before.
   */
  findTouching(
    remote: GitRemote,
    request: { readonly commits: readonly string[]; readonly rule: PathRule },
    signal: AbortSignal,
  ): Promise<ReadonlySet<string>>;
}
