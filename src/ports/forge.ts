import type { GitRemote } from './git.ts';

/** A pull request as a step needs to know it. */
export interface PullRequest {
  readonly number: number;
  /** For people. */
  readonly url: string;
  readonly isOpen: boolean;
  readonly isMerged: boolean;
  readonly headBranch: string;
  readonly baseBranch: string;
  readonly headCommit: string;
  /** Known once merged; some hosts report a test merge while it is open. */
  readonly mergeCommit?: string;
}

/** A pull request to be opened. */
export interface PullRequestDraft {
  readonly headBranch: string;
  readonly baseBranch: string;
  readonly title: string;
  readonly body: string;
  readonly labels: readonly string[];
}

/** The names of git hosts as manifests write them. */
export type ForgeProvider = 'azure' | 'bitbucket' | 'gitea' | 'github' | 'gitlab';

/**
 * Pull requests at a git host.
 *
 * Errors: forge.auth-failed, forge.not-found, forge.rejected (the host said no, with its reason), forge.rate-limited,
 * forge.unreachable, forge.protocol, forge.unknown-provider, forge.unsupported.
 */
export interface Forges {
  /** Newest first; at most 100. */
  listPullRequests(
    repo: ForgeRepo,
    filter: { readonly headBranch: string; readonly baseBranch?: string; readonly state: 'open' | 'all' },
    signal: AbortSignal,
  ): Promise<readonly PullRequest[]>;
  openPullRequest(repo: ForgeRepo, draft: PullRequestDraft, signal: AbortSignal): Promise<PullRequest>;
  getPullRequest(repo: ForgeRepo, number: number, signal: AbortSignal): Promise<PullRequest>;
  /** The page of a commit for people; `undefined` when the host is not known. Pure. */
  commitUrl(repo: ForgeRepo, commit: string): string | undefined;
}

/** A repository at a git host; `provider` is inferred from the host name when absent. */
export interface ForgeRepo {
  readonly remote: GitRemote;
  readonly provider?: ForgeProvider;
}
