import ssh2 from 'ssh2';
import { createGitServer } from '../../src/embedded/git-server/index.ts';
import { createSystemClock } from '../../src/telemetry/index.ts';
import { passwordHost, type TestGitHost } from '../support/git-hosts.ts';
import { startTestServer } from '../support/http-server.ts';
import { describeGitRepos } from './git-repos.contract.ts';

describeGitRepos('the embedded git server', startEmbedded);
describeGitRepos('the embedded git server over SSH', startEmbeddedSsh);

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

async function startEmbeddedSsh(): Promise<TestGitHost> {
  const git = createGitServer({ clock: createSystemClock() }, { createOnPush: false });
  const keys = ssh2.utils.generateKeyPairSync('ed25519');
  const listening = await git.listenSsh({ accounts: [{ login: 'gantry', publicKey: keys.public }] });
  return {
    credential: { sshPrivateKey: keys.private },
    stranger: { sshPrivateKey: ssh2.utils.generateKeyPairSync('ed25519').private },
    createRepository(name) {
      git.createRepository(`demo/${name}`);
      return Promise.resolve(`ssh://git@${listening.address}/demo/${name}.git`);
    },
    nativeUrl: (url) => url,
    verify: () => Promise.resolve(),
    [Symbol.asyncDispose]: () => listening[Symbol.asyncDispose](),
  };
}
