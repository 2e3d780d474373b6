import { LRUCache } from 'lru-cache';
import type {
  CheckoutRequest,
  Clock,
  CommitDraft,
  GitCommit,
  GitHistory,
  GitRemote,
  GitRepos,
  HostKeys,
  HttpClient,
  Metrics,
  PushRequest,
  PushResult,
  Random,
  RefTarget,
  ResolvedRef,
  TagPushRequest,
  Worktree,
} from '../ports/index.ts';
import {
  type Commit,
  emptyTreeId,
  isObjectId,
  type ObjectId,
  type RemoteRef,
  zeroId,
} from '../wire/git/index.ts';
import { Access, accessKey } from './access.ts';
import { assertBranchName } from './branch-name.ts';
import { Carriers } from './carriers.ts';
import { commitsOf, createSigned, fromDraft, toGitCommit } from './commits.ts';
import { DiskCache, type DiskCacheOptions } from './disk-cache.ts';
import { gitErrors } from './errors.ts';
import { ProtocolHistory } from './git-history.ts';
import { Heads } from './heads.ts';
import { HttpCarrier } from './http-carrier.ts';
import type { PushPolicy } from './integrate.ts';
import { createGitMetrics } from './metrics.ts';
import { ObjectCache } from './object-cache.ts';
import { RemoteObjects } from './objects.ts';
import { Pusher } from './push.ts';
import { readOutcome } from './push-report.ts';
import { pushTag } from './push-tag.ts';
import { findByShortId, isShortId } from './short-ids.ts';
import { Signers } from './signing/signer.ts';
import { SshCarrier, type SshOptions } from './ssh/ssh-carrier.ts';
import { GitTransport } from './transport.ts';
import { describeUrl } from './url.ts';
import { GitWorktree } from './worktree.ts';

/** What the adapter needs. */
export interface GitReposDeps {
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly random: Random;
  readonly metrics?: Metrics;
  /** Remembers the keys of SSH hosts; without it only those are reached that known hosts name. */
  readonly hostKeys?: HostKeys;
}

/** Limits of the adapter; each has a default. */
export interface GitReposOptions {
  /** Of the objects that are kept in memory for all repositories together. */
  readonly cacheBytes?: number;
  /** For one exchange with a host. */
  readonly requestTimeoutMs?: number;
  /** The longest silence of a host within an exchange. */
  readonly stallTimeoutMs?: number;
  readonly maxPackBytes?: number;
  /** How long cached objects may be used after the remote has shown their commit to an identity. */
  readonly accessTtlMs?: number;
  /** What a push does when the branch has moved. Default AlwaysRebase. */
  readonly pushPolicy?: PushPolicy;
  /** Keeps objects in files too, which other processes may share. Default: in memory only. */
  readonly disk?: DiskCacheOptions;
  /** How hosts are reached over SSH. */
  readonly ssh?: Partial<SshOptions>;
}

/** Repositories, each with an identity, whose reads are joined. */
const maxRemotes = 2_000;

const mebibyte = 1024 * 1024;
const defaults: Required<Omit<GitReposOptions, 'disk'>> = {
  cacheBytes: 64 * mebibyte,
  requestTimeoutMs: 120_000,
  stallTimeoutMs: 30_000,
  maxPackBytes: 512 * mebibyte,
  accessTtlMs: 5 * 60_000,
  pushPolicy: 'AlwaysRebase',
  ssh: {},
};

const sshDefaults: SshOptions = {
  endpoints: {},
  trustOnFirstUse: true,
  connectTimeoutMs: 20_000,
  idleTimeoutMs: 60_000,
  maxChannels: 8,
  maxConnections: 4,
};

/** Repositories together with their history, which share what they have fetched. */
export interface GitAdapter extends GitRepos {
  readonly history: GitHistory;
  /** Closes the connections that are kept and not in use. */
  close(): void;
}

/** Creates the adapter for git hosts over HTTP and SSH. */
export function createGitRepos(deps: GitReposDeps, options: GitReposOptions = {}): GitAdapter {
  return new ProtocolGitRepos(deps, { ...defaults, ...options });
}

class ProtocolGitRepos implements GitAdapter {
  readonly history: GitHistory;
  readonly #transport: GitTransport;
  readonly #cache: ObjectCache;
  readonly #disk: DiskCache | undefined;
  readonly #access: Access;
  readonly #heads = new Heads();
  /** The commits that were last checked out of branches: what is fetched next differs little from them. */
  readonly #lastRead = new Heads();
  /** One for each repository and identity, so that their reads can be joined. */
  readonly #objects = new LRUCache<string, RemoteObjects>({ max: maxRemotes });
  readonly #pusher: Pusher;
  readonly #signers = new Signers();
  readonly #close: () => void;

  constructor(deps: GitReposDeps, options: GitReposOptions & typeof defaults) {
    const metrics = createGitMetrics(deps.metrics);
    const http = new HttpCarrier(deps.http, metrics, options);
    const { clock, hostKeys } = deps;
    const ssh = new SshCarrier({ clock, metrics, hostKeys }, { ...options, ...sshDefaults, ...options.ssh });
    this.#close = () => ssh.close();
    this.#transport = new GitTransport(new Carriers({ http, ssh }), options);
    this.#cache = new ObjectCache(options.cacheBytes);
    this.#disk = options.disk === undefined ? undefined : new DiskCache(deps.clock, options.disk);
    this.#access = new Access(deps.clock, options.accessTtlMs);
    const shared = {
      transport: this.#transport,
      access: this.#access,
      objectsOf: (remote: GitRemote) => this.#objectsOf(remote),
    };
    this.history = new ProtocolHistory(shared);
    this.#pusher = new Pusher({
      ...shared,
      heads: this.#heads,
      signers: this.#signers,
      clock: deps.clock,
      random: deps.random,
      policy: options.pushPolicy,
    });
  }

  close(): void {
    this.#close();
  }

  async resolve(remote: GitRemote, target: RefTarget, signal: AbortSignal): Promise<ResolvedRef> {
    if (target.kind === 'commit') {
      const short = target.commit.toLowerCase();
      const deps = { transport: this.#transport, source: this.#objectsOf(remote) };
      const commit = isShortId(short) ? await findByShortId(remote, short, deps, signal) : target.commit;
      await this.#readProven(remote, { commit }, signal);
      return { commit };
    }
    const name = nameOf(target);
    const refs = await this.#transport.listRefs(remote, [name], signal);
    const found = refs.find((ref) => ref.name === name);
    if (found === undefined) {
      const what = target.kind === 'default' ? 'a default branch' : name;
      throw gitErrors.create('git.ref-not-found', `${describeUrl(remote.url)} has no ${what}`);
    }
    return this.#toResolved(remote, target, found);
  }

  async checkout(remote: GitRemote, at: CheckoutRequest, signal: AbortSignal): Promise<Worktree> {
    const commit = toId(at.commit, remote);
    const { tree } = await this.#readProven(remote, at, signal);
    if (at.branch !== undefined) this.#lastRead.set(remote, at.branch, commit);
    const worktree = new GitWorktree({
      remote,
      branch: at.branch,
      anchor: { commit, tree },
      sourceOf: (one) => this.#objectsOf(one),
      prove: (one, id, until) => this.#readProven(one, { commit: id }, until),
      signers: this.#signers,
      ...(at.sparse === undefined ? {} : { sparse: at.sparse }),
    });
    this.#pusher.expect(worktree);
    return worktree;
  }

  async createBranch(
    remote: GitRemote,
    branch: string,
    draft: CommitDraft,
    signal: AbortSignal,
  ): Promise<ResolvedRef> {
    assertBranchName(branch);
    const signer = draft.signingKey === undefined ? undefined : await this.#signers.load(draft.signingKey);
    const made = await createSigned(fromDraft(draft, { tree: emptyTreeId, parents: [] }), signer);
    const objects = new Map([[made.id, made.object]]);
    const command = { ref: `refs/heads/${branch}`, oldId: zeroId, newId: made.id };
    const emptyTree = { type: 'tree', data: new Uint8Array() } as const;
    const answer = await this.#transport.push(remote, [command], [made.object, emptyTree], signal);
    if (readOutcome(answer, command.ref, remote.url) === 'moved') {
      const where = `branch ${JSON.stringify(branch)} of ${describeUrl(remote.url)}`;
      throw gitErrors.create('git.push-rejected', `${where} exists already`);
    }
    this.#objectsOf(remote).remember(objects);
    this.#seen(remote, made.id, branch);
    return { commit: made.id, branch };
  }

  async readCommit(remote: GitRemote, commit: string, signal: AbortSignal): Promise<GitCommit> {
    return toGitCommit(commit, await this.#readProven(remote, { commit }, signal));
  }

  async push(request: PushRequest, signal: AbortSignal): Promise<PushResult> {
    const { worktree } = request;
    if (!(worktree instanceof GitWorktree)) throw new Error('only work trees of this module can be pushed');
    return this.#pusher.push(request, worktree, signal);
  }

  async pushTag(request: TagPushRequest, signal: AbortSignal): Promise<{ readonly adopted: boolean }> {
    const { worktree } = request;
    if (!(worktree instanceof GitWorktree)) throw new Error('only work trees of this module can be pushed');
    const adopted = await pushTag({ ...request, worktree }, this.#transport, signal);
    return { adopted };
  }

  #objectsOf(remote: GitRemote): RemoteObjects {
    const key = `${accessKey(remote)}\n${remote.insecureSkipTLSVerify === true}`;
    const known = this.#objects.get(key);
    if (known !== undefined) {
      known.use(remote);
      return known;
    }
    const deps = { transport: this.#transport, cache: this.#cache, disk: this.#disk };
    const made = new RemoteObjects(remote, deps);
    this.#objects.set(key, made);
    return made;
  }

  #toResolved(remote: GitRemote, target: RefTarget, ref: RemoteRef): ResolvedRef {
    const id = ref.peeled ?? ref.id;
    const symbolic = ref.symrefTarget?.replace(/^refs\/heads\//, '');
    const branch =
      target.kind === 'branch' ? target.branch : target.kind === 'default' ? symbolic : undefined;
    this.#seen(remote, id, branch);
    return branch === undefined ? { commit: id } : { commit: id, branch };
  }

  #seen(remote: GitRemote, commit: ObjectId, branch: string | undefined): void {
    this.#access.prove(remote, commit);
    if (branch !== undefined) this.#heads.set(remote, branch, commit);
  }

  /**
   * A commit to which this identity has access. When the remote has not shown it to the identity lately, it is asked
   * for even if it is cached.
   */
  async #readProven(remote: GitRemote, at: ResolvedRef, signal: AbortSignal): Promise<Commit> {
    const id = toId(at.commit, remote);
    const source = this.#objectsOf(remote);
    const cached = this.#access.isProven(remote, id) ? source.cachedCommit(id) : undefined;
    if (cached !== undefined) return cached;
    const last = at.branch === undefined ? undefined : this.#lastRead.get(remote, at.branch);
    const isUsable = last !== undefined && last !== id && source.cachedCommit(last) !== undefined;
    // With what was read last as a base, all directories that have changed since come along.
    const base = isUsable ? { haves: [last], filter: 'blob:none' } : { filter: 'tree:0' };
    const fetched = commitsOf(await source.fetch({ wants: [id], depth: 1, ...base }, signal));
    const commit = fetched.get(id) ?? (await source.readCommit(id, signal));
    this.#access.prove(remote, id);
    return commit;
  }
}

function nameOf(target: Exclude<RefTarget, { kind: 'commit' }>): string {
  if (target.kind === 'default') return 'HEAD';
  return target.kind === 'branch' ? `refs/heads/${target.branch}` : `refs/tags/${target.tag}`;
}

function toId(commit: string, remote: GitRemote): ObjectId {
  const id = commit.toLowerCase();
  if (isObjectId(id)) return id;
  const what = `${JSON.stringify(commit)} is not the full id of a commit of ${describeUrl(remote.url)}`;
  throw gitErrors.create('git.ref-not-found', what, { hint: 'Give all 40 hexadecimal digits.' });
}
