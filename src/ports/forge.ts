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
  /** 40 hex digits; shorter only where the host shortens ids and no longer has the commit. */
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
  /** Skipped, with a line in the log, where the host has no labels; made where the host needs them to exist. */
  readonly labels: readonly string[];
  /** Not to be merged yet. */
  readonly isDraft?: boolean;
  /** Who is asked to review: login names, at Bitbucket Cloud and Azure DevOps the ids of accounts. */
  readonly reviewers?: readonly string[];
  /** Who is responsible: login names. */
  readonly assignees?: readonly string[];
}

/** How a pull request is to be merged. */
export interface MergeOrder {
  /** In the words of the host, e.g. "squash"; the host's own default when absent. */
  readonly method?: string;
  /** Merge this head only; any when absent. */
  readonly headCommit?: string;
  /**
   * Have the host merge it by itself as soon as its rules allow, through its merge queue or train where it has one. What
   * can be merged at once is.
   */
  readonly auto?: boolean;
  /** With `auto`: the host has promised it before ("queued"), so that one that was taken from a queue is not put back. */
  readonly wasQueued?: boolean;
}

/** What came of the wish to merge a pull request; reasons are for people. */
export type MergeOutcome =
  | { readonly kind: 'merged'; readonly pullRequest: PullRequest }
  /** Checks, reviews or the host's own work are outstanding, or the head has moved: worth another try. */
  | { readonly kind: 'not-ready'; readonly reason: string }
  /** The host has promised to merge it by itself; ask again to see it done. Only when `auto` was ordered. */
  | { readonly kind: 'queued'; readonly reason: string; readonly pullRequest: PullRequest }
  /** Another try will end the same way. */
  | { readonly kind: 'refused'; readonly reason: string };

/** The names of git hosts as manifests write them. */
export type ForgeProvider = 'azure' | 'bitbucket' | 'gitea' | 'github' | 'gitlab';

/**
 * Pull requests at a git host.
 *
 * Errors: forge.auth-failed, forge.not-found, forge.rejected (the host said no, with its reason), forge.rate-limited,
 * forge.unreachable, forge.protocol, forge.unknown-provider, forge.unsupported.
 */
export interface Forges {
  /** Newest first; at most 100. Those of forks are left out. */
  listPullRequests(
    repo: ForgeRepo,
    filter: { readonly headBranch?: string; readonly baseBranch?: string; readonly state: 'open' | 'all' },
    signal: AbortSignal,
  ): Promise<readonly PullRequest[]>;
  openPullRequest(repo: ForgeRepo, draft: PullRequestDraft, signal: AbortSignal): Promise<PullRequest>;
  /**
   * Gives an open pull request the title and body of a draft, adds its labels, and asks its people where the host takes
   * them only after opening; whether it is a draft, and whom it has already, stays. Doing it twice changes nothing.
   */
  updatePullRequest(
    repo: ForgeRepo,
    number: number,
    draft: PullRequestDraft,
    signal: AbortSignal,
  ): Promise<void>;
  /** Closes an open pull request without merging it, and says why in a comment; one that is not open stays as it is. */
  closePullRequest(repo: ForgeRepo, number: number, comment: string, signal: AbortSignal): Promise<void>;
  getPullRequest(repo: ForgeRepo, number: number, signal: AbortSignal): Promise<PullRequest>;
  /**
   * Merges a pull request that is ready, once: one that is merged already is the same success.
   *
   * `auto` is forge.unsupported where the host has nothing of the kind (Bitbucket Cloud).
   * Limits: where the host cannot pin the head (Bitbucket Cloud), it is compared right before the merge.
   */
  mergePullRequest(
    repo: ForgeRepo,
    number: number,
    order: MergeOrder,
    signal: AbortSignal,
  ): Promise<MergeOutcome>;
  /** The page of a commit for people; `undefined` when the host is not known. Pure. */
  commitUrl(repo: ForgeRepo, commit: string): string | undefined;
}

/** A repository at a git host; `provider` is inferred from the host name when absent. */
export interface ForgeRepo {
  readonly remote: GitRemote;
  readonly provider?: ForgeProvider;
}
