import ssh2 from 'ssh2';
import { describe, expect, test } from 'vitest';
import { createGitRepos, type GitAdapter, type GitReposOptions } from '../../src/git/index.ts';
import { createHttpClient } from '../../src/http/index.ts';
import type { GitRemote } from '../../src/ports/index.ts';
import { createSystemClock } from '../../src/telemetry/index.ts';
import { createMemoryHostKeys } from '../support/memory-host-keys.ts';
import { git } from '../support/native-git.ts';
import { createSeededRandom } from '../support/seeded-random.ts';
import { hasSshd, type SshdHost, startSshd } from '../support/sshd.ts';
import { describeGitRepos } from './git-repos.contract.ts';

if (hasSshd) {
  describeGitRepos('OpenSSH with native git', () => startSshd());
  describe('git over SSH', { timeout: 120_000 }, describeSsh);
} else {
  test.skip('GitRepos against OpenSSH with native git: needs sshd', () => undefined);
}

const signal = AbortSignal.timeout(600_000);
const person = { name: 'Kargo', email: 'no-reply@kargo.io', timeSec: 1_700_000_000 };

function createWorld(options: GitReposOptions['ssh'] = {}): {
  readonly repos: GitAdapter;
  readonly hostKeys: ReturnType<typeof createMemoryHostKeys>;
} {
  const hostKeys = createMemoryHostKeys();
  const deps = {
    http: createHttpClient(),
    clock: createSystemClock(),
    random: createSeededRandom(),
    hostKeys,
  };
  return { repos: createGitRepos(deps, { ssh: options }), hostKeys };
}

/** A repository with one commit that holds "a/b". */
async function seed(host: SshdHost): Promise<GitRemote> {
  const url = await host.createRepository('seeded');
  const folder = host.folderOf('seeded');
  const blob = await git(folder, ['hash-object', '-w', '--stdin'], { input: 'one\n' });
  const inner = await git(folder, ['mktree'], { input: `100644 blob ${blob}\tb\n` });
  const tree = await git(folder, ['mktree'], { input: `040000 tree ${inner}\ta\n` });
  await git(folder, ['update-ref', 'refs/heads/main', await git(folder, ['commit-tree', '-m', 'One', tree])]);
  return { url, credential: { identity: 'secret demo/git', ...host.credential } };
}

/** Clones, edits, commits and pushes. */
async function promote(repos: GitAdapter, remote: GitRemote, text: string): Promise<void> {
  const at = await repos.resolve(remote, { kind: 'default' }, signal);
  const worktree = await repos.checkout(remote, at, signal);
  await worktree.read('a/b', signal);
  await worktree.write('a/b', Buffer.from(text), 'file', signal);
  await worktree.commit({ message: text, author: person, committer: person, headers: [] }, signal);
  await repos.push({ worktree, branch: 'main', force: false, maxAttempts: 3 }, signal);
}

function describeSsh(): void {
  test('one connection carries everything, and a new one takes over when it was cut', async () => {
    await using host = await startSshd();
    const remote = await seed(host);
    const { repos } = createWorld();
    await promote(repos, remote, 'two');
    await promote(repos, remote, 'three');
    expect(host.connections()).toBe(1);
    host.cut();
    await promote(repos, remote, 'four');
    expect(host.connections()).toBe(2);
    repos.close();
    await promote(repos, remote, 'five');
    expect(host.connections()).toBe(3);
    expect(await git(host.folderOf('seeded'), ['log', '--format=%s', 'main'])).toBe(
      'five\nfour\nthree\ntwo\nOne',
    );
    await host.verify('seeded');
  });

  test('a server that does not pass on the version of the protocol is spoken to in the old one', async () => {
    await using host = await startSshd({ version: 0 });
    const remote = await seed(host);
    await promote(createWorld().repos, remote, 'two');
    expect(await git(host.folderOf('seeded'), ['show', 'main:a/b'])).toBe('two');
    await host.verify('seeded');
  });

  test('keys of RSA and ECDSA let in as well', async () => {
    await using host = await startSshd();
    const remote = await seed(host);
    const { repos } = createWorld();
    for (const pair of [
      ssh2.utils.generateKeyPairSync('rsa', { bits: 2048 }),
      ssh2.utils.generateKeyPairSync('ecdsa', { bits: 384 }),
    ]) {
      host.authorize(pair.public);
      const credential = { identity: 'secret demo/other', sshPrivateKey: pair.private };
      const found = await repos.resolve({ ...remote, credential }, { kind: 'default' }, signal);
      expect(found.branch).toBe('main');
    }
  });

  test('a host is known again after a restart, and refused when its key has changed', async () => {
    await using host = await startSshd();
    const remote = await seed(host);
    const name = `[127.0.0.1]:${host.address.split(':')[1]}`;
    const first = createWorld();
    await first.repos.resolve(remote, { kind: 'default' }, signal);
    expect(first.hostKeys.keys.get(name)).toEqual([host.hostKey.split(' ').slice(0, 2).join(' ')]);
    const second = createWorld();
    const other = ssh2.utils.generateKeyPairSync('ed25519').public.trim();
    second.hostKeys.keys.set(name, [other]);
    await expect(second.repos.resolve(remote, { kind: 'default' }, signal)).rejects.toMatchObject({
      code: 'git.host-key-changed',
      disposition: 'stop',
      message: expect.stringMatching(/SHA256:.*expected SHA256:/),
    });
  });

  test('without trust on first use, the known hosts must name the host', async () => {
    await using host = await startSshd();
    const remote = await seed(host);
    const line = `[127.0.0.1]:* ${host.hostKey}`;
    const strict = createWorld({ trustOnFirstUse: false });
    await expect(strict.repos.resolve(remote, { kind: 'default' }, signal)).rejects.toMatchObject({
      code: 'git.host-key-unknown',
    });
    const named = createWorld({ trustOnFirstUse: false, knownHosts: line });
    await named.repos.resolve(remote, { kind: 'default' }, signal);
    const credential = { identity: 'x', ...host.credential, sshKnownHosts: line };
    await strict.repos.resolve({ ...remote, credential }, { kind: 'default' }, signal);
    expect(named.hostKeys.keys.size + strict.hostKeys.keys.size, 'nothing is recorded').toBe(0);
  });

  test('who has no key, a locked one or a wrong one is told so, and the key stays secret', async () => {
    await using host = await startSshd();
    const { url } = await seed(host);
    const { repos } = createWorld();
    const locked = { passphrase: 'x', cipher: 'aes256-ctr', rounds: 1 } as const;
    const wrong = { identity: 'secret demo/git', ...host.stranger };
    const cases = [
      { remote: { url }, code: 'git.auth-failed' },
      {
        remote: { url, credential: { identity: 'x', username: 'a', password: 'b' } },
        code: 'git.auth-failed',
      },
      { remote: { url, credential: wrong }, code: 'git.auth-failed' },
      {
        remote: {
          url,
          credential: {
            identity: 'x',
            sshPrivateKey: ssh2.utils.generateKeyPairSync('ed25519', locked).private,
          },
        },
        code: 'git.ssh-key-unusable',
      },
    ];
    for (const { remote, code } of cases) {
      const call = repos.resolve(remote, { kind: 'default' }, signal);
      await expect(call).rejects.toMatchObject({ code, disposition: 'stop' });
      await expect(call).rejects.not.toThrow(/BEGIN|hunter2/);
    }
  });

  test('a mapped host is reached at its address alone', async () => {
    await using host = await startSshd();
    const remote = await seed(host);
    const url = remote.url.replace(host.address, 'github.com');
    const { repos } = createWorld({ endpoints: { 'github.com:22': { address: host.address } } });
    expect((await repos.resolve({ ...remote, url }, { kind: 'default' }, signal)).branch).toBe('main');
    const onlyHttps = createWorld({ endpoints: { 'github.com': { address: host.address } } });
    const refused = onlyHttps.repos.resolve({ ...remote, url }, { kind: 'default' }, signal);
    await expect(refused).rejects.toMatchObject({ code: 'git.unsupported' });
  });
}
