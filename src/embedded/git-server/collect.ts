import { decodeTag, type FetchRequest, gitWireErrors, kindOf, type ObjectId } from '../../wire/git/index.ts';
import { type ObjectFilter, parseFilter } from './filter.ts';
import type { Repository } from './repository.ts';

/** What the answer to a fetch consists of. */
export interface Collected {
  readonly ids: readonly ObjectId[];
  /** Commits that become shallow at the client, and that stop being so. */
  readonly shallow: readonly ObjectId[];
  readonly unshallow: readonly ObjectId[];
}

/** Trees read between two turns of the event loop. */
const turnTrees = 500;

/**
 * The objects that a client lacks.
 *
 * Guarantees: everything wanted is in, whatever the filter says; an object may be sent that the client has under
 * another path. Errors: git-wire.remote-error for a want that does not exist.
 */
export async function collectObjects(repository: Repository, request: FetchRequest): Promise<Collected> {
  const collecting = new Collecting(repository, parseFilter(request.filter));
  const commits: ObjectId[] = [];
  for (const want of request.wants) {
    if (!repository.has(want)) {
      throw gitWireErrors.create('git-wire.remote-error', `upload-pack: not our ref ${want}`);
    }
    const peeled = collecting.addTags(want);
    if (repository.find(peeled)?.type === 'commit') commits.push(peeled);
    else await collecting.addWanted(peeled);
  }
  const clientShallow = new Set(request.shallow ?? []);
  const haves = (request.haves ?? []).filter((id) => repository.find(id)?.type === 'commit');
  const known = repository.ancestors(haves, clientShallow);
  const boundary = findBoundary(repository, commits, request, clientShallow);
  for (const id of boundary.commits) {
    if (known.has(id)) continue;
    const isCut = boundary.shallow.has(id);
    await collecting.addCommit(id, (parent) => !isCut && (known.has(parent) || boundary.commits.has(parent)));
  }
  if (request.includeTag === true) collecting.addTagsOf(boundary.commits);
  return {
    ids: [...collecting.found],
    shallow: [...boundary.shallow].filter((id) => !clientShallow.has(id)),
    unshallow: request.depth === undefined ? [] : boundary.deepened,
  };
}

/** Of the ids that a client has, those that the repository has too. */
export function findCommon(repository: Repository, haves: readonly ObjectId[]): ObjectId[] {
  return haves.filter((id) => repository.has(id));
}

interface Boundary {
  /** All commits of the answer's history, also those that the client has. */
  readonly commits: ReadonlySet<ObjectId>;
  /** Those of them whose parents are left out. */
  readonly shallow: ReadonlySet<ObjectId>;
  /** Those that were shallow at the client and get their parents now. */
  readonly deepened: readonly ObjectId[];
}

function findBoundary(
  repository: Repository,
  wants: readonly ObjectId[],
  request: FetchRequest,
  clientShallow: ReadonlySet<ObjectId>,
): Boundary {
  if (request.depth === undefined) {
    // Without a depth, history stays cut where the client has cut it.
    return { commits: repository.ancestors(wants, clientShallow), shallow: new Set(), deepened: [] };
  }
  const starts = request.deepenRelative === true ? [...clientShallow].filter((id) => repository.has(id)) : [];
  const depth = request.depth + (starts.length > 0 ? 1 : 0);
  const commits = new Set<ObjectId>(starts.length > 0 ? repository.ancestors(wants, clientShallow) : []);
  const shallow = new Set<ObjectId>();
  const deepened: ObjectId[] = [];
  let level = new Set<ObjectId>(starts.length > 0 ? starts : wants);
  const placed = new Set<ObjectId>();
  for (let at = 1; at <= depth && level.size > 0; at++) {
    const next = new Set<ObjectId>();
    for (const id of level) {
      placed.add(id);
      commits.add(id);
      const parents = repository.commit(id).parents.filter((parent) => repository.has(parent));
      if (parents.length === 0) continue;
      if (at === depth) shallow.add(id);
      else if (clientShallow.has(id)) deepened.push(id);
      for (const parent of parents) if (at < depth && !placed.has(parent)) next.add(parent);
    }
    level = next;
  }
  return { commits, shallow, deepened };
}

class Collecting {
  readonly found = new Set<ObjectId>();
  readonly #repository: Repository;
  readonly #filter: ObjectFilter;
  #trees = 0;

  constructor(repository: Repository, filter: ObjectFilter) {
    this.#repository = repository;
    this.#filter = filter;
  }

  /** Adds the tags that lead to an object and gives that object. */
  addTags(id: ObjectId): ObjectId {
    let at = id;
    for (let object = this.#repository.get(at); object.type === 'tag'; object = this.#repository.get(at)) {
      this.found.add(at);
      at = decodeTag(object.data).object;
    }
    return at;
  }

  /** Adds the tags that point to one of these commits. */
  addTagsOf(commits: ReadonlySet<ObjectId>): void {
    for (const { id, peeled } of this.#repository.listRefs()) {
      if (peeled !== undefined && commits.has(peeled)) this.addTags(id);
    }
  }

  /** Adds a tree or blob that was asked for by its id. */
  async addWanted(id: ObjectId): Promise<void> {
    this.found.add(id);
    if (this.#repository.get(id).type === 'tree') await this.#addEntries(id, undefined, 0);
  }

  /** Adds a commit and what its tree has beyond that of a parent that the client has or gets. */
  async addCommit(id: ObjectId, isGiven: (parent: ObjectId) => boolean): Promise<void> {
    this.found.add(id);
    if (this.#filter.maxDepth === 0) return;
    const { tree, parents } = this.#repository.commit(id);
    const parent = parents.find(isGiven);
    await this.#addTree(tree, parent === undefined ? undefined : this.#repository.commit(parent).tree, 0);
  }

  async #addTree(id: ObjectId, other: ObjectId | undefined, depth: number): Promise<void> {
    if (id === other || depth >= this.#filter.maxDepth) return;
    // A tree that was met before at a lesser or equal depth has been followed already, unless depth is limited.
    if (this.found.has(id) && this.#filter.maxDepth === Number.POSITIVE_INFINITY) return;
    this.found.add(id);
    await this.#addEntries(id, other, depth + 1);
  }

  async #addEntries(id: ObjectId, other: ObjectId | undefined, depth: number): Promise<void> {
    if (depth >= this.#filter.maxDepth) return;
    if (++this.#trees % turnTrees === 0) await new Promise((resolve) => setImmediate(resolve));
    const others = other === undefined ? [] : this.#repository.tree(other);
    const otherIds = new Map(others.map((entry) => [entry.name, entry]));
    for (const entry of this.#repository.tree(id)) {
      const kind = kindOf(entry.mode);
      const otherEntry = otherIds.get(entry.name);
      if (kind === 'submodule' || otherEntry?.id === entry.id) continue;
      if (kind === 'tree') {
        const isTree = otherEntry !== undefined && kindOf(otherEntry.mode) === 'tree';
        await this.#addTree(entry.id, isTree ? otherEntry.id : undefined, depth);
      } else if (this.#isWantedBlob(entry.id)) this.found.add(entry.id);
    }
  }

  #isWantedBlob(id: ObjectId): boolean {
    const { maxBlobBytes } = this.#filter;
    if (maxBlobBytes === Number.POSITIVE_INFINITY) return true;
    return maxBlobBytes > 0 && this.#repository.get(id).data.length < maxBlobBytes;
  }
}
