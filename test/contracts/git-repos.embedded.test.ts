import { createGitServer } from '../../src/embedded/git-server/index.ts';
import { createSystemClock } from '../../src/telemetry/index.ts';
import { passwordHost, type TestGitHost } from '../support/git-hosts.ts';
import { startTestServer } from '../support/http-server.ts';
import { describeGitRepos } from './git-repos.contract.ts';

describeGitRepos('the embedded git server', startEmbedded);

async function startEmbedded(): Promise<TestGitHost> {
  const account = { login: 'gantry', token: 'correct horse' };
  const git = createGitServer({ clock: createSystemClock() }, { accounts: [account], createOnPush: false });
  const server = await startTestServer((request, response) => {
    git.handle(request, response);
  });
  return {
    ...passwordHost(account.login, account.token),
    createRepository(name) {
      git.createRepository(`demo/${name}`);
      return Promise.resolve(`${server.url}/demo/${name}.git`);
    },
    // Native git checks what is written here in the suite's other run.
    verify: () => Promise.resolve(),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
