import { expect, test } from 'vitest';
import { createForge } from '../../src/embedded/forge/index.ts';
import { createGitServer, isGitPath } from '../../src/embedded/git-server/index.ts';
import { listen, routeByHost } from '../../src/embedded/http/index.ts';
import { createForges } from '../../src/forge/index.ts';
import { createHttpClient } from '../../src/http/index.ts';
import type { HttpClient } from '../../src/ports/index.ts';
import { createTestTls, type TestTls } from '../support/tls.ts';
import { type ForgeFixture, testForges } from './forge.contract.ts';

let made: Promise<TestTls> | undefined;
const tls = (): Promise<TestTls> => {
  made ??= createTestTls(['github.com', 'api.github.com']);
  return made;
};

/** The embedded forge under the names that it has in production. */
async function start(): Promise<ForgeFixture & { readonly http: HttpClient }> {
  let nowMs = 1_700_000_000_000;
  const clock = { nowMs: () => (nowMs += 1000), schedule: () => () => undefined };
  const accounts = [{ login: 'gantry-bot', token: 'good-token' }];
  const git = createGitServer({ clock }, { accounts });
  const forge = createForge({ clock, git });
  const { ca, cert, key } = await tls();
  const hosts = ['github.com', 'api.github.com'];
  const handler = routeByHost({
    'github.com': (request, response) =>
      (isGitPath(request.url) ? git.handle : forge.handlePages)(request, response),
    'api.github.com': forge.handleApi,
  });
  const listening = await listen(handler, { hosts, tls: { cert, key } });
  const endpoint = { address: listening.address, caPem: ca };
  const http = createHttpClient({ endpoints: Object.fromEntries(hosts.map((host) => [host, endpoint])) });
  const remote = (name: string, password: string) => ({
    remote: { url: `https://github.com/Example/${name}.git`, credential: { identity: 'test', password } },
  });
  git.commitFiles('Example/GitOps', 'main', { files: { 'README.md': 'hello\n' }, message: 'start' });
  const repository = git.repository('example/gitops');
  return {
    http,
    forges: createForges({ http, clock }),
    repo: remote('GitOps', 'good-token'),
    repoWithWrongToken: remote('GitOps', 'bad-token'),
    missingRepo: remote('nothing', 'good-token'),
    async makeBranch(branch, file) {
      git.setBranch('Example/GitOps', branch, repository.refs.get('refs/heads/main'));
      return git.commitFiles('Example/GitOps', branch, { files: { [file]: `${file}\n` }, message: file });
    },
    async merge(number) {
      expect(await forge.merge('Example/GitOps', number, { login: 'ann' })).toHaveProperty('commit');
    },
    async close(number) {
      const body = JSON.stringify({ state: 'closed' });
      const url = `https://api.github.com/repos/Example/GitOps/pulls/${number}`;
      const headers = { authorization: 'Bearer good-token' };
      const answer = await http.request(
        { method: 'PATCH', url, headers, body },
        new AbortController().signal,
      );
      expect(answer.status).toBe(200);
    },
    async [Symbol.asyncDispose]() {
      await http[Symbol.asyncDispose]();
      forge[Symbol.dispose]();
      await listening[Symbol.asyncDispose]();
    },
  };
}

testForges('GitHub, embedded', start);

test('the page of a pull request answers at its address', async () => {
  const fixture = await start();
  const signal = new AbortController().signal;
  await fixture.makeBranch('a', 'a.txt');
  const draft = { headBranch: 'a', baseBranch: 'main', title: 'Add a', body: 'words', labels: ['x'] };
  const pull = await fixture.forges.openPullRequest(fixture.repo, draft, signal);
  expect(pull.url).toBe('https://github.com/Example/GitOps/pull/1');
  const page = await fixture.http.request({ method: 'GET', url: pull.url }, signal);
  expect(Buffer.from(page.body).toString()).toContain('Add a (#1)\nopen: a into main, opened by gantry-bot');
  await fixture[Symbol.asyncDispose]();
});
