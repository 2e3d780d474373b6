import {
  type Commit,
  decodeCommit,
  decodeTag,
  decodeTree,
  type GitObject,
  hashObject,
  kindOf,
  type ObjectId,
  type ObjectSource,
  type RemoteRef,
  type TreeEntry,
} from '../../wire/git/index.ts';
import { gitServerErrors } from './errors.ts';
import { RefStore } from './refs.ts';

/** Why a push to a reference is declined; `undefined` when it is not. */
export type PushRule = (change: {
  readonly ref: string;
  readonly oldId: ObjectId | undefined;
  readonly newId: ObjectId | undefined;
  readonly login: string | undefined;
}) => string | undefined;

/** A repository in memory: objects by id and references. Nothing is ever collected. */
export class Repository implements ObjectSource {
  /** As first pushed, e.g. "example/gitops". */
  readonly name: string;
  readonly refs = new RefStore();
  /** The reference that HEAD stands for. */
  head = 'refs/heads/main';
  /** Asked for every reference of every push over HTTP. */
  readonly pushRules: PushRule[] = [];
  readonly #objects = new Map<ObjectId, GitObject>();
  readonly #commits = new Map<ObjectId, Commit>();

  constructor(name: string) {
    this.name = name;
  }

  find(id: ObjectId): GitObject | undefined {
    return this.#objects.get(id);
  }

  has(id: ObjectId): boolean {
    return this.#objects.has(id);
  }

  /** Errors: git-server.object-missing. */
  get(id: ObjectId): GitObject {
    const object = this.#objects.get(id);
    if (object) return object;
    throw gitServerErrors.create('git-server.object-missing', `${this.name} has no object ${id}`);
  }

  async read(ids: readonly ObjectId[]): Promise<ReadonlyMap<ObjectId, GitObject>> {
    return new Map(ids.map((id) => [id, this.get(id)]));
  }

  put(id: ObjectId, object: GitObject): void {
    this.#objects.set(id, { type: object.type, data: object.data });
  }

  /** Stores an object and gives its id. */
  write(object: GitObject): ObjectId {
    const id = hashObject(object.type, object.data);
    this.put(id, object);
    return id;
  }

  /** Errors: git-server.object-missing when there is no such commit. */
  commit(id: ObjectId): Commit {
    const known = this.#commits.get(id);
    if (known) return known;
    const object = this.get(id);
    if (object.type !== 'commit') {
      throw gitServerErrors.create('git-server.object-missing', `${id} is a ${object.type}, not a commit`);
    }
    const commit = decodeCommit(object.data);
    this.#commits.set(id, commit);
    return commit;
  }

  tree(id: ObjectId): TreeEntry[] {
    return decodeTree(this.get(id).data);
  }

  /** What an annotated tag finally points to; the object itself when it is none. */
  peel(id: ObjectId): ObjectId {
    let at = id;
    for (let object = this.find(at); object?.type === 'tag'; object = this.find(at)) {
      at = decodeTag(object.data).object;
    }
    return at;
  }

  /** Is the first commit an ancestor of the second, or the same? */
  isAncestor(ancestor: ObjectId, of: ObjectId): boolean {
    return this.ancestors([of]).has(ancestor);
  }

  /** The commits and everything before them, newest first along each line. */
  ancestors(from: readonly ObjectId[], stopAt: ReadonlySet<ObjectId> = new Set()): Set<ObjectId> {
    const seen = new Set<ObjectId>(from);
    for (const id of seen) {
      if (stopAt.has(id)) continue;
      for (const parent of this.commit(id).parents) if (this.has(parent)) seen.add(parent);
    }
    return seen;
  }

  /** The newest commit that both have in their history; `undefined` for unrelated histories. */
  mergeBase(a: ObjectId, b: ObjectId): ObjectId | undefined {
    const ofA = this.ancestors([a]);
    const common = [...this.ancestors([b])].filter((id) => ofA.has(id));
    const below = new Set(common.flatMap((id) => this.commit(id).parents));
    return common.find((id) => !below.has(id));
  }

  /** The entry at a path of a tree; `undefined` when there is none. */
  entryAt(tree: ObjectId, path: string): TreeEntry | undefined {
    const [name = '', ...rest] = path.split('/');
    const entry = this.tree(tree).find((item) => item.name === name);
    if (entry === undefined || rest.length === 0) return entry;
    return kindOf(entry.mode) === 'tree' ? this.entryAt(entry.id, rest.join('/')) : undefined;
  }

  /** HEAD first when it has a commit, then all references by name, tags with what they peel to. */
  listRefs(): RemoteRef[] {
    const listed = this.refs.list().map(([name, id]): RemoteRef => {
      const peeled = this.peel(id);
      return peeled === id ? { name, id } : { name, id, peeled };
    });
    const headId = this.refs.get(this.head);
    return headId === undefined ? listed : [{ name: 'HEAD', id: headId, symrefTarget: this.head }, ...listed];
  }
}
