import { test } from 'vitest';
import { createGitServer } from '../../src/embedded/git-server/index.ts';
import { createSystemClock } from '../../src/telemetry/index.ts';
import { hasGitHttpBackend, startGitHttpBackend } from '../support/git-http-backend.ts';
import { startTestServer } from '../support/http-server.ts';
import { hasNativeGit } from '../support/native-git.ts';
import { describeGitHistory } from './git-history.contract.ts';
import type { TestGitHost } from './git-repos.contract.ts';

if (hasNativeGit) {
  describeGitHistory('the embedded git server', startEmbedded);
} else {
  test.skip('GitHistory against the embedded git server: needs git to make histories', () => undefined);
}
if (hasGitHttpBackend) {
  describeGitHistory('native git', () => startGitHttpBackend());
} else {
  test.skip('GitHistory against native git: needs git with git-http-backend', () => undefined);
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
    username: account.login,
    password: account.token,
    createRepository(name) {
      server.createRepository(`demo/${name}`);
      return Promise.resolve(`${listening.url}/demo/${name}.git`);
    },
    verify: () => Promise.resolve(),
    [Symbol.asyncDispose]: () => listening[Symbol.asyncDispose](),
  };
}
