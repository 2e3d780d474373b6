import type { IncomingMessage } from 'node:http';
import { describeError, isJsonObject, type JsonValue } from '../../base/index.ts';
import type { Clock, Log } from '../../ports/index.ts';
import type { GitServer, Repository } from '../git-server/index.ts';
import {
  embeddedHttpErrors,
  findAccount,
  type RequestHandler,
  readJsonBody,
  sendJson,
} from '../http/index.ts';
import type { MergeMethod } from './merge.ts';
import { mergePull, type PullContext } from './operations.ts';
import { sendPage } from './page.ts';
import { type Pull, PullList } from './pulls.ts';
import { createRateLimit } from './rate-limit.ts';
import { type ForgeUrls, pullUrl } from './render.ts';
import { problem, type Reply } from './reply.ts';
import { route } from './routes.ts';

/** What the embedded forge needs. Accounts are those of the git server. */
export interface ForgeDeps {
  readonly clock: Clock;
  readonly git: GitServer;
  readonly log?: Log;
}

/** How the embedded forge behaves. */
export interface ForgeOptions {
  /** Default: those of github.com. */
  readonly urls?: ForgeUrls;
  /** Default: all three. */
  readonly mergeMethods?: readonly MergeMethod[];
  /** Remove the head branch when a pull request is merged. Default: no. */
  readonly deleteBranchOnMerge?: boolean;
  /** Requests per hour and token. Default: 5000. */
  readonly rateLimit?: number;
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

/** Pull requests in GitHub's REST shape over the repositories of a git server. */
export interface EmbeddedForge extends Disposable {
  /** The API, at the root of its host or below "/api/v3". */
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
  /** Called after every change; the returned function ends it. */
  onChanged(listener: (change: PullChange) => void): () => void;
}

const githubUrls: ForgeUrls = { web: 'https://github.com', api: 'https://api.github.com' };
const maxBodyBytes = 1024 * 1024;

/** Creates the embedded forge; mount its two handlers. */
export function createForge(deps: ForgeDeps, options: ForgeOptions = {}): EmbeddedForge {
  const { clock, git } = deps;
  const urls = options.urls ?? githubUrls;
  const lists = new Map<string, PullList>();
  const listeners = new Set<(change: PullChange) => void>();
  const limit = createRateLimit(clock, options.rateLimit ?? 5000);
  const pullsOf = (repository: Repository): PullList => {
    const pulls = lists.get(repository.name) ?? new PullList();
    lists.set(repository.name, pulls);
    return pulls;
  };
  const contextFor = (repository: Repository, login: string): PullContext => ({
    clock,
    git,
    urls,
    repository,
    pulls: pullsOf(repository),
    login,
    mergeMethods: options.mergeMethods ?? ['merge', 'squash', 'rebase'],
    deleteBranchOnMerge: options.deleteBranchOnMerge === true,
    onChanged(pull, change) {
      const { number, title } = pull;
      const url = pullUrl(urls, repository.name, number);
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
    if (account === undefined && git.accounts.length > 0) {
      const hasSome = request.headers.authorization !== undefined;
      return problem(401, hasSome ? 'Bad credentials' : 'Requires authentication');
    }
    const taken = limit.take(account?.token ?? '');
    if (!taken.isWithin) {
      const refusal = problem(403, `API rate limit exceeded for user ID 1.`);
      return { ...refusal, headers: taken.headers };
    }
    const body = await readJson(request);
    if ('status' in body) return body;
    const reply = await route({
      method: request.method ?? 'GET',
      url: new URL(request.url ?? '/', urls.api),
      body: body.value,
      login: account?.login ?? 'ghost',
      urls,
      find: (name) => git.findRepository(name),
      contextFor,
    });
    return { ...reply, headers: { ...taken.headers, ...reply.headers } };
  }

  return {
    handleApi(request, response) {
      answer(request).then(
        ({ status, body, headers }) => {
          if (body === undefined) response.writeHead(status, headers ?? {}).end();
          else sendJson(response, status, body, headers);
        },
        (error: unknown) => {
          deps.log?.warn('forge request failed', { error: describeError(error) });
          sendJson(response, 500, { message: 'Server Error' });
        },
      );
    },
    handlePages: (request, response) =>
      sendPage(request, response, (name, number) => {
        const repository = git.findRepository(name);
        return repository === undefined ? undefined : pullsOf(repository).get(number);
      }),
    listPulls: (name) => pullsOf(git.repository(name)).all(),
    async merge(name, number, { login, method }) {
      const context = contextFor(git.repository(name), login);
      const pull = context.pulls.get(number);
      if (pull === undefined) return { error: `there is no pull request ${number} in ${name}` };
      const reply = await mergePull(context, pull, method === undefined ? {} : { merge_method: method });
      if (pull.merge !== undefined && reply.status === 200) return { commit: pull.merge.commit };
      return { error: String(isJsonObject(reply.body) ? reply.body['message'] : reply.status) };
    },
    onChanged(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    [Symbol.dispose]: stopFollowing,
  };
}

async function readJson(
  request: IncomingMessage,
): Promise<Reply | { readonly value: JsonValue | undefined }> {
  try {
    return { value: await readJsonBody(request, maxBodyBytes) };
  } catch (error) {
    if (embeddedHttpErrors.is(error)) return problem(400, 'Problems parsing JSON');
    throw error;
  }
}
