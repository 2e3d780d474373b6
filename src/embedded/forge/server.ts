import type { IncomingMessage } from 'node:http';
import { describeError, type JsonValue } from '../../base/index.ts';
import type { Clock, Log } from '../../ports/index.ts';
import type { GitServer, Repository } from '../git-server/index.ts';
import {
  embeddedHttpErrors,
  findAccount,
  maySee,
  type RequestHandler,
  readBasicOrBearer,
  readJsonBody,
  sendJson,
} from '../http/index.ts';
import { followAuto, leaveQueue } from './core/auto.ts';
import type { ForgeUrls, Front } from './core/front.ts';
import type { MergeMethod } from './core/merge.ts';
import { declinePull, type Merged, mergePull, type PullContext } from './core/operations.ts';
import { sendPage } from './core/page.ts';
import { type Pull, PullList } from './core/pulls.ts';
import { createRateLimit } from './core/rate-limit.ts';
import type { Reply } from './core/reply.ts';
import { type ForgeFlavor, fronts } from './fronts.ts';
import { createApps, type EmbeddedApp } from './github/apps.ts';

/** What the embedded forge needs. Accounts are those of the git server. */
export interface ForgeDeps {
  readonly clock: Clock;
  readonly git: GitServer;
  readonly log?: Log;
}

/** How the embedded forge behaves. */
export interface ForgeOptions {
  /** Whose API it speaks. Default: GitHub's. */
  readonly flavor?: ForgeFlavor;
  /** Default: those of the public host of that kind. */
  readonly urls?: ForgeUrls;
  /** Default: all. */
  readonly mergeMethods?: readonly MergeMethod[];
  /** Remove the head branch when a pull request is merged. Default: no. */
  readonly deleteBranchOnMerge?: boolean;
  /** Merge through a queue (GitHub), or on trains (GitLab). Default: no. */
  readonly mergeQueue?: boolean;
  /** Requests per hour and token. Default: 5000. */
  readonly rateLimit?: number;
  /** Accounts that may look at everything and change nothing. Default: none. */
  readonly readers?: readonly string[];
  /** GitHub Apps, which get tokens for single repositories. Default: none. */
  readonly apps?: readonly EmbeddedApp[];
}

/** What happened to a pull request. */
export interface PullChange {
  readonly repository: string;
  readonly number: number;
  readonly title: string;
  readonly url: string;
  readonly login: string;
  readonly change: 'opened' | 'merged' | 'closed' | 'updated';
}

/** Pull requests in the REST shape of one kind of git host over the repositories of a git server. */
export interface EmbeddedForge extends Disposable {
  /** The API, for requests with the paths of the host. */
  readonly handleApi: RequestHandler;
  /** The pages for people. */
  readonly handlePages: RequestHandler;
  listPulls(repository: string): readonly Readonly<Pull>[];
  /** Merges as an account would; gives the commit, or the forge's words when it does not. */
  merge(
    repository: string,
    number: number,
    options: { readonly login: string; readonly method?: MergeMethod },
  ): Promise<{ readonly commit: string } | { readonly error: string }>;
  /** Closes without merging as an account would. */
  decline(repository: string, number: number, options: { readonly login: string }): void;
  /**
   * Has a check or review of a pull request missing, or no longer; resolves when what was to be merged by itself then has
   * been, or waits in the queue.
   */
  block(repository: string, number: number, isBlocked: boolean): Promise<void>;
  /** Takes everything out of the merge queue of a repository: merged, or because its checks have failed there. */
  runQueue(repository: string, end: 'merged' | 'failed'): Promise<void>;
  /** Called after every change; the returned function ends it. */
  onChanged(listener: (change: PullChange) => void): () => void;
}

const allMethods: readonly MergeMethod[] = ['merge', 'squash', 'rebase', 'rebase-merge', 'fast-forward'];
const maxBodyBytes = 1024 * 1024;

/** Creates the embedded forge; mount its two handlers. */
export function createForge(deps: ForgeDeps, options: ForgeOptions = {}): EmbeddedForge {
  const { clock, git } = deps;
  const front = fronts[options.flavor ?? 'github'];
  const urls = options.urls ?? front.urls;
  const lists = new Map<string, PullList>();
  const listeners = new Set<(change: PullChange) => void>();
  const answerApp = createApps(deps, options.apps ?? [], urls);
  const limit = createRateLimit(clock, options.rateLimit ?? 5000);
  const pullsOf = (repository: Repository): PullList => {
    const pulls = lists.get(repository.name) ?? new PullList();
    lists.set(repository.name, pulls);
    return pulls;
  };
  const contextFor = (repository: Repository, login: string): PullContext => ({
    clock,
    git,
    repository,
    pulls: pullsOf(repository),
    login,
    mergeMethods: options.mergeMethods ?? allMethods,
    deleteBranchOnMerge: options.deleteBranchOnMerge === true,
    hasMergeQueue: options.mergeQueue === true,
    onChanged(pull, change) {
      const { number, title } = pull;
      const url = front.pullUrl(urls, repository.name, number);
      for (const listener of listeners)
        listener({ repository: repository.name, number, title, url, login, change });
    },
  });
  const stopFollowing = git.onPushed(({ repository: name }) => {
    const repository = git.repository(name);
    for (const pull of pullsOf(repository).follow(repository, clock.nowMs())) {
      const change = pull.merge !== undefined ? 'merged' : pull.state === 'closed' ? 'closed' : 'updated';
      contextFor(repository, pull.author).onChanged(pull, change);
    }
  });

  async function answer(request: IncomingMessage): Promise<Reply> {
    const account = findAccount(request, git.accounts);
    const method = request.method ?? 'GET';
    if (options.apps !== undefined) {
      const path = new URL(request.url ?? '/', urls.api).pathname.replace(/^\/api\/v3(?=\/)/, '');
      const body = /^\/app\//.test(path) ? await readJson(request) : undefined;
      const sent = body?.isRead === true ? body.value : undefined;
      const bearer = readBasicOrBearer(request) ?? '';
      const reply = answerApp({ method, path, bearer, body: sent, account });
      if (reply !== undefined) return reply;
    }
    if (account === undefined && git.accounts.length > 0) {
      const hasSome = request.headers.authorization !== undefined;
      return front.refuse(hasSome ? 'wrong-token' : 'unauthenticated');
    }
    const window = limit.take(account?.token ?? '');
    const headers = front.limitHeaders(window);
    if (!window.isWithin) return { ...front.refuse('rate-limited'), headers };
    const login = account?.login ?? 'ghost';
    const isReader = options.readers?.includes(login) === true;
    const refusal = isReader && method !== 'GET' ? refuseReader(front, request.url ?? '/') : undefined;
    if (refusal !== undefined) return { ...refusal, headers };
    const body = await readJson(request);
    if (!body.isRead) return front.refuse('malformed');
    const reply = await front.route({
      method,
      url: new URL(request.url ?? '/', urls.api),
      body: body.value,
      login,
      urls,
      logins: git.accounts.map((one) => one.login),
      find: (name) => (maySee(account, name) ? git.findRepository(name) : undefined),
      contextFor: (repository) => contextFor(repository, login),
    });
    return { ...reply, headers: { ...headers, ...reply.headers } };
  }

  const findPull = (name: string, number: number): Pull | undefined => {
    const repository = git.findRepository(name);
    return repository === undefined ? undefined : pullsOf(repository).get(number);
  };
  return {
    handleApi(request, response) {
      const send = ({ status, body, headers }: Reply): void => {
        if (body === undefined) response.writeHead(status, headers ?? {}).end();
        else sendJson(response, status, body, headers);
      };
      answer(request).then(send, (error: unknown) => {
        deps.log?.warn('forge request failed', { error: describeError(error) });
        send(front.refuse('broken'));
      });
    },
    handlePages: (request, response) =>
      sendPage(request, response, (path) => {
        const page = front.readPage(path);
        return page === undefined ? undefined : findPull(page.name, page.number);
      }),
    listPulls: (name) => pullsOf(git.repository(name)).all(),
    async merge(name, number, { login, method = 'merge' }) {
      const context = contextFor(git.repository(name), login);
      const pull = context.pulls.get(number);
      if (pull === undefined) return { error: `there is no pull request ${number} in ${name}` };
      const texts = front.describeMerge(pull, context.repository.name, method);
      const merged = await mergePull(context, pull, { method }, texts);
      return merged.kind === 'merged' ? { commit: merged.commit } : { error: reasons[merged.kind] };
    },
    decline(name, number, { login }) {
      const pull = findPull(name, number);
      if (pull !== undefined) declinePull(contextFor(git.repository(name), login), pull);
    },
    async block(name, number, isBlocked) {
      const pull = findPull(name, number);
      if (pull === undefined) return;
      pull.isBlocked = isBlocked;
      const context = contextFor(git.repository(name), pull.auto?.login ?? pull.author);
      await followAuto(context, pull, front.describeMerge);
    },
    async runQueue(name, end) {
      const repository = git.repository(name);
      for (const pull of pullsOf(repository).all()) {
        const context = contextFor(repository, pull.queue?.login ?? pull.author);
        await leaveQueue(context, pull, end, front.describeMerge);
      }
    },
    onChanged(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    [Symbol.dispose]: stopFollowing,
  };
}

const reasons: Readonly<Record<Exclude<Merged['kind'], 'merged'>, string>> = {
  closed: 'the pull request is closed',
  draft: 'the pull request is a draft',
  blocked: 'a check of the pull request is missing',
  conflict: 'the pull request conflicts with its base',
  'head-moved': 'the head of the pull request has moved',
  'base-moved': 'the base of the pull request has moved',
  'method-off': 'this way of merging is not allowed',
};

function refuseReader(front: Front, url: string): Reply | undefined {
  if (front.refuseReader === undefined) return front.refuse('forbidden');
  return front.refuseReader(url.replace(/\?.*$/, ''));
}

async function readJson(
  request: IncomingMessage,
): Promise<{ readonly isRead: true; readonly value: JsonValue | undefined } | { readonly isRead: false }> {
  try {
    return { isRead: true, value: await readJsonBody(request, maxBodyBytes) };
  } catch (error) {
    if (embeddedHttpErrors.is(error)) return { isRead: false };
    throw error;
  }
}
