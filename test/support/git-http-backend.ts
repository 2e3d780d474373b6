import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { passwordHost, type TestGitHost } from './git-hosts.ts';
import { startTestServer } from './http-server.ts';
import { createTemporaryFolder, git, hasNativeGit } from './native-git.ts';

/** A native host; tests may change its repositories by hand. */
export interface NativeGitHost extends TestGitHost {
  /** Host and port. */
  readonly address: string;
  readonly username: string;
  readonly password: string;
  /** Makes an empty repository whose default branch will be "main"; gives its URL. */
  createRepository(name: string, flags?: readonly string[]): Promise<string>;
  /** The folder of a repository. */
  folderOf(name: string): string;
}

/** Is there a native git that can serve over HTTP? */
export const hasGitHttpBackend: boolean =
  hasNativeGit &&
  ['/usr/lib/git-core', '/usr/libexec/git-core'].some((folder) =>
    existsSync(join(folder, 'git-http-backend')),
  );

/** Starts native git's own HTTP server program behind a tiny CGI server; asks for a user and password. */
export async function startGitHttpBackend(
  options: {
    readonly canFilter?: boolean;
    /** The newest version of the protocol that it speaks. Default: 2. */
    readonly version?: 0 | 1 | 2;
    readonly account?: { readonly username: string; readonly password: string };
  } = {},
): Promise<NativeGitHost> {
  const folder = createTemporaryFolder();
  const { username, password } = options.account ?? { username: 'gantry', password: 'correct horse' };
  const expected = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const server = await startTestServer((request, response) => {
    if (request.headers.authorization !== expected) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end('who are you?');
      return;
    }
    serve(folder.path, options.version ?? 2, request, response);
  });
  return {
    address: server.address,
    ...passwordHost(username, password),
    username,
    password,
    folderOf: (name) => join(folder.path, `${name}.git`),
    async createRepository(name, flags = []) {
      await git(folder.path, ['init', '--quiet', '--bare', '--initial-branch=main', ...flags, `${name}.git`]);
      const repository = join(folder.path, `${name}.git`);
      await git(repository, ['config', 'http.receivepack', 'true']);
      await git(repository, ['config', 'uploadpack.allowFilter', String(options.canFilter ?? true)]);
      return `${server.url}/${name}.git`;
    },
    async verify(name) {
      await git(join(folder.path, `${name}.git`), ['fsck', '--strict', '--no-dangling']);
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      folder[Symbol.dispose]();
    },
  };
}

/** Longest run of one request, in milliseconds. */
const maxRequestMs = 60_000;

function serve(root: string, version: number, request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const child = spawn('git', ['http-backend'], {
    env: {
      PATH: process.env['PATH'] ?? '',
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: '1',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      REQUEST_METHOD: request.method ?? 'GET',
      PATH_INFO: decodeURIComponent(url.pathname),
      QUERY_STRING: url.search.slice(1),
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      CONTENT_LENGTH: request.headers['content-length'] ?? '',
      GIT_PROTOCOL: version === 2 ? String(request.headers['git-protocol'] ?? '') : `version=${version}`,
      REMOTE_USER: 'gantry',
      REMOTE_ADDR: '127.0.0.1',
    },
    timeout: maxRequestMs,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  child.on('error', () => response.destroy());
  response.on('close', () => child.kill());
  request.pipe(child.stdin).on('error', () => undefined);
  relay(child.stdout, response);
}

/** CGI: headers up to an empty line, then the body. */
function relay(output: NodeJS.ReadableStream, response: ServerResponse): void {
  let head = Buffer.alloc(0);
  output.on('data', (chunk: Buffer) => {
    if (response.headersSent) {
      response.write(chunk);
      return;
    }
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end < 0) return;
    let status = 200;
    const headers: Record<string, string> = {};
    for (const line of head.toString('latin1', 0, end).split('\r\n')) {
      const colon = line.indexOf(':');
      const name = line.slice(0, colon).toLowerCase();
      const value = line.slice(colon + 1).trim();
      if (name === 'status') status = Number.parseInt(value, 10);
      else headers[name] = value;
    }
    response.writeHead(status, headers);
    response.write(head.subarray(end + 4));
  });
  output.on('end', () => response.end());
}
