import type { Clock, Log } from '../../ports/index.ts';
import { type ObjectId, type RefCommand, type Signature, zeroId } from '../../wire/git/index.ts';
import type { Account, RequestHandler } from '../http/index.ts';
import { commitFiles, type FileChanges, type LogEntry, readFile, readLog, signNow } from './contents.ts';
import { gitServerErrors } from './errors.ts';
import { createGitHandler } from './handler.ts';
import { Repository } from './repository.ts';
import { listenGitSsh, type SshListening, type SshListenOptions } from './ssh.ts';

/** What the embedded git server needs. */
export interface GitServerDeps {
  readonly clock: Clock;
  readonly log?: Log;
}

/** How the embedded git server behaves. */
export interface GitServerOptions {
  /** Who may use it; without any, everybody may. */
  readonly accounts?: readonly Account[];
  /** May repositories be read without an account? Default: no, when there are accounts. */
  readonly anonymousRead?: boolean;
  /** Does a push to a repository that does not exist make it? Default: yes. */
  readonly createOnPush?: boolean;
  /** Refuse pushes that drop commits. Default: no, as in git. */
  readonly denyNonFastForwards?: boolean;
  /** Default: 512 MiB. */
  readonly maxPackBytes?: number;
}

/** A change of a reference that has happened, by a push or in process. */
export interface Pushed {
  readonly repository: string;
  readonly changes: readonly RefCommand[];
}

/** Repositories in memory, served over smart HTTP by `handle` and over SSH; the rest is for demo, forge and tests. */
export interface GitServer {
  readonly handle: RequestHandler;
  /** Serves the same repositories over SSH as well. */
  listenSsh(options: SshListenOptions): Promise<SshListening>;
  /** Requests answered so far, all and by kind ("info-refs", "upload-pack", "receive-pack"). */
  readonly requests: Readonly<Record<string, number>>;
  /** Those whose token has not ended. */
  readonly accounts: readonly Account[];
  /** Lets one more account in. */
  admit(account: Account): void;
  listRepositories(): string[];
  /** By "owner/name", whatever the case. Errors: git-server.not-found. */
  repository(name: string): Repository;
  findRepository(name: string): Repository | undefined;
  /** The repository of that name, made when it does not exist. */
  createRepository(name: string): Repository;
  /** Commits files to a branch and gives the commit's id. */
  commitFiles(
    name: string,
    branch: string,
    draft: { readonly files: FileChanges; readonly message: string; readonly author?: Signature },
  ): string;
  /** The bytes of a file at a branch, tag or commit; `undefined` when there is none. */
  readFile(name: string, revision: string, path: string): Buffer | undefined;
  /** Along first parents, newest first. */
  log(name: string, revision: string, maxCount?: number): LogEntry[];
  /** Points a branch to a commit, or removes it, as a push would; announced like a push. */
  setBranch(name: string, branch: string, id: ObjectId | undefined): void;
  /** Declines pushes over HTTP to a branch in GitHub's words; merging pull requests stays possible. */
  protectBranch(name: string, branch: string): void;
  /** Called after every change of references, by a push or in process; the returned function ends it. */
  onPushed(listener: (pushed: Pushed) => void): () => void;
}

/** Creates the embedded git server; mount `handle`, or give it to `listen`. */
export function createGitServer(deps: GitServerDeps, options: GitServerOptions = {}): GitServer {
  const repositories = new Map<string, Repository>();
  const listeners = new Set<(pushed: Pushed) => void>();
  const requests: Record<string, number> = { all: 0 };
  const admitted: Account[] = [];
  const listAccounts = (): readonly Account[] => {
    const nowMs = deps.clock.nowMs();
    const isLive = ({ expiresAtMs = Number.POSITIVE_INFINITY }: Account): boolean => expiresAtMs > nowMs;
    return [...(options.accounts ?? []), ...admitted].filter(isLive);
  };
  const find = (name: string): Repository | undefined => repositories.get(toKey(name));
  const expect = (name: string): Repository => {
    const found = find(name);
    if (found) return found;
    throw gitServerErrors.create('git-server.not-found', `there is no repository "${name}"`);
  };
  const create = (name: string): Repository => {
    const made = find(name) ?? new Repository(name);
    repositories.set(toKey(name), made);
    return made;
  };
  const count = (kind: string): void => {
    requests['all'] = (requests['all'] ?? 0) + 1;
    requests[kind] = (requests[kind] ?? 0) + 1;
  };
  const announce = (pushed: Pushed): void => {
    for (const listener of listeners) listener(pushed);
  };
  const announceBranch = (
    repository: Repository,
    branch: string,
    before: ObjectId | undefined,
    id: ObjectId | undefined,
  ): void => {
    const change = { ref: `refs/heads/${branch}`, oldId: before ?? zeroId, newId: id ?? zeroId };
    announce({ repository: repository.name, changes: [change] });
  };
  const inside = { find, create, count, announce, listAccounts, log: deps.log };
  return {
    handle: createGitHandler(inside, options),
    listenSsh: (how) => listenGitSsh(inside, options, how),
    requests,
    get accounts() {
      return listAccounts();
    },
    admit: (account) => admitted.push(account),
    listRepositories: () => [...repositories.values()].map(({ name }) => name).sort(),
    repository: expect,
    findRepository: find,
    createRepository: create,
    commitFiles(name, branch, draft) {
      const author = draft.author ?? signNow(deps.clock, 'Example', 'example@example.com');
      const repository = create(name);
      const before = repository.refs.get(`refs/heads/${branch}`);
      const id = commitFiles(repository, branch, { ...draft, author });
      announceBranch(repository, branch, before, id);
      return id;
    },
    setBranch(name, branch, id) {
      const repository = expect(name);
      const before = repository.refs.get(`refs/heads/${branch}`);
      repository.refs.set(`refs/heads/${branch}`, id);
      announceBranch(repository, branch, before, id);
    },
    readFile: (name, revision, path) => readFile(expect(name), revision, path),
    log: (name, revision, maxCount = 100) => readLog(expect(name), revision, maxCount),
    protectBranch(name, branch) {
      const isIt = (ref: string): boolean => ref === `refs/heads/${branch}`;
      create(name).pushRules.push(({ ref }) => (isIt(ref) ? 'protected branch hook declined' : undefined));
    },
    onPushed(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function toKey(name: string): string {
  return name.replace(/\.git$/, '').toLowerCase();
}
