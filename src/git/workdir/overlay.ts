import type { Conversion, SparseCone } from '../../wire/git-files/index.ts';
import { workdirErrors } from './errors.ts';
import { maxFileBytes, maxWrittenBytes } from './limits.ts';
import { Directory, type Leaf, type Node, StoredTree } from './node.ts';
import { assertName, isReservedName } from './path.ts';
import { Level, RuleFiles } from './rule-files.ts';

/** What git tracks in a work tree: git's index. */
export interface Tracked {
  readonly tree: StoredTree | undefined;
  /** Directories of which everything that the checkout shows was removed from it; what it does not show is tracked still. */
  readonly cleared: readonly (readonly string[])[];
}

/** Was what stands at this path removed from git's index? */
export function isCleared({ cleared }: Tracked, path: readonly string[]): boolean {
  return cleared.some((above) => above.every((name, depth) => path[depth] === name));
}

/** Was something at this path, above it or below it removed from git's index? */
export function meetsCleared({ cleared }: Tracked, path: readonly string[]): boolean {
  return cleared.some((one) => one.every((name, depth) => depth >= path.length || path[depth] === name));
}

/** A file that git leaves out because of `.gitignore`. */
export interface UntrackedFile {
  readonly path: readonly string[];
  readonly leaf: Leaf;
}

/** A file stands where a directory is needed. */
const noPlace: { readonly directories: readonly Directory[]; readonly missing: readonly string[] } = {
  directories: [],
  missing: [],
};

/**
 * Changes on top of a tree that is read bit by bit. Paths are lists of names that have been resolved already: no dots,
 * no symlinks; `FileTree` and `Workdir` stand on top of it.
 */
export class Overlay {
  readonly isRepository: boolean;
  readonly cone: SparseCone | undefined;
  readonly rules = new RuleFiles();
  /** What git has stored of files that were written here. */
  readonly added = new WeakMap<Leaf, string>();
  tracked: Tracked;
  #root: Directory;
  /** What was checked out: its attributes say how the files that were not changed look. */
  #checkedOut: StoredTree | undefined;
  #changes = 0;
  #writtenBytes = 0;
  #pending: readonly UntrackedFile[] = [];

  /** With an origin it is the work tree of a repository, where the names that git reserves cannot be written. */
  constructor(origin?: StoredTree, cone?: SparseCone) {
    this.isRepository = origin !== undefined;
    this.cone = cone;
    this.#checkedOut = origin;
    this.tracked = { tree: origin, cleared: [] };
    this.#root = this.#show(origin);
  }

  get root(): Directory {
    return this.#root;
  }

  /** How often something was changed: while it stays, so does every file. */
  get changes(): number {
    return this.#changes;
  }

  /** Shows another tree; all changes are gone but for these files, which git does not track. */
  reset(origin: StoredTree, untracked: readonly UntrackedFile[]): void {
    this.#changes++;
    this.#checkedOut = origin;
    this.tracked = { tree: origin, cleared: [] };
    this.#root = this.#show(origin);
    this.#pending = untracked;
  }

  /** Puts back what is to survive a reset; to be awaited before anything is looked at. */
  async settle(signal: AbortSignal): Promise<void> {
    for (const { path, leaf } of this.#pending) {
      const { directories, missing } = await this.#descend(path.slice(0, -1), signal).catch(() => noPlace);
      const isTaken = missing.length === 0 && directories.at(-1)?.known?.has(path.at(-1) ?? '') !== false;
      // What the branch has there now is what counts.
      if (!isTaken) await this.put(path, leaf, signal);
    }
    this.#pending = [];
  }

  /** The object that a file is stored as, as far as that is known. */
  idOf(leaf: Leaf): string | undefined {
    return leaf.content instanceof Uint8Array ? this.added.get(leaf) : leaf.content.id;
  }

  /** How an unchanged file at a path differs from what is stored; `undefined` when it does not. */
  async checkoutConversion(path: readonly string[], signal: AbortSignal): Promise<Conversion | undefined> {
    let tree = this.#checkedOut;
    let level: Level | undefined;
    for (const [depth, name] of path.entries()) {
      if (tree === undefined) return undefined;
      const entries = await tree.load(signal);
      const above = path[depth - 1];
      level =
        above === undefined || level === undefined
          ? new Level(this.rules, entries)
          : level.below(above, entries);
      const next = entries.get(name);
      tree = next instanceof StoredTree ? next : undefined;
    }
    return level?.conversion(path.at(-1) ?? '', signal);
  }

  /** Puts a file in its place, with the directories above it; a file at the place is replaced. */
  async put(path: readonly string[], leaf: Leaf, signal: AbortSignal): Promise<void> {
    const name = path.at(-1);
    if (name === undefined) throw workdirErrors.create('workdir.is-directory', 'the root is a directory');
    this.#admit(path, leaf);
    const above = await this.#descend(path.slice(0, -1), signal);
    const last = above.missing.length === 0 ? above.directories.at(-1) : undefined;
    const existing = (await last?.load(signal))?.get(name);
    if (existing instanceof Directory) {
      throw workdirErrors.create('workdir.is-directory', `${show(path)} is a directory`);
    }
    this.#changes++;
    for (const directory of above.directories) directory.touch();
    let parent = above.directories.at(-1) ?? this.root;
    for (const missing of above.missing) {
      const made = new Directory(undefined);
      parent.change(missing, made);
      parent = made;
    }
    parent.change(name, leaf);
  }

  /** Removes what is at a path, and directories that are empty then. */
  async remove(path: readonly string[], signal: AbortSignal): Promise<void> {
    const { directories, missing } = await this.#descend(path.slice(0, -1), signal);
    const name = path.at(-1);
    if (name === undefined || missing.length > 0) return;
    this.#changes++;
    for (const directory of directories) directory.touch();
    for (let depth = directories.length - 1; depth >= 0; depth--) {
      const directory = directories[depth];
      directory?.change(path[depth] ?? name, undefined);
      if (depth === 0 || (directory?.known?.size ?? 0) > 0) return;
    }
  }

  /** Removes everything. */
  clear(): void {
    this.#changes++;
    this.root.clear();
  }

  #show(origin: StoredTree | undefined): Directory {
    return new Directory(origin, this.cone === undefined ? undefined : { cone: this.cone, path: [] });
  }

  /** The directories that exist along a path, read, and the names that are missing at its end. */
  async #descend(
    path: readonly string[],
    signal: AbortSignal,
  ): Promise<{ readonly directories: readonly Directory[]; readonly missing: readonly string[] }> {
    const directories = [this.root];
    await this.root.load(signal);
    for (const [depth, name] of path.entries()) {
      const next: Node | undefined = (await directories[depth]?.load(signal))?.get(name);
      if (next === undefined) return { directories, missing: path.slice(depth) };
      if (!(next instanceof Directory)) {
        const what = show(path.slice(0, depth + 1));
        throw workdirErrors.create('workdir.not-directory', `${what} is not a directory`);
      }
      await next.load(signal);
      directories.push(next);
    }
    return { directories, missing: [] };
  }

  #admit(path: readonly string[], leaf: Leaf): void {
    for (const name of path) assertName(name);
    if (this.isRepository && path.some((name) => isReservedName(name, leaf.mode))) {
      throw workdirErrors.create('workdir.invalid-path', `${show(path)} has a name that git reserves`);
    }
    if (!(leaf.content instanceof Uint8Array)) return;
    const size = leaf.content.length;
    if (size > maxFileBytes) {
      throw workdirErrors.create(
        'workdir.too-large',
        `${show(path)} has ${size} bytes, at most ${maxFileBytes} are accepted`,
      );
    }
    this.#writtenBytes += size;
    if (this.#writtenBytes > maxWrittenBytes) {
      throw workdirErrors.create('workdir.too-large', `more than ${maxWrittenBytes} bytes were written`);
    }
  }
}

function show(path: readonly string[]): string {
  return JSON.stringify(path.join('/'));
}
