import type { Committer, CopyReport, FileEntry, RealFiles, Workdir, Worktree } from '../../ports/index.ts';
import { gitErrors } from '../errors.ts';
import { type Accept, copy, move } from './copy.ts';
import { workdirErrors } from './errors.ts';
import { Expected } from './expected.ts';
import { Files } from './files.ts';
import { glob } from './glob.ts';
import { Directory, type LeafMode } from './node.ts';
import { Overlay } from './overlay.ts';
import { clampPath } from './path.ts';
import { materialize, type RealFilesLimits } from './real-files.ts';

/** A work tree that shows the overlay it stands on, so that files can be copied from and to it by reference. */
export interface MountableWorktree extends Worktree {
  readonly overlay: Overlay;
}

/** An empty work directory in memory. */
export function createWorkdir(limits: RealFilesLimits = {}): Workdir {
  return new MemoryWorkdir(limits);
}

interface Mounted {
  readonly worktree: Worktree;
  readonly author: Committer | undefined;
}

class MemoryWorkdir implements Workdir {
  readonly #mounts = new Map<string, Overlay>();
  readonly #worktrees = new Map<string, Mounted>();
  /** Where submodules are mounted, and in which work tree. */
  readonly #submodules = new Map<string, string>();
  readonly #plain = new Overlay();
  readonly #files = new Files(this.#plain, this.#mounts);
  readonly #expected = new Expected();
  readonly #limits: RealFilesLimits;

  constructor(limits: RealFilesLimits) {
    this.#limits = limits;
  }

  async read(path: string, signal: AbortSignal): Promise<Uint8Array> {
    await this.#fetchExpected(path, signal);
    return await this.#files.read(path, signal);
  }

  async write(path: string, content: Uint8Array, mode: LeafMode, signal: AbortSignal): Promise<void> {
    // As it is now: the caller may go on writing into it.
    const copied = new Uint8Array(content);
    await this.#fetchExpected(path, signal);
    await this.#files.write(path, copied, mode, signal);
  }

  async stat(path: string, signal: AbortSignal): Promise<FileEntry | undefined> {
    await this.#fetchExpected(path, signal);
    return await this.#files.stat(path, signal);
  }

  async list(path: string, signal: AbortSignal): Promise<readonly FileEntry[]> {
    await this.#fetchExpected(path, signal);
    return await this.#files.list(path, signal);
  }

  readLink(path: string, signal: AbortSignal): Promise<string> {
    return this.#files.readLink(path, signal);
  }

  async remove(path: string, signal: AbortSignal): Promise<void> {
    const place = await this.#files.find(path, 'stay', signal);
    const at = place.path.join('/');
    const gone = [...this.#mounts.keys()].filter((mount) => at === '' || `${mount}/`.startsWith(`${at}/`));
    if (gone.includes(at)) {
      this.#unmount(gone);
      const link = await this.#files.find(at, 'stay', signal);
      if (link.node?.kind === 'submodule') await this.#files.removeAt(link, signal);
      return;
    }
    if (gone.length > 0) {
      this.#unmount(gone);
      const rest = await this.#files.find(at, 'stay', signal);
      if (rest.node !== undefined) await this.#files.removeAt(rest, signal);
      return;
    }
    await this.#files.remove(path, signal);
  }

  expect(paths: readonly string[]): void {
    this.#expected.add(paths);
  }

  mount(path: string, worktree: Worktree, options: { readonly author?: Committer } = {}): void {
    if (!isMountable(worktree)) throw new Error('only work trees of this module can be mounted');
    const names = clampPath(path);
    const at = names.join('/');
    if (!this.#mounts.has(at) && (names.length === 0 ? !this.#isEmpty() : this.#isTaken(names))) {
      throw workdirErrors.create('workdir.exists', `there are files at ${JSON.stringify(path)} already`);
    }
    this.#mounts.set(at, worktree.overlay);
    this.#worktrees.set(at, { worktree, author: options.author });
  }

  mountSubmodule(path: string, worktree: Worktree): void {
    if (!isMountable(worktree)) throw new Error('only work trees of this module can be mounted');
    const at = clampPath(path).join('/');
    if (this.#worktrees.has(at)) {
      throw workdirErrors.create('workdir.exists', `a repository is checked out at ${JSON.stringify(path)}`);
    }
    this.#submodules.set(at, this.#ownerOf(at));
    this.#mounts.set(at, worktree.overlay);
  }

  async clear(path: string, signal: AbortSignal): Promise<void> {
    const { worktree, inner } = this.worktreeAt(path);
    await worktree.clear(inner, signal);
    const at = clampPath(path).join('/');
    const owner = this.#ownerOf(at);
    const isBelow = (mount: string): boolean => at === '' || `${mount}/`.startsWith(`${at}/`);
    const gone = [...this.#submodules].filter(([mount, one]) => one === owner && isBelow(mount));
    this.#unmount(gone.map(([mount]) => mount));
  }

  worktreeAt(path: string): Mounted & { readonly inner: string } {
    const names = clampPath(path);
    for (let length = names.length; length >= 0; length--) {
      const mounted = this.#worktrees.get(names.slice(0, length).join('/'));
      if (mounted !== undefined) return { ...mounted, inner: names.slice(length).join('/') };
    }
    throw gitErrors.create(
      'git.not-a-worktree',
      `no git work tree is checked out at ${JSON.stringify(path)}`,
    );
  }

  async copy(from: string, to: string, accept: Accept | undefined, signal: AbortSignal): Promise<CopyReport> {
    await this.#fetchExpected(from, signal);
    return await copy(this.#files, { from, to, accept }, signal);
  }

  move(from: string, to: string, signal: AbortSignal): Promise<void> {
    return move(this.#files, from, to, signal);
  }

  glob(pattern: string, signal: AbortSignal): Promise<readonly string[]> {
    return glob(this.#files, pattern, signal);
  }

  materialize(paths: readonly string[], signal: AbortSignal): Promise<RealFiles> {
    return materialize(this.#files, paths, this.#limits, signal);
  }

  async #fetchExpected(path: string, signal: AbortSignal): Promise<void> {
    const names = clampPath(path);
    for (let length = names.length; length >= 0; length--) {
      const mount = names.slice(0, length).join('/');
      const overlay = this.#mounts.get(mount);
      if (overlay !== undefined) return this.#expected.fetch(this.#files, mount, overlay, signal);
    }
  }

  #unmount(paths: readonly string[]): void {
    for (const path of paths) {
      this.#mounts.delete(path);
      this.#worktrees.delete(path);
      this.#submodules.delete(path);
    }
  }

  /** The path of the work tree that a path is in. */
  #ownerOf(at: string): string {
    const { inner } = this.worktreeAt(at);
    return inner === '' ? at : at.slice(0, Math.max(0, at.length - inner.length - 1));
  }

  #isEmpty(): boolean {
    return this.#mounts.size === 0 && (this.#plain.root.known?.size ?? 0) === 0;
  }

  /** Plain files at the path or in the way of it, as far as they are known; inside a work tree nothing is fetched. */
  #isTaken(names: readonly string[]): boolean {
    let directory: Directory = this.#plain.root;
    for (const [depth, name] of names.entries()) {
      const mounted = this.#mounts.get(names.slice(0, depth + 1).join('/'));
      if (mounted !== undefined) {
        directory = mounted.root;
        continue;
      }
      const node = directory.known?.get(name);
      if (node === undefined) return false;
      if (!(node instanceof Directory)) return true;
      directory = node;
    }
    return directory.known === undefined || directory.known.size > 0;
  }
}

function isMountable(worktree: Worktree): worktree is MountableWorktree {
  return 'overlay' in worktree && worktree.overlay instanceof Overlay;
}
