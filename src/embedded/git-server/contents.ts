import type { Clock } from '../../ports/index.ts';
import {
  type Commit,
  emptyTreeId,
  encodeCommit,
  encodeTree,
  kindOf,
  type ObjectId,
  type Signature,
  type TreeEntry,
} from '../../wire/git/index.ts';
import { gitServerErrors } from './errors.ts';
import type { Repository } from './repository.ts';

/** Files to write by path; null deletes. */
export type FileChanges = Readonly<Record<string, string | Uint8Array | null>>;

/** A commit in a log. */
export interface LogEntry extends Commit {
  readonly id: ObjectId;
}

/** The text or bytes of a file at a branch, tag or commit; `undefined` when there is none. */
export function readFile(repository: Repository, revision: string, path: string): Buffer | undefined {
  const entry = repository.entryAt(repository.commit(resolve(repository, revision)).tree, path);
  if (entry === undefined || kindOf(entry.mode) === 'tree') return undefined;
  return Buffer.from(repository.get(entry.id).data);
}

/** The commits of a branch along first parents, newest first. */
export function readLog(repository: Repository, revision: string, maxCount: number): LogEntry[] {
  const entries: LogEntry[] = [];
  for (let id: ObjectId | undefined = resolve(repository, revision); id && entries.length < maxCount; ) {
    const commit: Commit = repository.commit(id);
    entries.push({ id, ...commit });
    id = commit.parents[0];
  }
  return entries;
}

/** Commits files to a branch, which is made when it does not exist. Gives the new commit. */
export function commitFiles(
  repository: Repository,
  branch: string,
  draft: { readonly files: FileChanges; readonly message: string; readonly author: Signature },
): ObjectId {
  const ref = `refs/heads/${branch}`;
  const parent = repository.refs.get(ref);
  const base = parent === undefined ? undefined : repository.commit(parent).tree;
  const tree =
    writeFiles(repository, base, draft.files) ?? repository.write({ type: 'tree', data: Buffer.alloc(0) });
  const id = writeCommit(repository, {
    tree,
    parents: parent === undefined ? [] : [parent],
    author: draft.author,
    message: draft.message.endsWith('\n') ? draft.message : `${draft.message}\n`,
  });
  if (repository.refs.isEmpty) repository.head = ref;
  repository.refs.set(ref, id);
  return id;
}

/** Stores a commit whose author is its committer too, unless another is named. */
export function writeCommit(
  repository: Repository,
  draft: Pick<Commit, 'tree' | 'parents' | 'author' | 'message'> &
    Partial<Pick<Commit, 'committer' | 'headers'>>,
): ObjectId {
  const data = encodeCommit({ committer: draft.author, headers: [], ...draft });
  return repository.write({ type: 'commit', data });
}

/** A signature of now. */
export function signNow(clock: Clock, name: string, email: string): Signature {
  return { name, email, timeSec: Math.floor(clock.nowMs() / 1000), timezone: '+0000' };
}

/** Errors: git-server.not-found. */
export function resolve(repository: Repository, revision: string): ObjectId {
  const id = repository.refs.resolve(revision, repository.head);
  if (id !== undefined && repository.has(id)) return repository.peel(id);
  throw gitServerErrors.create('git-server.not-found', `${repository.name} has no "${revision}"`);
}

function writeFiles(
  repository: Repository,
  base: ObjectId | undefined,
  files: FileChanges,
): ObjectId | undefined {
  const entries = new Map<string, TreeEntry>();
  if (base !== undefined && base !== emptyTreeId) {
    for (const entry of repository.tree(base)) entries.set(entry.name, entry);
  }
  const below = new Map<string, Record<string, string | Uint8Array | null>>();
  for (const [path, content] of Object.entries(files)) {
    const slash = path.indexOf('/');
    if (slash < 0) setFile(repository, entries, path, content);
    else {
      const name = path.slice(0, slash);
      below.set(name, { ...below.get(name), [path.slice(slash + 1)]: content });
    }
  }
  for (const [name, inner] of below) {
    const old = entries.get(name);
    const oldTree = old !== undefined && kindOf(old.mode) === 'tree' ? old.id : undefined;
    const id = writeFiles(repository, oldTree, inner);
    if (id === undefined) entries.delete(name);
    else entries.set(name, { mode: '40000', name, id });
  }
  if (entries.size === 0) return undefined;
  return repository.write({ type: 'tree', data: encodeTree([...entries.values()]) });
}

function setFile(
  repository: Repository,
  entries: Map<string, TreeEntry>,
  name: string,
  content: string | Uint8Array | null,
): void {
  const old = entries.get(name);
  if (content === null) entries.delete(name);
  else {
    const data = typeof content === 'string' ? Buffer.from(content) : content;
    const mode = old !== undefined && kindOf(old.mode) === 'executable' ? old.mode : '100644';
    entries.set(name, { mode, name, id: repository.write({ type: 'blob', data }) });
  }
}
