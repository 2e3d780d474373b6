import type { FileEntry, FileTree } from '../../ports/index.ts';
import { decodeText } from '../../wire/git/index.ts';
import { readContent } from './content.ts';
import { workdirErrors } from './errors.ts';
import { maxPathLength, maxSymlinks } from './limits.ts';
import { Directory, type Leaf, type LeafMode, type Node, readLeaf } from './node.ts';
import type { Overlay } from './overlay.ts';
import { compareNames, splitPath } from './path.ts';

/** A place in a tree of files: which overlay it belongs to, the path in there, and what is there. */
export interface Place {
  readonly path: readonly string[];
  readonly overlay: Overlay;
  readonly inner: readonly string[];
  readonly node: Node | undefined;
  /** A file stands where the path needs a directory. */
  readonly isBlocked: boolean;
}

/** Files of one overlay, with further overlays mounted in it by their path. */
export class Files implements FileTree {
  readonly #overlay: Overlay;
  readonly #mounts: ReadonlyMap<string, Overlay>;

  constructor(overlay: Overlay, mounts: ReadonlyMap<string, Overlay> = new Map()) {
    this.#overlay = overlay;
    this.#mounts = mounts;
  }

  async read(path: string, signal: AbortSignal): Promise<Uint8Array> {
    const place = this.#expect(await this.find(path, 'follow', signal));
    if (place.node.kind !== 'leaf')
      throw workdirErrors.create('workdir.is-directory', `${quote(path)} is a directory`);
    return readContent({ ...place, leaf: place.node }, signal);
  }

  async write(path: string, content: Uint8Array, mode: LeafMode, signal: AbortSignal): Promise<void> {
    const place = await this.find(path, mode === 'symlink' ? 'stay' : 'follow', signal);
    await this.put(
      place,
      { kind: 'leaf', mode, content: new Uint8Array(content), isCheckedOut: false },
      signal,
    );
  }

  async stat(path: string, signal: AbortSignal): Promise<FileEntry | undefined> {
    const place = await this.find(path, 'stay', signal);
    return place.node === undefined ? undefined : toEntry(place.path.at(-1) ?? '', place.node);
  }

  async list(path: string, signal: AbortSignal): Promise<readonly FileEntry[]> {
    const place = this.#expect(await this.find(path, 'follow', signal));
    if (place.node.kind === 'leaf') {
      throw workdirErrors.create('workdir.not-directory', `${quote(path)} is not a directory`);
    }
    const children = await this.children(place, signal);
    return children.map((child) => toEntry(child.path.at(-1) ?? '', child.node));
  }

  async readLink(path: string, signal: AbortSignal): Promise<string> {
    const { node } = this.#expect(await this.find(path, 'stay', signal));
    if (node.kind === 'leaf' && node.mode === 'symlink') return readTarget(node, path, signal);
    throw workdirErrors.create('workdir.not-symlink', `${quote(path)} is not a symlink`);
  }

  async remove(path: string, signal: AbortSignal): Promise<void> {
    await this.removeAt(this.#expect(await this.find(path, 'stay', signal)), signal);
  }

  /** Removes what is at a place in its overlay. */
  async removeAt(place: Place, signal: AbortSignal): Promise<void> {
    if (place.inner.length === 0) place.overlay.clear();
    else await place.overlay.remove(place.inner, signal);
  }

  /** Puts a file at a place that has been found. */
  async put(place: Place, leaf: Leaf, signal: AbortSignal): Promise<void> {
    if (place.isBlocked) throw notDirectory(place);
    if (place.node !== undefined && place.node.kind !== 'leaf') {
      const what = place.node.kind === 'submodule' ? 'a submodule' : 'a directory';
      throw workdirErrors.create('workdir.is-directory', `${quote(place.path.join('/'))} is ${what}`);
    }
    await place.overlay.put(place.inner, leaf, signal);
  }

  /**
   * Follows a path from the root: dots are clamped, symlinks resolve inside; the last name is followed or not as asked.
   * What does not exist is found too, without a node. Errors: workdir.invalid-path.
   */
  async find(path: string, last: 'follow' | 'stay', signal: AbortSignal): Promise<Place> {
    const pending = splitPath(path).reverse();
    for (const overlay of [this.#overlay, ...this.#mounts.values()]) await overlay.settle(signal);
    const trail: Place[] = [];
    let links = 0;
    for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
      if (name === '' || name === '.') continue;
      if (name === '..') {
        trail.pop();
        continue;
      }
      const place = await this.step(trail.at(-1) ?? this.top(), name, signal);
      const isLast = pending.every((rest) => rest === '' || rest === '.');
      if (place.node?.kind !== 'leaf' || place.node.mode !== 'symlink' || (isLast && last === 'stay')) {
        trail.push(place);
        continue;
      }
      if (++links > maxSymlinks) {
        throw workdirErrors.create('workdir.invalid-path', `${quote(path)} leads through too many symlinks`);
      }
      const target = await readTarget(place.node, path, signal);
      if (target.startsWith('/')) trail.length = 0;
      pending.push(...splitPath(target).reverse());
    }
    return trail.at(-1) ?? this.top();
  }

  /** The root. */
  top(): Place {
    const overlay = this.#mounts.get('') ?? this.#overlay;
    return { path: [], overlay, inner: [], node: overlay.root, isBlocked: false };
  }

  /** The place of one name in a directory. */
  async step(parent: Place, name: string, signal: AbortSignal): Promise<Place> {
    const path = [...parent.path, name];
    const mounted = this.#mounts.get(path.join('/'));
    if (mounted !== undefined) {
      return { path, overlay: mounted, inner: [], node: mounted.root, isBlocked: false };
    }
    const { overlay } = parent;
    const inner = [...parent.inner, name];
    const isBlocked = parent.isBlocked || (parent.node !== undefined && parent.node.kind !== 'directory');
    const found = parent.node instanceof Directory ? (await parent.node.load(signal)).get(name) : undefined;
    // A directory that exists only because something is mounted below it.
    const node = found ?? (this.#hasMountBelow(path) ? new Directory(undefined) : undefined);
    return { path, overlay, inner, node, isBlocked };
  }

  /** What stands in a directory, sorted by name. */
  async children(parent: Place, signal: AbortSignal): Promise<(Place & { readonly node: Node })[]> {
    const names = new Set(parent.node instanceof Directory ? (await parent.node.load(signal)).keys() : []);
    const prefix = parent.path.length === 0 ? '' : `${parent.path.join('/')}/`;
    for (const mount of this.#mounts.keys()) {
      const [first] = mount.startsWith(prefix) ? mount.slice(prefix.length).split('/') : [];
      if (first !== undefined && first !== '') names.add(first);
    }
    const children: (Place & { readonly node: Node })[] = [];
    for (const name of [...names].sort(compareNames)) {
      const child = await this.step(parent, name, signal);
      if (child.node !== undefined) children.push({ ...child, node: child.node });
    }
    return children;
  }

  /** Is a work tree mounted at a path or below it? */
  hasMountAt(path: readonly string[]): boolean {
    return this.#mounts.has(path.join('/')) || this.#hasMountBelow(path);
  }

  #hasMountBelow(path: readonly string[]): boolean {
    if (this.#mounts.size === 0) return false;
    const prefix = `${path.join('/')}/`;
    return [...this.#mounts.keys()].some((mount) => mount.startsWith(prefix));
  }

  #expect(place: Place): Place & { readonly node: Node } {
    if (place.isBlocked) throw notDirectory(place);
    if (place.node !== undefined) return { ...place, node: place.node };
    throw workdirErrors.create('workdir.not-found', `there is nothing at ${quote(place.path.join('/'))}`);
  }
}

async function readTarget(link: Leaf, path: string, signal: AbortSignal): Promise<string> {
  const bytes = await readLeaf(link, signal);
  if (bytes.length > maxPathLength) {
    throw workdirErrors.create(
      'workdir.invalid-path',
      `${quote(path)} leads through a symlink that is too long`,
    );
  }
  return decodeText(bytes);
}

function notDirectory(place: Place): Error {
  const path = quote(place.path.join('/'));
  return workdirErrors.create('workdir.not-directory', `a file is in the way of ${path}`);
}

function toEntry(name: string, node: Node): FileEntry {
  if (node.kind === 'leaf') return { name, mode: node.mode };
  if (node.kind === 'submodule') return { name, mode: node.kind, commit: node.id };
  return { name, mode: node.kind };
}

function quote(text: string): string {
  return JSON.stringify(text);
}
