import { gitWireErrors } from './errors.ts';
import type { ObjectSource } from './merge-pass.ts';
import { emptyTreeId, type GitObject, type ObjectId } from './object-id.ts';
import { decodeTree, kindOf, type TreeEntry } from './tree.ts';

/** Files that one of two trees has and the other has not, by path. */
export interface TreeChanges {
  readonly deleted: ReadonlyMap<string, TreeEntry>;
  readonly added: ReadonlyMap<string, TreeEntry>;
}

interface Pair {
  readonly path: string;
  readonly before: ObjectId | undefined;
  readonly after: ObjectId | undefined;
}

/** Lists what came and went between two trees, submodules as files; reads only directories that differ. */
export async function listChanges(
  before: ObjectId | undefined,
  after: ObjectId,
  source: ObjectSource,
): Promise<TreeChanges> {
  const deleted = new Map<string, TreeEntry>();
  const added = new Map<string, TreeEntry>();
  for (let level: Pair[] = [{ path: '', before, after }]; level.length > 0; ) {
    const read = await readAll(level, source);
    const next: Pair[] = [];
    for (const pair of level) {
      const [old, now] = [read(pair.before), read(pair.after)];
      for (const name of new Set([...old.keys(), ...now.keys()])) {
        const [a, b] = [old.get(name), now.get(name)];
        if (a?.id === b?.id && a?.mode === b?.mode) continue;
        const path = pair.path === '' ? name : `${pair.path}/${name}`;
        if (isFile(a) && !isFile(b)) deleted.set(path, a);
        if (isFile(b) && !isFile(a)) added.set(path, b);
        const [oldTree, newTree] = [treeOf(a), treeOf(b)];
        if (oldTree !== newTree) next.push({ path, before: oldTree, after: newTree });
      }
    }
    level = next;
  }
  return { deleted, added };
}

async function readAll(
  pairs: readonly Pair[],
  source: ObjectSource,
): Promise<(id: ObjectId | undefined) => ReadonlyMap<string, TreeEntry>> {
  const ids = pairs.flatMap(({ before, after }) => [before ?? emptyTreeId, after ?? emptyTreeId]);
  const wanted = [...new Set(ids)].filter((id) => id !== emptyTreeId);
  const found: ReadonlyMap<ObjectId, GitObject> = wanted.length === 0 ? new Map() : await source.read(wanted);
  return (id) => {
    if (id === undefined || id === emptyTreeId) return new Map();
    const object = found.get(id);
    if (object !== undefined) return new Map(decodeTree(object.data).map((entry) => [entry.name, entry]));
    throw gitWireErrors.create('git-wire.base-missing', `the tree ${id} is needed for a merge and missing`);
  };
}

function isFile(entry: TreeEntry | undefined): entry is TreeEntry {
  return entry !== undefined && kindOf(entry.mode) !== 'tree';
}

function treeOf(entry: TreeEntry | undefined): ObjectId | undefined {
  return entry !== undefined && kindOf(entry.mode) === 'tree' ? entry.id : undefined;
}
