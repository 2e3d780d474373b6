/** A moment as git stores it. */
export interface GitMoment {
  /** Seconds since the epoch. */
  readonly timeSec: number;
  /** Seconds east of Greenwich. */
  readonly offsetSec: number;
}

/** What selection needs to know of a commit. */
export interface CommitFact {
  /** 40 hexadecimal digits. */
  readonly id: string;
  /** E.g. "Ann <ann@example.com>". */
  readonly author: string;
  readonly committer: string;
  readonly committedAt: GitMoment;
  /** As stored. */
  readonly message: string;
}

/** What selection needs to know of a tag that leads to a commit. */
export interface GitTag {
  /** Without "refs/tags/". */
  readonly name: string;
  readonly commit: CommitFact;
  /** Only for annotated tags; very old ones have no tagger. */
  readonly annotation?: {
    readonly tagger?: string;
    readonly taggedAt?: GitMoment;
    readonly message: string;
  };
}

/** A tag as a repository lists it. */
export interface TagRef {
  /** Without "refs/tags/". */
  readonly name: string;
  /** Of the tag object when the tag is annotated, else of what it points to. */
  readonly id: string;
}

/** When a tag was made: by its own word when it is annotated, else when its commit was. */
export function taggedAt({ annotation, commit }: GitTag): GitMoment {
  return annotation?.taggedAt ?? commit.committedAt;
}
