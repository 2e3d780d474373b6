import { gitWireErrors } from './errors.ts';
import type { ObjectSource } from './merge-pass.ts';
import { emptyTreeId, type GitObject, hashObject, type ObjectId } from './object-id.ts';
import { decodeTree, encodeTree, kindOf, type TreeEntry } from './tree.ts';

/** A tree with some entries elsewhere, and its objects that the source does not have. */
export interface MovedTree {
  readonly tree: ObjectId;
  readonly objects: ReadonlyMap<ObjectId, GitObject>;
}

/** Puts files of a tree under other paths. Directories that are left empty go; what is at a new path is replaced. */
export async function moveEntries(
  tree: ObjectId,
  moves: ReadonlyMap<string, string>,
  source: ObjectSource,
): Promise<MovedTree> {
  const editor = new TreeEditor(source);
  const changes = new Map<string, TreeEntry | undefined>();
  for (const [from, to] of moves) {
    const entry = await editor.find(tree, from);
    changes.set(from, undefined);
    if (entry !== undefined) changes.set(to, { ...entry, name: to.slice(to.lastIndexOf('/') + 1) });
  }
  const edited = (await editor.edit(tree, changes)) ?? editor.write([]);
  return { tree: edited, objects: editor.objects };
}

class TreeEditor {
  readonly objects = new Map<ObjectId, GitObject>();
  readonly #source: ObjectSource;

  constructor(source: ObjectSource) {
    this.#source = source;
  }

  async find(tree: ObjectId, path: string): Promise<TreeEntry | undefined> {
    const [first = '', ...rest] = path.split('/');
    const entry = (await this.#read(tree)).get(first);
    if (rest.length === 0 || entry === undefined) return entry;
    return kindOf(entry.mode) === 'tree' ? this.find(entry.id, rest.join('/')) : undefined;
  }

  /** The tree with changes by path, `undefined` where something goes; `undefined` when nothing is left. */
  async edit(
    tree: ObjectId | undefined,
    changes: ReadonlyMap<string, TreeEntry | undefined>,
  ): Promise<ObjectId | undefined> {
    const entries = tree === undefined ? new Map<string, TreeEntry>() : await this.#read(tree);
    const below = new Map<string, Map<string, TreeEntry | undefined>>();
    for (const [path, entry] of changes) {
      const slash = path.indexOf('/');
      const name = slash < 0 ? path : path.slice(0, slash);
      if (slash >= 0) below.set(name, (below.get(name) ?? new Map()).set(path.slice(slash + 1), entry));
      else if (entry !== undefined) entries.set(name, entry);
      else if (kindOf(entries.get(name)?.mode ?? '100644') !== 'tree') entries.delete(name);
    }
    for (const [name, inner] of below) {
      const old = entries.get(name);
      const isTree = old !== undefined && kindOf(old.mode) === 'tree';
      const id = await this.edit(isTree ? old.id : undefined, inner);
      if (id !== undefined) entries.set(name, { mode: '40000', name, id });
      else if (isTree) entries.delete(name);
    }
    return entries.size === 0 ? undefined : this.write([...entries.values()]);
  }

  write(entries: readonly TreeEntry[]): ObjectId {
    const data = encodeTree(entries);
    const id = hashObject('tree', data);
    this.objects.set(id, { type: 'tree', data });
    return id;
  }

  async #read(tree: ObjectId): Promise<Map<string, TreeEntry>> {
    if (tree === emptyTreeId) return new Map();
    const object = this.objects.get(tree) ?? (await this.#source.read([tree])).get(tree);
    if (object === undefined) {
      throw gitWireErrors.create(
        'git-wire.base-missing',
        `the tree ${tree} is needed for a merge and missing`,
      );
    }
    return new Map(decodeTree(object.data).map((entry) => [entry.name, entry]));
  }
}
