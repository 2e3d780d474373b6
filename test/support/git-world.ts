import { createForge, type EmbeddedForge } from '../../src/embedded/forge/index.ts';
import { createGitServer, type GitServer, isGitPath } from '../../src/embedded/git-server/index.ts';
import { listen, routeByHost } from '../../src/embedded/http/index.ts';
import { createForges } from '../../src/forge/index.ts';
import { createGitRepos } from '../../src/git/index.ts';
import { createHttpClient } from '../../src/http/index.ts';
import type { Credentials, Forges, GitRepos } from '../../src/ports/index.ts';
import { createSystemClock } from '../../src/telemetry/index.ts';
import { createMemoryMetrics } from './memory-metrics.ts';
import { createSeededRandom } from './seeded-random.ts';
import { createTestTls } from './tls.ts';

/** A git host under GitHub's names, in process, and the ports that reach it. */
export interface GitWorld extends AsyncDisposable {
  readonly server: GitServer;
  readonly forge: EmbeddedForge;
  readonly git: GitRepos;
  readonly forges: Forges;
  readonly credentials: Credentials;
  /** Makes a repository with one commit on "main"; gives its URL and its name at the server. */
  seed(files: Readonly<Record<string, string>>): { readonly url: string; readonly name: string };
  /** Another process that knows nothing of what this one has fetched. */
  restart(): Pick<GitWorld, 'git' | 'forges'>;
}

/** Starts the embedded git server and forge. */
export async function startGitWorld(): Promise<GitWorld> {
  const clock = createSystemClock();
  const accounts = [
    { login: 'gantry-bot', token: 'good-token' },
    { login: 'ann', token: 'anns-token' },
  ];
  const server = createGitServer({ clock }, { accounts });
  const forge = createForge({ clock, git: server });
  const hosts = ['github.com', 'api.github.com'];
  const { ca, cert, key } = await createTestTls(hosts);
  const handler = routeByHost({
    'github.com': (request, response) =>
      (isGitPath(request.url) ? server.handle : forge.handlePages)(request, response),
    'api.github.com': forge.handleApi,
  });
  const listening = await listen(handler, { hosts, tls: { cert, key } });
  const endpoint = { address: listening.address, caPem: ca };
  const http = createHttpClient({ endpoints: Object.fromEntries(hosts.map((host) => [host, endpoint])) });
  let count = 0;
  const connect = (): Pick<GitWorld, 'git' | 'forges'> => ({
    git: createGitRepos({ http, clock, random: createSeededRandom(++count), metrics: createMemoryMetrics() }),
    forges: createForges({ http, clock }),
  });
  return {
    server,
    forge,
    ...connect(),
    credentials: {
      find: async () => ({ identity: 'secret demo/git', username: 'gantry-bot', password: 'good-token' }),
    },
    seed(files) {
      const name = `example/repo-${++count}`;
      server.commitFiles(name, 'main', { files, message: 'start\n' });
      return { name, url: `https://github.com/${name}.git` };
    },
    restart: connect,
    async [Symbol.asyncDispose]() {
      await http[Symbol.asyncDispose]();
      forge[Symbol.dispose]();
      await listening[Symbol.asyncDispose]();
    },
  };
}
