import {
  decodeTree,
  encodeTree,
  type GitObject,
  hashObject,
  kindOf,
  type MergedTrees,
  mergeTrees,
  type ObjectId,
  type ObjectType,
  parseObjectId,
} from '../../src/wire/git/index.ts';

/** Files by path; a value that starts with "-> " is a symlink, with "+x " executable, with "@ " a submodule. */
export type Files = Readonly<Record<string, string>>;

/** Git objects in memory, with trees of files and their merges. */
export class TestObjects {
  /** By id. */
  readonly all = new Map<ObjectId, GitObject>();
  /** How often objects were read. */
  reads = 0;

  /** Adds an object; gives its id. */
  write(type: ObjectType, data: Uint8Array): ObjectId {
    const id = hashObject(type, data);
    this.all.set(id, { type, data });
    return id;
  }

  /** The tree of some files. */
  tree(files: Files): ObjectId {
    const names = new Set(Object.keys(files).map((path) => path.split('/')[0] ?? ''));
    const entries = [...names].map((name) => {
      const text = files[name];
      if (text !== undefined) {
        if (text.startsWith('@ ')) return { mode: '160000', name, id: parseObjectId(text.slice(2)) };
        const mode = text.startsWith('-> ') ? '120000' : text.startsWith('+x ') ? '100755' : '100644';
        return { mode, name, id: this.write('blob', Buffer.from(text.replace(/^(?:-> |\+x )/, ''))) };
      }
      const below = Object.entries(files).filter(([path]) => path.startsWith(`${name}/`));
      const inner = Object.fromEntries(below.map(([path, value]) => [path.slice(name.length + 1), value]));
      return { mode: '40000', name, id: this.tree(inner) };
    });
    return this.write('tree', encodeTree(entries));
  }

  /** The files of a tree. */
  files(tree: ObjectId, prefix = ''): Record<string, string> {
    const found: Record<string, string> = {};
    for (const { mode, name, id } of decodeTree(this.all.get(tree)?.data ?? new Uint8Array())) {
      const kind = kindOf(mode);
      if (kind === 'submodule') found[prefix + name] = `@ ${id}`;
      else if (kind === 'tree') Object.assign(found, this.files(id, `${prefix}${name}/`));
      else {
        const mark = kind === 'symlink' ? '-> ' : kind === 'executable' ? '+x ' : '';
        found[prefix + name] = mark + Buffer.from(this.all.get(id)?.data ?? []).toString();
      }
    }
    return found;
  }

  /** Merges three trees; what is made can be read. */
  async merge(base: Files | undefined, ours: Files, theirs: Files): Promise<MergedTrees> {
    const trees = {
      base: base === undefined ? undefined : this.tree(base),
      ours: this.tree(ours),
      theirs: this.tree(theirs),
    };
    const read = async (ids: readonly ObjectId[]) => {
      this.reads++;
      return new Map(ids.flatMap((id) => (this.all.has(id) ? [[id, this.all.get(id) as GitObject]] : [])));
    };
    const merged = await mergeTrees(trees, { read });
    for (const [id, object] of merged.objects) this.all.set(id, object);
    return merged;
  }
}
