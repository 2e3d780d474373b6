import type { Credential } from './credentials.ts';
import type { FileTree } from './workdir.ts';

/** A git repository over the network, and who is asking. */
export interface GitRemote {
  /** As configured, e.g. "https://github.com/example/repo.git"; never contains a secret. */
  readonly url: string;
  readonly credential?: Credential;
  readonly insecureSkipTLSVerify?: boolean;
  /**
   * Gives another credential for one that the host refuses, `undefined` when there is none: work trees read long after
   * they were checked out.
   */
  renew?(refused: Credential, signal: AbortSignal): Promise<Credential | undefined>;
}

/** What to resolve at a remote; nothing at all means the default branch. */
export type RefTarget =
  | { readonly kind: 'default' }
  | { readonly kind: 'branch'; readonly branch: string }
  | { readonly kind: 'tag'; readonly tag: string }
  | { readonly kind: 'commit'; readonly commit: string };

/** A resolved commit (40 hex digits) and the branch it was found on, if any. */
export interface ResolvedRef {
  readonly commit: string;
  readonly branch?: string;
}

/** A commit to check out, and how much of it. */
export interface CheckoutRequest extends ResolvedRef {
  /**
   * Directories that are shown with all below them, together with the files (not the directories) above them, as sparse
   * checkouts of git in cone mode; what is not shown is kept when changes are committed. Everything when absent.
   */
  readonly sparse?: readonly string[];
}

/** Name and e-mail of a person or machine. */
export interface GitIdentity {
  readonly name: string;
  readonly email: string;
}

/**
 * A private key that signs commits and tags: an armored OpenPGP key, or an SSH key in OpenSSH's or PEM form. Never to be
 * logged or stored.
 */
export interface SigningKey {
  readonly privateKey: string;
  readonly passphrase?: string;
}

/** Who commits, and the key that says so; without one, commits are not signed. */
export interface Committer extends GitIdentity {
  readonly signingKey?: SigningKey;
}

/**
 * Finds who commits when neither a step nor its clone says so: the ClusterConfig, else the operator's settings.
 *
 * Consistency: at most some seconds old. Errors: credentials.no-signing-key; kube.* of reading.
 */
export interface Committers {
  find(signal: AbortSignal): Promise<Committer>;
}

/** Who, and when (seconds since the epoch, UTC). */
export interface GitSignature extends GitIdentity {
  readonly timeSec: number;
}

/** A commit as read. */
export interface GitCommit {
  readonly id: string;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: GitSignature;
  readonly committer: GitSignature;
  /** As stored, usually with a final newline. */
  readonly message: string;
  /** Extra headers such as "promotion", in order. */
  readonly headers: readonly { readonly name: string; readonly value: string }[];
}

/** A commit to be made of a work tree. */
export interface CommitDraft {
  readonly message: string;
  readonly author: GitSignature;
  readonly committer: GitSignature;
  /** Extra object headers; `promotion` marks the commit as one promotion's, so that a replay recognises it. */
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  /** Signs the commit, and again whatever becomes of it when it is rebased. */
  readonly signingKey?: SigningKey;
}

/** An annotated tag to be made of the newest commit of a work tree. */
export interface TagDraft {
  /** Without "refs/tags/". */
  readonly name: string;
  readonly message: string;
  readonly tagger: GitSignature;
  /** Replace a tag of this name that the work tree has made before. */
  readonly force: boolean;
  readonly signingKey?: SigningKey;
}

/** A tag that was made here and is not pushed by itself. */
export interface LocalTag {
  /** Of the tag object. */
  readonly id: string;
  /** What it tags. */
  readonly commit: string;
}

/** What a commit of a work tree did. */
export interface CommitReport {
  /** The newest commit, whether or not it was made now. */
  readonly id: string;
  /** False when there were no changes and nothing was made. */
  readonly changed: boolean;
  /** Paths of changed files that `.gitattributes` give to Git LFS and that were committed as they are, not as pointers. */
  readonly plainLfs: readonly string[];
}

/** A lazily fetched tree of one commit with local changes on top, and the local commits made of them. */
export interface Worktree extends FileTree {
  readonly remote: GitRemote;
  /** From now on asks the remote with this credential, e.g. one that was renewed; what was fetched stays. */
  useCredential(credential: Credential): void;
  /** The branch that is checked out; `undefined` when detached. */
  readonly branch: string | undefined;
  /** The commit that was checked out. */
  readonly base: string;
  /** The newest local commit, or `base`. */
  readonly head: string;
  /**
   * Commits what `git add -A` would add: new files that `.gitignore` names are left out, line endings are those that
   * `.gitattributes` ask for. Errors: workdir.outside-sparse, workdir.unsupported-encoding.
   */
  commit(draft: CommitDraft, signal: AbortSignal): Promise<CommitReport>;
  /** Tags that were made here, by name. */
  readonly tags: ReadonlyMap<string, LocalTag>;
  /** Tags the newest commit. Errors: git.tag-exists, git.bad-ref-name. */
  tag(draft: TagDraft, signal: AbortSignal): Promise<LocalTag>;
  /**
   * Removes every file of a directory ("" is the root) but those that `.gitignore` names, as `git add .` and `git rm -r .`
   * in it do; clearing it again is fine. Errors: workdir.not-found, workdir.not-directory.
   */
  clear(path: string, signal: AbortSignal): Promise<void>;
}

/**
 * Where and how to push a work tree's commits. After the push the work tree shows what the branch holds now.
 */
export interface PushRequest {
  readonly worktree: Worktree;
  readonly branch: string;
  /** Overwrite the branch whatever it holds. */
  readonly force: boolean;
  /** Tries when the branch moved in between; each one rebases onto the new head. */
  readonly maxAttempts: number;
  /**
   * Who merges, and whose key signs what is rebased and was not signed with a key of its own. Default: whoever made the
   * newest local commit, without a key.
   */
  readonly committer?: Committer;
}

/** What a push left on the remote. */
export interface PushResult {
  readonly commit: string;
  readonly branch: string;
  /** True when the commits were already there, pushed by an earlier attempt. */
  readonly adopted: boolean;
}

/** Which tag to push. */
export interface TagPushRequest {
  readonly worktree: Worktree;
  readonly tag: string;
  readonly maxAttempts: number;
  /** The tag object that an earlier attempt may have pushed. */
  readonly claimed?: string;
}

/**
 * Git repositories, reached without clones: references are listed, objects fetched one by one when they are read.
 *
 * Guarantees: a push is a compare-and-swap, so a branch never loses a foreign commit unless `force` says so; commits are
 * a pure function of tree, parents and draft (with an ECDSA key, but for their signature). Cached objects are served only for roots that the same identity resolved.
 * Errors: git.auth-failed, git.not-found, git.ref-not-found, git.push-rejected, git.push-raced, git.conflict,
 * git.protocol, git.unreachable, git.rate-limited, git.unsupported, git.object-missing, git.uncommitted, git.too-large,
 * git.signing-key-unusable, git.host-key-changed, git.host-key-unknown, git.ssh-key-unusable,
 * git.branch-protected, git.hook-declined, git.tag-exists, git.bad-ref-name.
 */
export interface GitRepos {
  /** A commit may be given by the beginning of its id, when it is one of the newest thousand of a branch. */
  resolve(remote: GitRemote, target: RefTarget, signal: AbortSignal): Promise<ResolvedRef>;
  /** A work tree at a commit; fetches no more than the commit itself. */
  checkout(remote: GitRemote, at: CheckoutRequest, signal: AbortSignal): Promise<Worktree>;
  /** Makes an orphan branch with one empty commit at the remote; git.push-rejected when it exists. */
  createBranch(
    remote: GitRemote,
    branch: string,
    draft: CommitDraft,
    signal: AbortSignal,
  ): Promise<ResolvedRef>;
  readCommit(remote: GitRemote, commit: string, signal: AbortSignal): Promise<GitCommit>;
  /**
   * Pushes the local commits. Before a branch that has moved is changed, it is searched from its head down to the pinned
   * base for a commit with the extra header `promotion` of the newest local commit; what is found is adopted. With no
   * local commits, a missing branch is made at `head`, one that is behind is moved forward to it, one that is ahead stays,
   * and one that went another way gets the commits that it does not have.
   */
  push(request: PushRequest, signal: AbortSignal): Promise<PushResult>;
  /**
   * Pushes a tag that the work tree has made, with the commits below it that are not pushed yet. A tag that is at the
   * remote already, and was not made here, is fine as it is.
   */
  pushTag(request: TagPushRequest, signal: AbortSignal): Promise<{ readonly adopted: boolean }>;
}
