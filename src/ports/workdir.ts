import type { Committer, Worktree } from './git.ts';

/** What a path in a work directory is. Git keeps no more of a mode than this. */
export type FileMode = 'file' | 'executable' | 'symlink' | 'directory' | 'submodule';

/** One entry of a directory. */
export interface FileEntry {
  /** The last segment of the path. */
  readonly name: string;
  readonly mode: FileMode;
  /** Of a submodule: the commit that it stands at. */
  readonly commit?: string;
}

/**
 * A tree of files, addressed by slash-separated paths relative to its root; "" and "." are the root.
 *
 * Guarantees: reading is lazy (nothing is fetched before it is read); writes are seen by later reads at once; names are
 * compared byte for byte; parents are created by `write`; an empty directory does not outlive its last entry.
 * What is read is what a checkout by git would have: line endings and `$Id$` as `.gitattributes` say.
 * Errors: workdir.not-found, workdir.is-directory, workdir.not-directory, workdir.invalid-path,
 * workdir.too-large, workdir.lfs-pointer, and the codes of the source a lazy read fetches from.
 */
export interface FileTree {
  read(path: string, signal: AbortSignal): Promise<Uint8Array>;
  write(
    path: string,
    content: Uint8Array,
    mode: 'file' | 'executable' | 'symlink',
    signal: AbortSignal,
  ): Promise<void>;
  /** `undefined` when there is nothing at the path. Does not follow a symlink in the last segment. */
  stat(path: string, signal: AbortSignal): Promise<FileEntry | undefined>;
  /** Direct children, sorted by name as git sorts bytes. */
  list(path: string, signal: AbortSignal): Promise<readonly FileEntry[]>;
  /** The target of a symlink as it is written; workdir.not-symlink for anything else. */
  readLink(path: string, signal: AbortSignal): Promise<string>;
  /** Removes a file or a whole directory; removing what is not there is workdir.not-found. */
  remove(path: string, signal: AbortSignal): Promise<void>;
}

/**
 * The files of one promotion: plain files plus git work trees mounted at paths.
 *
 * Confinement: paths are joined in a clamping way, as Kargo's are: an absolute path is taken as relative to the root,
 * ".." cannot climb above it, symlinks resolve inside the root; nothing outside can be named. A symlink that leads
 * around in a circle is workdir.invalid-path.
 */
export interface Workdir extends FileTree {
  /**
   * Mounts a work tree; the path must be free (workdir.exists) unless an earlier mount stands there.
   * `author` is who commits there when a commit does not say so itself.
   */
  mount(path: string, worktree: Worktree, options?: { readonly author?: Committer }): void;
  /**
   * Shows the files of a submodule where its commit stands in a work tree that is mounted. It is no checkout of its own:
   * `worktreeAt` gives the work tree that it stands in, whose commits keep the commit as it is. Errors: workdir.exists.
   */
  mountSubmodule(path: string, worktree: Worktree): void;
  /** As `Worktree.clear` of the directory at a path in a work tree; its submodules go, too. Errors: git.not-a-worktree. */
  clear(path: string, signal: AbortSignal): Promise<void>;
  /**
   * These paths will probably be read: when the first of them is, what the others in the same work tree need is fetched
   * with it, in one request for each level of directories and one for the files. Only ever a hint.
   */
  expect(paths: readonly string[]): void;
  /** The work tree mounted at this path or above it; git.not-a-worktree when there is none. */
  worktreeAt(path: string): {
    readonly worktree: Worktree;
    /** The rest of the path, below the mount. */
    readonly inner: string;
    readonly author: Committer | undefined;
  };
  /**
   * Copies a file or directory; directories merge, files overwrite, symlinks and ".git" are left out. Without `accept`
   * everything is copied; `accept` gets paths relative to `from`. Nothing is fetched that can be copied by reference.
   */
  copy(
    from: string,
    to: string,
    accept: ((path: string, isDirectory: boolean) => boolean) | undefined,
    signal: AbortSignal,
  ): Promise<CopyReport>;
  /**
   * Moves a file, a symlink itself or a directory; a file replaces a file, and nothing else is replaced (workdir.exists).
   * Work trees cannot be moved, nor a directory into itself (workdir.invalid-path).
   */
  move(from: string, to: string, signal: AbortSignal): Promise<void>;
  /**
   * The paths that match a pattern with `*`, `?`, `[a-z]`, `{a,b}` and `**`, sorted by bytes. Wildcards match names that
   * start with a dot and do not follow symlinks. Errors: workdir.invalid-path for a pattern that is broken.
   */
  glob(pattern: string, signal: AbortSignal): Promise<readonly string[]>;
  /**
   * Makes real files of what is at these paths, for a program; a path may be free and is then a place for output. They
   * stand to each other as in the work directory. Errors: workdir.too-large.
   */
  materialize(paths: readonly string[], signal: AbortSignal): Promise<RealFiles>;
}

/** Real files in a temporary folder of their own, which goes away when they are disposed. */
export interface RealFiles extends AsyncDisposable {
  /** The folder that stands for the root of the work directory; absolute. */
  readonly root: string;
  /** Where one of the asked paths is, absolute; symlinks on the way to it have been followed. */
  pathOf(path: string): string;
  /**
   * What was not made, by its path in the work directory: symlinks that lead outside or take a detour, names that git
   * reserves. It stays as it is when files are read back.
   */
  readonly leftOut: readonly string[];
  /** Paths of files whose content Git LFS keeps: pointers stand in their place. */
  readonly lfsPointers: readonly string[];
  /**
   * Takes into the work directory what has changed at the asked paths and below; gives the changed paths, sorted. Call it
   * when the program has ended.
   *
   * Guarantees: all is checked before anything is taken; executable bits and symlinks inside survive.
   * Errors: workdir.unsafe-file, workdir.too-large, workdir.invalid-path.
   */
  readBack(signal: AbortSignal): Promise<readonly string[]>;
}

/** What a copy did. */
export interface CopyReport {
  readonly files: number;
  /** Paths of copied files whose content Git LFS keeps, so that only pointers were copied. */
  readonly lfsPointers: readonly string[];
}
