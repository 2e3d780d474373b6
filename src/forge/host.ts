import type {
  Clock,
  GitRemote,
  HttpClient,
  Log,
  MergeOrder,
  MergeOutcome,
  PullRequest,
  PullRequestDraft,
} from '../ports/index.ts';
import type { Pauses } from './pauses.ts';
import type { RepoAddress } from './repo-url.ts';

/** What every adapter of a git host needs. */
export interface HostDeps {
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly log: Log | undefined;
  readonly pauses: Pauses;
}

/** A repository at one kind of git host. */
export interface HostRepo {
  readonly address: RepoAddress;
  readonly remote: GitRemote;
}

/** Which pull requests to list. */
export interface PullFilter {
  readonly headBranch?: string;
  readonly baseBranch?: string;
  readonly state: 'open' | 'all';
}

/** One kind of git host: the port `Forges` once the host is known. Errors: forge.*. */
export interface ForgeHost {
  /** For messages. */
  readonly name: string;
  readonly hasLabels: boolean;
  readonly hasAssignees: boolean;
  /** In UTF-16 units, which are never fewer than the characters that a host counts. */
  readonly longestTitle: number;
  readonly longestBody: number;
  list(repo: HostRepo, filter: PullFilter, signal: AbortSignal): Promise<readonly PullRequest[]>;
  open(repo: HostRepo, draft: PullRequestDraft, signal: AbortSignal): Promise<PullRequest>;
  /** Gives an open one the text and labels of a draft; nobody and nothing is taken away. */
  update(repo: HostRepo, number: number, draft: PullRequestDraft, signal: AbortSignal): Promise<void>;
  /** What `open` does after opening; absent where the host takes everything at once. */
  furnish?(repo: HostRepo, number: number, draft: PullRequestDraft, signal: AbortSignal): Promise<void>;
  /** Closes an open one without merging it. */
  close(repo: HostRepo, number: number, signal: AbortSignal): Promise<void>;
  comment(repo: HostRepo, number: number, text: string, signal: AbortSignal): Promise<void>;
  get(repo: HostRepo, number: number, signal: AbortSignal): Promise<PullRequest>;
  merge(repo: HostRepo, number: number, order: MergeOrder, signal: AbortSignal): Promise<MergeOutcome>;
}
