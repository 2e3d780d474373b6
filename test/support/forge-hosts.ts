import {
  createForge,
  type EmbeddedForge,
  type ForgeFlavor,
  type ForgeUrls,
} from '../../src/embedded/forge/index.ts';
import { createGitServer, type GitServer, isGitPath } from '../../src/embedded/git-server/index.ts';
import { type Account, listen } from '../../src/embedded/http/index.ts';
import { createForges } from '../../src/forge/index.ts';
import { createHttpClient } from '../../src/http/index.ts';
import type { Forges, HttpClient } from '../../src/ports/index.ts';
import type { ForgeFixture } from '../contracts/forge.contract.ts';
import { createTestTls, type TestTls } from './tls.ts';

/** One kind of git host under the names that it has in production. */
export interface ForgeHostSpec {
  readonly flavor: ForgeFlavor;
  readonly hosts: readonly string[];
  readonly urls?: ForgeUrls;
  /** What stands before a repository's name in its address, e.g. "https://github.com". */
  readonly home: string;
  /** Is everything merged through a queue? */
  readonly mergeQueue?: boolean;
  /** How the names of repositories begin, e.g. "example/gitops". */
  readonly name: string;
}

const apiPath = /^\/(?:(?:api\/)?graphql$|(?:api\/v\d|2\.0|rest\/api\/1\.0|repos)\/)|\/_apis\//;
const requestsPerHour = 40;
const allHosts = [
  'github.com',
  'api.github.com',
  'github.corp.example',
  'gitlab.com',
  'gitea.example.com',
  'bitbucket.org',
  'api.bitbucket.org',
  'bitbucket.corp.example',
  'dev.azure.com',
];

let made: Promise<TestTls> | undefined;
const tls = (): Promise<TestTls> => {
  made ??= createTestTls(allHosts);
  return made;
};

/** An embedded forge of one kind that gives out repositories. */
export interface ForgeHostServer extends AsyncDisposable {
  readonly http: HttpClient;
  /** A new repository, with tokens of its own. */
  createFixture(): Promise<ForgeFixture>;
}

/** Starts an embedded forge of one kind. */
export async function startForgeHost(spec: ForgeHostSpec): Promise<ForgeHostServer> {
  let nowMs = 1_700_000_000_000;
  const clock = {
    nowMs: () => (nowMs += 10),
    schedule: (_: number, run: () => void) => {
      queueMicrotask(run);
      return () => undefined;
    },
  };
  const accounts: Account[] = [];
  const git = createGitServer({ clock }, { accounts });
  const { flavor, hosts, urls, mergeQueue = false } = spec;
  const options = { flavor, readers: ['reader'], rateLimit: requestsPerHour, mergeQueue };
  const forge = createForge({ clock, git }, urls === undefined ? options : { ...options, urls });
  const { ca, cert, key } = await tls();
  const listening = await listen(
    (request, response) => {
      const path = request.url ?? '/';
      if (isGitPath(path)) git.handle(request, response);
      else if (apiPath.test(path)) forge.handleApi(request, response);
      else forge.handlePages(request, response);
    },
    { hosts, tls: { cert, key } },
  );
  const endpoint = { address: listening.address, caPem: ca };
  const http = createHttpClient({ endpoints: Object.fromEntries(hosts.map((host) => [host, endpoint])) });
  const forges = createForges({ http, clock });
  let count = 0;
  return {
    http,
    async createFixture() {
      const suffix = ++count;
      accounts.push({ login: 'gantry-bot', token: `good-token-${suffix}` });
      accounts.push({ login: 'reader', token: `reader-token-${suffix}` });
      return createFixture({ git, forge, forges }, spec, suffix);
    },
    async [Symbol.asyncDispose]() {
      await http[Symbol.asyncDispose]();
      forge[Symbol.dispose]();
      await listening[Symbol.asyncDispose]();
    },
  };
}

function createFixture(
  { git, forge, forges }: { readonly git: GitServer; readonly forge: EmbeddedForge; readonly forges: Forges },
  spec: ForgeHostSpec,
  suffix: number,
): ForgeFixture {
  const name = `${spec.name}-${suffix}`;
  const remote = (repository: string, password: string) => ({
    remote: {
      url: `${spec.home}/${encodeURI(repository)}`,
      credential: { identity: `test ${password}`, username: 'x-token-auth', password },
    },
  });
  git.commitFiles(name, 'main', { files: { 'README.md': 'hello\n' }, message: 'start' });
  const repository = git.repository(name);
  const { refs } = repository;
  const repo = remote(name, `good-token-${suffix}`);
  return {
    forges,
    repo,
    repoWithWrongToken: remote(name, 'bad-token'),
    repoOfReader: remote(name, `reader-token-${suffix}`),
    writer: 'gantry-bot',
    reader: 'reader',
    missingRepo: remote(`${name}-missing`, `good-token-${suffix}`),
    async makeBranch(branch, file) {
      git.setBranch(name, branch, refs.get('refs/heads/main'));
      return git.commitFiles(name, branch, { files: { [file]: `${file}\n` }, message: file });
    },
    commit: async (branch, file, text) =>
      git.commitFiles(name, branch, { files: { [file]: text }, message: `Change ${file}` }),
    async removeBranch(branch) {
      git.setBranch(name, branch, undefined);
    },
    async tip(branch) {
      const commit = refs.get(`refs/heads/${branch}`);
      if (commit === undefined) throw new Error(`there is no branch ${branch}`);
      return { commit, parents: repository.commit(commit).parents.length };
    },
    async merge(number) {
      const merged = await forge.merge(name, number, { login: 'reader' });
      if ('error' in merged) throw new Error(merged.error);
    },
    close: async (number) => forge.decline(name, number, { login: 'reader' }),
    block: async (number, isBlocked) => forge.block(name, number, isBlocked),
    pause: async () => undefined,
    runQueue: (end) => forge.runQueue(name, end),
    settle: async () => undefined,
    async read(number) {
      const pull = forge.listPulls(name).find((one) => one.number === number);
      if (pull === undefined) throw new Error(`there is no pull request ${number}`);
      return { ...pull, comments: pull.comments.map(({ text }) => text) };
    },
    async exhaust() {
      const signal = new AbortController().signal;
      const filter = { headBranch: 'nowhere', state: 'open' } as const;
      for (let asked = 0; asked < requestsPerHour; asked++) {
        const isOver = await forges.listPullRequests(repo, filter, signal).then(
          () => false,
          () => true,
        );
        if (isOver) break;
      }
    },
  };
}
