import { expect, test } from 'vitest';
import { compilePathRule } from '../../src/domain/index.ts';
import { createGitServer } from '../../src/embedded/git-server/index.ts';
import { createGitRepos } from '../../src/git/index.ts';
import { createHttpClient } from '../../src/http/index.ts';
import { createSystemClock } from '../../src/telemetry/index.ts';
import { passwordHost, type TestGitHost } from '../support/git-hosts.ts';
import { hasGitHttpBackend, startGitHttpBackend } from '../support/git-http-backend.ts';
import { longHistory, pushHistory } from '../support/git-import.ts';
import { startTestServer } from '../support/http-server.ts';
import { hasNativeGit } from '../support/native-git.ts';
import { createSeededRandom } from '../support/seeded-random.ts';
import { hasSshd, startSshd } from '../support/sshd.ts';
import { describeGitHistory } from './git-history.contract.ts';

if (hasNativeGit) {
  describeGitHistory('the embedded git server', startEmbedded);
} else {
  test.skip('GitHistory against the embedded git server: needs git to make histories', () => undefined);
}
if (hasGitHttpBackend) {
  describeGitHistory('native git', () => startGitHttpBackend());
  test('a server without filters gives the same history', readWithoutFilters);
} else {
  test.skip('GitHistory against native git: needs git with git-http-backend', () => undefined);
}

if (hasSshd) {
  describeGitHistory('OpenSSH with native git', () => startSshd());
} else {
  test.skip('GitHistory against OpenSSH with native git: needs sshd', () => undefined);
}

async function readWithoutFilters(): Promise<void> {
  const signal = AbortSignal.timeout(60_000);
  await using http = createHttpClient();
  await using host = await startGitHttpBackend({ canFilter: false });
  const { username, password } = host;
  const url = await host.createRepository('plain');
  const withUser = Object.assign(new URL(url), { username, password });
  const names = await pushHistory(withUser.href, longHistory(40));
  const { history } = createGitRepos({ http, clock: createSystemClock(), random: createSeededRandom() });
  const remote = { url, credential: { identity: 'secret demo/git', username, password } };
  const [head] = await history.listRefs(remote, ['HEAD'], signal);
  const { commits } = await history.walk(remote, { head: head?.id ?? '', count: 32 }, signal);
  expect(commits.map(({ id }) => names.get(id))).toEqual(
    Array.from({ length: 32 }, (_, index) => `c${39 - index}`),
  );
  const compiled = compilePathRule(['apps/app-30', 'apps/app-7'], []);
  if (!compiled.ok || compiled.rule === undefined) throw new Error('no rule');
  const request = { commits: commits.map(({ id }) => id), rule: compiled.rule };
  const found = await history.findTouching(remote, request, signal);
  expect([...found].map((id) => names.get(id))).toEqual(['c30']);
}

async function startEmbedded(): Promise<TestGitHost> {
  const account = { login: 'gantry', token: 'correct-horse' };
  const server = createGitServer(
    { clock: createSystemClock() },
    { accounts: [account], createOnPush: false },
  );
  const listening = await startTestServer((request, response) => {
    server.handle(request, response);
  });
  return {
    ...passwordHost(account.login, account.token),
    createRepository(name) {
      server.createRepository(`demo/${name}`);
      return Promise.resolve(`${listening.url}/demo/${name}.git`);
    },
    verify: () => Promise.resolve(),
    [Symbol.asyncDispose]: () => listening[Symbol.asyncDispose](),
  };
}
