import { withRenewal } from '../base/index.ts';
import type {
  CommitDraft,
  CommitReport,
  Credential,
  FileEntry,
  GitRemote,
  LocalTag,
  TagDraft,
} from '../ports/index.ts';
import { type GitObject, type ObjectId, parseObjectId } from '../wire/git/index.ts';
import { SparseCone } from '../wire/git-files/index.ts';
import { createSigned, fromDraft, type LocalCommit } from './commits.ts';
import type { Signers } from './signing/signer.ts';
import { toStoredEntries } from './stored-entries.ts';
import { createTag, type MadeTag, tagExists } from './tags.ts';
import { workdirErrors } from './workdir/errors.ts';
import { Files } from './workdir/files.ts';
import { type LeafMode, type ObjectSource, StoredTree } from './workdir/node.ts';
import { isCleared, Overlay, type UntrackedFile } from './workdir/overlay.ts';
import type { MountableWorktree } from './workdir/workdir.ts';
import { listIgnored, writeTree } from './write-tree.ts';

/** A commit at the remote and its tree. */
export interface Anchor {
  readonly commit: ObjectId;
  readonly tree: ObjectId;
}

/** What a work tree stands on. */
export interface WorktreeStart {
  readonly remote: GitRemote;
  readonly branch: string | undefined;
  readonly anchor: Anchor;
  /** Where the objects of the remote are read, with its credential. */
  readonly sourceOf: (remote: GitRemote) => ObjectSource;
  /** Has the remote show a commit to an identity that comes later. Default: nobody comes later. */
  readonly prove?: (remote: GitRemote, commit: ObjectId, signal: AbortSignal) => Promise<unknown>;
  readonly signers: Signers;
  /** Directories that are shown, with what `SparseCone` shows besides; everything when absent. */
  readonly sparse?: readonly string[];
}

/** The work tree of this module: an overlay over the tree of a commit, and the commits made of it. */
export class GitWorktree implements MountableWorktree {
  readonly branch: string | undefined;
  readonly base: string;
  /** Stays the same whatever the credential. */
  readonly source: ObjectSource;
  readonly #sourceOf: WorktreeStart['sourceOf'];
  readonly #prove: WorktreeStart['prove'];
  #remote: GitRemote;
  #current: ObjectSource;
  readonly #signers: Signers;
  readonly overlay: Overlay;
  readonly #files: Files;
  #anchor: Anchor;
  #commits: LocalCommit[] = [];
  #ignored: readonly UntrackedFile[] = [];
  /** How often files had been changed when the last commit was made. */
  #committedAt: number | undefined;
  /** Trees and blobs of the local commits. */
  readonly #objects = new Map<ObjectId, GitObject>();
  readonly #tags = new Map<string, MadeTag>();

  constructor({ remote, branch, anchor, sourceOf, prove, signers, sparse }: WorktreeStart) {
    this.#signers = signers;
    this.#prove = prove;
    this.#remote = remote;
    this.#sourceOf = sourceOf;
    this.#current = sourceOf(remote);
    this.branch = branch;
    this.base = anchor.commit;
    this.source = forwardTo(this.#current.store, (read, signal) => this.#readRenewed(read, signal));
    this.#anchor = anchor;
    const cone = sparse === undefined ? undefined : new SparseCone(sparse);
    this.overlay = new Overlay(new StoredTree({ source: this.source, id: anchor.tree }), cone);
    this.#files = new Files(this.overlay);
  }

  get remote(): GitRemote {
    return this.#remote;
  }

  useCredential(credential: Credential): void {
    this.#remote = { ...this.#remote, credential };
    this.#current = this.#sourceOf(this.#remote);
  }

  get head(): string {
    return this.#commits.at(-1)?.id ?? this.#anchor.commit;
  }

  /** The commit at the remote that the local commits stand on. */
  get anchor(): Anchor {
    return this.#anchor;
  }

  /** What is not pushed yet, oldest first. */
  get localCommits(): readonly LocalCommit[] {
    return this.#commits;
  }

  get localObjects(): ReadonlyMap<ObjectId, GitObject> {
    return this.#objects;
  }

  read(path: string, signal: AbortSignal): Promise<Uint8Array> {
    return this.#files.read(path, signal);
  }

  write(path: string, content: Uint8Array, mode: LeafMode, signal: AbortSignal): Promise<void> {
    return this.#files.write(path, content, mode, signal);
  }

  stat(path: string, signal: AbortSignal): Promise<FileEntry | undefined> {
    return this.#files.stat(path, signal);
  }

  list(path: string, signal: AbortSignal): Promise<readonly FileEntry[]> {
    return this.#files.list(path, signal);
  }

  readLink(path: string, signal: AbortSignal): Promise<string> {
    return this.#files.readLink(path, signal);
  }

  remove(path: string, signal: AbortSignal): Promise<void> {
    return this.#files.remove(path, signal);
  }

  async clear(path: string, signal: AbortSignal): Promise<void> {
    const { overlay } = this;
    const place = await this.#files.find(path, 'follow', signal);
    const { inner, node } = place;
    if (node === undefined && !isCleared(overlay.tracked, inner)) {
      throw workdirErrors.create('workdir.not-found', `there is nothing at ${JSON.stringify(path)}`);
    }
    if (node !== undefined && node.kind !== 'directory') {
      throw workdirErrors.create('workdir.not-directory', `${JSON.stringify(path)} is not a directory`);
    }
    const isBelow = (one: UntrackedFile): boolean => inner.every((name, depth) => one.path[depth] === name);
    const ignored = (await listIgnored(overlay, signal)).filter(isBelow);
    if (node !== undefined) await this.#files.removeAt(place, signal);
    overlay.tracked = { ...overlay.tracked, cleared: [...overlay.tracked.cleared, inner] };
    for (const { path: at, leaf } of ignored) await overlay.put(at, leaf, signal);
  }

  async commit(draft: CommitDraft, signal: AbortSignal): Promise<CommitReport> {
    await this.overlay.settle(signal);
    const { changes } = this.overlay;
    const { id: tree, objects, ignored, plainLfs } = await writeTree(this.overlay, this.source.store, signal);
    this.#ignored = ignored;
    const last = this.#commits.at(-1);
    if (tree === (last?.commit.tree ?? this.#anchor.tree))
      return { id: this.head, changed: false, plainLfs: [] };
    const parents = [last?.id ?? this.#anchor.commit];
    const signer = draft.signingKey === undefined ? undefined : await this.#signers.load(draft.signingKey);
    const made = await createSigned(fromDraft(draft, { tree, parents }), signer);
    for (const [id, object] of objects) this.#objects.set(id, object);
    this.#commits.push(made);
    const stored = new StoredTree({ source: this.#withLocalObjects(), id: tree });
    this.overlay.tracked = { tree: stored, cleared: [] };
    this.#committedAt = changes;
    return { id: made.id, changed: true, plainLfs };
  }

  get tags(): ReadonlyMap<string, MadeTag> {
    return this.#tags;
  }

  async tag(draft: TagDraft): Promise<LocalTag> {
    if (this.#tags.has(draft.name) && !draft.force) throw tagExists(draft.name, 'of this checkout');
    const signer = draft.signingKey === undefined ? undefined : await this.#signers.load(draft.signingKey);
    // A push moves the commits elsewhere; the tag stays on what it tags.
    const standing = { commits: [...this.#commits], objects: new Map(this.#objects) };
    const made = await createTag(draft, { commit: parseObjectId(this.head), ...standing }, signer);
    this.#tags.set(draft.name, made);
    return made;
  }

  /** Has nothing been changed since the last commit? */
  async isClean(signal: AbortSignal): Promise<boolean> {
    if (this.overlay.changes === this.#committedAt) return true;
    const { id, ignored } = await writeTree(this.overlay, this.source.store, signal);
    this.#ignored = ignored;
    return id === (this.#commits.at(-1)?.commit.tree ?? this.#anchor.tree);
  }

  /** The remote has everything up to this commit now; files show its tree when it is another one than ours. */
  moveTo(anchor: Anchor): void {
    const tree = this.#commits.at(-1)?.commit.tree ?? this.#anchor.tree;
    this.#anchor = anchor;
    this.#commits = [];
    this.#objects.clear();
    if (tree === anchor.tree) return;
    this.overlay.reset(new StoredTree({ source: this.source, id: anchor.tree }), this.#ignored);
  }

  /** Reads with the credential of the remote, and once more with another one when the host refuses it. */
  #readRenewed<Result>(read: Read<Result>, signal: AbortSignal): Promise<Result> {
    const find = async (refused?: Credential): Promise<Credential | undefined> => {
      const { credential, renew } = this.#remote;
      // Another read may have found a newer one meanwhile.
      return refused === undefined || refused !== credential ? credential : renew?.(refused, signal);
    };
    const use = async (credential: Credential | undefined): Promise<Result> => {
      if (credential !== undefined && credential !== this.#remote.credential) {
        // What is in the cache is for those alone who have been shown the commit.
        await this.#prove?.({ ...this.#remote, credential }, this.#anchor.commit, signal);
        this.useCredential(credential);
      }
      return read(this.#current);
    };
    return withRenewal(find, use, signal);
  }

  /** The objects of the remote, and those that it does not have yet. */
  #withLocalObjects(): ObjectSource {
    const { source } = this;
    const local = (id: string): Uint8Array | undefined => this.#objects.get(parseObjectId(id))?.data;
    return {
      store: source.store,
      async readTree(id, signal) {
        const data = local(id);
        return data === undefined ? source.readTree(id, signal) : toStoredEntries(data);
      },
      async readBlob(id, signal) {
        return local(id) ?? source.readBlob(id, signal);
      },
      prefetchTrees: (id, signal) => source.prefetchTrees(id, signal),
    };
  }
}

type Read<Result> = (source: ObjectSource) => Promise<Result>;

/** Has every read made by somebody who knows the source. */
function forwardTo(
  store: string,
  make: <Result>(read: Read<Result>, signal: AbortSignal) => Promise<Result>,
): ObjectSource {
  return {
    store,
    readTree: (id, signal) => make((source) => source.readTree(id, signal), signal),
    readBlob: (id, signal) => make((source) => source.readBlob(id, signal), signal),
    prefetchTrees: (id, signal) => make((source) => source.prefetchTrees(id, signal), signal),
  };
}
