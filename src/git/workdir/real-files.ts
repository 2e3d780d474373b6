import { constants, type Stats } from 'node:fs';
import { lstat, mkdir, mkdtemp, open, readdir, readlink, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RealFiles } from '../../ports/index.ts';
import { decodeText, encodeText, hashObject } from '../../wire/git/index.ts';
import { isLfsPointer } from '../../wire/git-files/index.ts';
import { detach } from './content.ts';
import { type Collected, collect } from './copy.ts';
import { workdirErrors } from './errors.ts';
import type { Files, Place } from './files.ts';
import { maxPathLength } from './limits.ts';
import { type Leaf, type LeafMode, readLeaf } from './node.ts';
import { isReservedName } from './path.ts';

/** How many real files are made, and how large they are. */
export interface RealFilesLimits {
  /** Files that are made, or read back, at most. */
  readonly maxRealFiles?: number;
  /** Of all of them together. */
  readonly maxRealBytes?: number;
}

/** Files that are read from their source together. */
const chunkFiles = 500;

const mebibyte = 1024 * 1024;

/** What a real file was when it was made: its content by its hash. */
interface Made {
  readonly mode: LeafMode;
  readonly id: string;
}

/** A real file that differs from what was made. */
interface Change {
  readonly path: string;
  readonly mode: LeafMode;
  readonly content: Uint8Array;
}

/** Makes real files of parts of a work directory; see `Workdir.materialize`. */
export async function materialize(
  files: Files,
  paths: readonly string[],
  limits: RealFilesLimits,
  signal: AbortSignal,
): Promise<RealFiles> {
  const root = await mkdtemp(join(tmpdir(), 'gantry-files-'));
  const made = new Folder(files, root, new Budget(limits));
  try {
    for (const path of paths) await made.add(path, signal);
    return made;
  } catch (error) {
    await made[Symbol.asyncDispose]();
    throw error;
  }
}

/** Counts files and bytes. */
class Budget {
  readonly #maxFiles: number;
  readonly #maxBytes: number;
  #files = 0;
  #bytes = 0;

  constructor({ maxRealFiles = 50_000, maxRealBytes = 512 * mebibyte }: RealFilesLimits) {
    this.#maxFiles = maxRealFiles;
    this.#maxBytes = maxRealBytes;
  }

  /** Errors: workdir.too-large. */
  spend(files: number, bytes: number): void {
    this.#files += files;
    this.#bytes += bytes;
    if (this.#files <= this.#maxFiles && this.#bytes <= this.#maxBytes) return;
    const what = `more than ${this.#maxFiles} real files, or ${this.#maxBytes} bytes of them`;
    throw workdirErrors.create('workdir.too-large', what);
  }

  renew(): void {
    this.#files = 0;
    this.#bytes = 0;
  }
}

class Folder implements RealFiles {
  readonly root: string;
  readonly leftOut: string[] = [];
  readonly lfsPointers: string[] = [];
  readonly #files: Files;
  readonly #budget: Budget;
  readonly #places = new Map<string, string>();
  readonly #made = new Map<string, Made>();

  constructor(files: Files, root: string, budget: Budget) {
    this.root = root;
    this.#files = files;
    this.#budget = budget;
  }

  pathOf(path: string): string {
    const place = this.#places.get(path);
    if (place === undefined) throw new Error(`${JSON.stringify(path)} was not asked for`);
    return join(this.root, place);
  }

  /** Makes the files at a path and below it. What is not there yet gets the directories above it. */
  async add(path: string, signal: AbortSignal): Promise<void> {
    const place = await this.#files.find(path, 'follow', signal);
    const at = place.path.join('/');
    this.#places.set(path, at);
    const { node } = place;
    await mkdir(this.#real(node?.kind === 'directory' ? at : place.path.slice(0, -1).join('/')), {
      recursive: true,
    });
    if (node === undefined || node.kind === 'submodule') return;
    const collected =
      node.kind === 'leaf'
        ? [{ path: [], leaf: await detach({ ...place, leaf: node }, signal) }]
        : await collect(this.#files, place, { hasSymlinks: true }, signal);
    for (let from = 0; from < collected.length; from += chunkFiles) {
      const chunk = collected.slice(from, from + chunkFiles);
      // Asked for together, so that they come together.
      const contents = await Promise.all(chunk.map(({ leaf }) => readLeaf(leaf, signal)));
      for (const [index, one] of chunk.entries()) {
        await this.#make(place, one, contents[index] ?? new Uint8Array(), signal);
      }
    }
  }

  async readBack(signal: AbortSignal): Promise<readonly string[]> {
    this.#budget.renew();
    const seen = new Set<string>();
    const changes: Change[] = [];
    // Everything is checked before anything is taken.
    for (const place of new Set(this.#places.values())) {
      if (!(await this.#isBelowFolders(place))) continue;
      for await (const change of this.#walk(place, seen, signal)) changes.push(change);
    }
    const gone = [...this.#made.keys()].filter((path) => !seen.has(path));
    for (const path of gone) {
      const place = await this.#files.find(path, 'stay', signal);
      if (place.node?.kind === 'leaf') await this.#files.removeAt(place, signal);
      this.#made.delete(path);
    }
    for (const { path, mode, content } of changes) {
      const place = await this.#files.find(path, 'stay', signal);
      await this.#files.put(place, { kind: 'leaf', mode, content, isCheckedOut: false }, signal);
      this.#made.set(path, { mode, id: hashObject('blob', content) });
    }
    return [...gone, ...changes.map(({ path }) => path)].sort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.root, { recursive: true, force: true, maxRetries: 3 });
  }

  async #make(
    { path, overlay }: Place,
    { path: below, leaf }: Collected,
    content: Uint8Array,
    signal: AbortSignal,
  ): Promise<void> {
    signal.throwIfAborted();
    const names = [...path, ...below];
    const at = names.join('/');
    if (this.#made.has(at)) return;
    this.#budget.spend(1, content.length);
    // Programs take what has git's own names for git's, with commands to run in it.
    const isUnsafe = (name: string): boolean =>
      name === '.' || name === '..' || isReservedName(name, leaf.mode);
    const isLink = leaf.mode === 'symlink';
    if ((overlay.isRepository && below.some(isUnsafe)) || (isLink && !staysInside(at, decodeText(content)))) {
      this.leftOut.push(at);
      return;
    }
    await mkdir(this.#real(names.slice(0, -1).join('/')), { recursive: true });
    if (isLink) await symlink(Buffer.from(content), this.#real(at));
    else await this.#write(at, leaf, content);
    if (leaf.isLfs === true && isLfsPointer(content)) this.lfsPointers.push(at);
    this.#made.set(at, { mode: leaf.mode, id: hashObject('blob', content) });
  }

  async #write(at: string, leaf: Leaf, content: Uint8Array): Promise<void> {
    const file = await open(this.#real(at), 'wx', leaf.mode === 'executable' ? 0o755 : 0o644);
    try {
      await file.writeFile(content);
    } finally {
      await file.close();
    }
  }

  /** Are there still folders all the way to a place? Errors: workdir.unsafe-file where a link has taken the place of one. */
  async #isBelowFolders(at: string): Promise<boolean> {
    for (let cut = at.indexOf('/'); cut >= 0; cut = at.indexOf('/', cut + 1)) {
      const folder = at.slice(0, cut);
      const stat = await lstat(this.#real(folder)).catch(ignoreMissing);
      if (stat?.isSymbolicLink() === true) throw unsafe(folder, 'it is a symlink in the place of a folder');
      if (stat?.isDirectory() !== true) return false;
    }
    return true;
  }

  /** What is at a place and below it and differs from what was made. Links are not followed. */
  async *#walk(at: string, seen: Set<string>, signal: AbortSignal): AsyncGenerator<Change> {
    signal.throwIfAborted();
    if (at.length > maxPathLength) throw unsafe(at, 'its path is too long');
    const stat = await lstat(this.#real(at)).catch(ignoreMissing);
    if (stat === undefined) return;
    if (stat.isDirectory()) {
      for (const name of await readdir(this.#real(at), { encoding: 'buffer' })) {
        yield* this.#walk(at === '' ? decodeText(name) : `${at}/${decodeText(name)}`, seen, signal);
      }
      return;
    }
    if (seen.has(at)) return;
    seen.add(at);
    const { mode, content } = stat.isSymbolicLink()
      ? await this.#readLink(at)
      : await this.#readFile(at, stat);
    this.#budget.spend(1, 0);
    const made = this.#made.get(at);
    if (made?.mode !== mode || made.id !== hashObject('blob', content)) yield { path: at, mode, content };
  }

  async #readLink(at: string): Promise<Omit<Change, 'path'>> {
    const target = await readlink(this.#real(at), { encoding: 'buffer' });
    if (!staysInside(at, decodeText(target))) throw unsafe(at, 'it is a symlink that leads outside');
    return { mode: 'symlink', content: target };
  }

  async #readFile(at: string, stat: Stats): Promise<Omit<Change, 'path'>> {
    assertPlain(at, stat);
    // Not followed and not waited for, should it be something else by now.
    const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
    const file = await open(this.#real(at), flags);
    try {
      const opened = await file.stat();
      assertPlain(at, opened);
      this.#budget.spend(0, opened.size);
      const content = await file.readFile();
      return { mode: (opened.mode & 0o100) === 0 ? 'file' : 'executable', content };
    } finally {
      await file.close();
    }
  }

  /** Names may be bytes that are no UTF-8. */
  #real(path: string): Buffer {
    return Buffer.concat([Buffer.from(this.root), Buffer.from('/'), encodeText(path)]);
  }
}

/**
 * Does a symlink stay below the root wherever the links on its way lead? Only steps up at its start are taken: they count
 * from where it stands, and what follows can only lead to places that have been checked themselves.
 */
function staysInside(at: string, target: string): boolean {
  if (target === '' || target.startsWith('/') || target.includes('\0')) return false;
  const names = target.split('/').filter((name) => name !== '' && name !== '.');
  const ups = names.findIndex((name) => name !== '..');
  const count = ups < 0 ? names.length : ups;
  return count <= at.split('/').length - 1 && !names.slice(count).includes('..');
}

/** Errors: workdir.unsafe-file for what is no file of its own, or would run with the rights of somebody else. */
function assertPlain(at: string, stat: Stats): void {
  if (!stat.isFile()) throw unsafe(at, 'it is a device, a pipe or a socket');
  if (stat.nlink > 1) throw unsafe(at, 'it is a hard link');
  if ((stat.mode & 0o7000) !== 0) throw unsafe(at, 'it has a setuid, setgid or sticky bit');
}

function unsafe(at: string, why: string): Error {
  const what = `a program left ${JSON.stringify(at.slice(0, 300))}, which is not taken: ${why}`;
  return workdirErrors.create('workdir.unsafe-file', what);
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
