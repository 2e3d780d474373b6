import type { CopyReport } from '../../ports/index.ts';
import { detach } from './content.ts';
import { workdirErrors } from './errors.ts';
import type { Files, Place } from './files.ts';
import { maxCopiedFiles } from './limits.ts';
import { Directory, type Leaf } from './node.ts';

/** Which paths below the start of a copy are taken. */
export type Accept = (path: string, isDirectory: boolean) => boolean;

/** A file and its path below the directory that was collected. */
export interface Collected {
  readonly path: readonly string[];
  readonly leaf: Leaf;
}

/** What is collected. */
export interface Collecting {
  readonly accept?: Accept | undefined;
  readonly hasSymlinks: boolean;
}

/**
 * The files below a directory, each as it can stand elsewhere, by reference where that is possible. Submodules and folders
 * of the name ".git" are left out.
 *
 * Errors: workdir.too-large; those of the source.
 */
export async function collect(
  files: Files,
  from: Place,
  what: Collecting,
  signal: AbortSignal,
): Promise<readonly Collected[]> {
  await prefetch(from, signal);
  const found: { readonly path: readonly string[]; readonly place: Place & { readonly node: Leaf } }[] = [];
  const visit = async (parent: Place, below: readonly string[]): Promise<void> => {
    for (const child of await files.children(parent, signal)) {
      const name = child.path.at(-1) ?? '';
      const path = [...below, name];
      const { node } = child;
      if (name === '.git' || node.kind === 'submodule') continue;
      if (node.kind === 'leaf' && node.mode === 'symlink' && !what.hasSymlinks) continue;
      if (what.accept?.(path.join('/'), node.kind === 'directory') === false) continue;
      if (node.kind === 'directory') await visit(child, path);
      else if (found.push({ path, place: { ...child, node } }) > maxCopiedFiles) {
        throw workdirErrors.create('workdir.too-large', `more than ${maxCopiedFiles} files`);
      }
    }
  };
  await visit(from, []);
  // All at once, so that what must be read is asked for together.
  return Promise.all(
    found.map(async ({ path, place }) => ({
      path,
      leaf: await detach({ ...place, leaf: place.node }, signal),
    })),
  );
}

/** Copies a file, or the files below a directory; see `Workdir.copy`. */
export async function copy(
  files: Files,
  ends: { readonly from: string; readonly to: string; readonly accept: Accept | undefined },
  signal: AbortSignal,
): Promise<CopyReport> {
  const { from, to, accept } = ends;
  const source = await files.find(from, 'follow', signal);
  const { node } = source;
  if (node === undefined) {
    throw workdirErrors.create('workdir.not-found', `there is nothing at ${JSON.stringify(from)}`);
  }
  const target = await files.find(to, 'follow', signal);
  if (node.kind === 'leaf') {
    const name = source.path.at(-1) ?? '';
    if (accept?.(name, false) === false) return { files: 0, lfsPointers: [] };
    const leaf = await detach({ ...source, leaf: node }, signal);
    await files.put(target, leaf, signal);
    return report([{ path: source.path, leaf }]);
  }
  if (target.node?.kind === 'leaf') {
    throw workdirErrors.create('workdir.not-directory', `${JSON.stringify(to)} is not a directory`);
  }
  // Everything is collected before anything is written, so that a copy into itself ends.
  const collected = await collect(files, source, { accept, hasSymlinks: false }, signal);
  await putAll(files, target, collected, signal);
  return report(collected.map(({ path, leaf }) => ({ path: [...source.path, ...path], leaf })));
}

/** Moves a file, symlink or directory; see `Workdir.move`. */
export async function move(files: Files, from: string, to: string, signal: AbortSignal): Promise<void> {
  const source = await files.find(from, 'stay', signal);
  const { node } = source;
  if (node === undefined) {
    throw workdirErrors.create('workdir.not-found', `there is nothing at ${JSON.stringify(from)}`);
  }
  const target = await files.find(to, 'stay', signal);
  const isBelow = source.path.every((name, index) => target.path[index] === name);
  if (isBelow && source.path.length === target.path.length) return;
  if (isBelow || files.hasMountAt(source.path) || files.hasMountAt(target.path)) {
    const why = isBelow ? 'it would be inside itself' : 'a git work tree is checked out there';
    throw workdirErrors.create('workdir.invalid-path', `${JSON.stringify(from)} cannot be moved: ${why}`);
  }
  if (target.node !== undefined && (target.node.kind !== 'leaf' || node.kind !== 'leaf')) {
    throw workdirErrors.create('workdir.exists', `there is something at ${JSON.stringify(to)} already`);
  }
  const moved =
    node.kind === 'leaf'
      ? [{ path: [], leaf: await detach({ ...source, leaf: node }, signal) }]
      : await collect(files, source, { hasSymlinks: true }, signal);
  // Put first: what cannot stand there must not be lost here.
  await putAll(files, target, moved, signal, 'stay');
  await files.removeAt(source, signal);
}

async function putAll(
  files: Files,
  target: Place,
  collected: readonly Collected[],
  signal: AbortSignal,
  last: 'follow' | 'stay' = 'follow',
): Promise<void> {
  for (const { path, leaf } of collected) {
    const place = await files.find([...target.path, ...path].join('/'), last, signal);
    await files.put(place, leaf, signal);
  }
}

async function prefetch({ node }: Place, signal: AbortSignal): Promise<void> {
  if (!(node instanceof Directory) || node.origin === undefined || node.view !== undefined) return;
  await node.origin.source.prefetchTrees(node.origin.id, signal);
}

function report(copied: readonly Collected[]): CopyReport {
  const lfsPointers = copied.filter(({ leaf }) => leaf.isLfs === true).map(({ path }) => path.join('/'));
  return { files: copied.length, lfsPointers };
}
