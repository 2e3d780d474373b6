import type { IncomingMessage, ServerResponse } from 'node:http';
import { describeError } from '../../base/index.ts';
import type { Log } from '../../ports/index.ts';
import { encodePacket, type GitService, gitWireErrors } from '../../wire/git/index.ts';
import {
  type Account,
  embeddedHttpErrors,
  findAccount,
  maySee,
  type RequestHandler,
  readBody,
  sendText,
} from '../http/index.ts';
import { receivePush } from './receive-pack.ts';
import { Repository } from './repository.ts';
import type { GitServerOptions, Pushed } from './server.ts';
import { answerV0, answerV2 } from './upload-pack.ts';
import { encodeWelcome } from './welcome.ts';

/** What the handler needs of the server. */
export interface GitHandlerDeps {
  find(name: string): Repository | undefined;
  create(name: string): Repository;
  count(kind: string): void;
  announce(pushed: Pushed): void;
  /** Everybody who may use the server now; nobody when it is open to all. */
  listAccounts(): readonly Account[];
  readonly log: Log | undefined;
}

interface Route {
  readonly name: string;
  readonly service: GitService;
  readonly kind: 'info-refs' | 'upload-pack' | 'receive-pack';
}

/** Of one push, unless an option says otherwise. */
export const defaultMaxPackBytes = 512 * 1024 * 1024;

/** The request handler of git's smart HTTP protocol, versions 0 and 2. */
export function createGitHandler(deps: GitHandlerDeps, options: GitServerOptions): RequestHandler {
  return (request, response) => {
    answer(deps, options, request, response).catch((error: unknown) => {
      deps.log?.debug('git request failed', { error: describeError(error) });
      if (response.headersSent) response.destroy();
      else sendText(response, statusOf(error), `${describeError(error)}\n`);
    });
  };
}

/** Is this one of the three paths of git's smart HTTP protocol? */
export function isGitPath(url: string | undefined): boolean {
  return findRoute('GET', url ?? '') !== undefined || findRoute('POST', url ?? '') !== undefined;
}

async function answer(
  deps: GitHandlerDeps,
  options: GitServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const route = findRoute(request.method ?? '', request.url ?? '');
  if (route === undefined) return sendText(response, 404, 'not found\n');
  deps.count(route.kind);
  const accounts = deps.listAccounts();
  const account = findAccount(request, accounts);
  const isRead = route.service === 'git-upload-pack';
  const isOpen = accounts.length === 0 || (isRead && options.anonymousRead === true);
  if (account === undefined && !isOpen) {
    return sendText(response, 401, 'Invalid username or token.\n', {
      'www-authenticate': 'Basic realm="GitHub"',
    });
  }
  if (!maySee(account, route.name)) return sendText(response, 404, 'Repository not found.\n');
  const found = deps.find(route.name);
  const isMade = !isRead && options.createOnPush !== false;
  const repository = found ?? (isMade ? makeRepository(deps, route) : undefined);
  if (repository === undefined) return sendText(response, 404, 'Repository not found.\n');
  const isV2 = /(?:^|:)version=2(?:$|:)/.test(String(request.headers['git-protocol'] ?? ''));
  if (route.kind === 'info-refs') return advertise(response, repository, route.service, isV2);
  const type = { 'content-type': `application/x-${route.service}-result`, 'cache-control': 'no-cache' };
  const body = readBody(request, options.maxPackBytes ?? defaultMaxPackBytes);
  if (!isRead) {
    const report = await receivePush(repository, body, {
      login: account?.login,
      denyNonFastForwards: options.denyNonFastForwards === true,
      maxPackBytes: options.maxPackBytes ?? defaultMaxPackBytes,
      onPushed: (changes) => deps.announce({ repository: repository.name, changes }),
    });
    response.writeHead(200, { ...type, 'content-length': report.length }).end(report);
    return;
  }
  await stream(response, type, isV2 ? answerV2(repository, body) : answerV0(repository, body));
}

/** A repository comes to be with the request that carries the push, not with the question before it. */
function makeRepository(deps: GitHandlerDeps, route: Route): Repository {
  return route.kind === 'info-refs' ? new Repository(route.name) : deps.create(route.name);
}

function advertise(
  response: ServerResponse,
  repository: Repository,
  service: GitService,
  isV2: boolean,
): void {
  const bytes = encodeWelcome(repository, service, { isV2, isHttp: true });
  const headers = {
    'content-type': `application/x-${service}-advertisement`,
    'content-length': bytes.length,
    'cache-control': 'no-cache',
  };
  response.writeHead(200, headers).end(bytes);
}

async function stream(
  response: ServerResponse,
  headers: Record<string, string>,
  chunks: AsyncIterable<Buffer>,
): Promise<void> {
  try {
    for await (const chunk of chunks) {
      if (!response.headersSent) response.writeHead(200, headers);
      if (response.destroyed) return;
      if (!response.write(chunk)) await drained(response);
    }
  } catch (error) {
    if (response.headersSent || !gitWireErrors.is(error, 'git-wire.remote-error')) throw error;
    response.writeHead(200, headers).write(encodePacket(`ERR ${error.message}`));
  }
  if (!response.headersSent) response.writeHead(200, headers);
  response.end();
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    response.on('drain', done);
    response.on('close', done);
  });
}

function findRoute(method: string, url: string): Route | undefined {
  const { pathname, searchParams } = new URL(url, 'http://git.invalid');
  // For example "/example/gitops.git/info/refs"; owners may have several parts.
  const match = /^\/(?<name>[\w.-]+(?:\/[\w.-]+)+)\/(?<end>info\/refs|git-(?:upload|receive)-pack)$/.exec(
    pathname,
  )?.groups;
  const end = match?.['end'];
  const name = match?.['name']?.replace(/\.git$/, '');
  if (name === undefined || end === undefined || /(?:^|\/)\.\.?(?:\/|$)/.test(name)) return undefined;
  if (end === 'info/refs') {
    const service = searchParams.get('service');
    if (method !== 'GET' || (service !== 'git-upload-pack' && service !== 'git-receive-pack'))
      return undefined;
    return { name, service, kind: 'info-refs' };
  }
  if (method !== 'POST') return undefined;
  if (end === 'git-upload-pack') return { name, service: 'git-upload-pack', kind: 'upload-pack' };
  return { name, service: 'git-receive-pack', kind: 'receive-pack' };
}

function statusOf(error: unknown): number {
  if (embeddedHttpErrors.is(error, 'embedded-http.too-large')) return 413;
  return gitWireErrors.is(error) || embeddedHttpErrors.is(error) ? 400 : 500;
}
