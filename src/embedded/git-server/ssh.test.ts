import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { afterEach, describe, expect, test } from 'vitest';
import { createTemporaryFolder, git, hasNativeGit, runGit } from '../../../test/support/native-git.ts';
import { createGitServer, type GitServer } from './server.ts';

const hasSsh = hasNativeGit && spawnSync('ssh', ['-V'], { timeout: 10_000 }).status === 0;
const clock = { nowMs: () => 1_700_000_000_000, schedule: () => () => undefined };
const stack: (Disposable | AsyncDisposable)[] = [];
afterEach(async () => {
  for (const item of stack.splice(0).reverse()) {
    if (Symbol.asyncDispose in item) await item[Symbol.asyncDispose]();
    else item[Symbol.dispose]();
  }
});

interface World {
  readonly server: GitServer;
  readonly url: string;
  readonly path: string;
  /** How native git calls OpenSSH's client. */
  readonly env: Readonly<Record<string, string>>;
}

async function start(): Promise<World> {
  const server = createGitServer({ clock });
  const keys = ssh2.utils.generateKeyPairSync('ed25519');
  const listening = await server.listenSsh({ accounts: [{ login: 'bot', publicKey: keys.public }] });
  const folder = createTemporaryFolder();
  stack.push(listening, folder);
  const path = (name: string): string => join(folder.path, name);
  const [host = '', port = ''] = listening.address.split(':');
  writeFileSync(path('key'), keys.private, { mode: 0o600 });
  writeFileSync(path('known'), `[${host}]:${port} ${listening.hostKey}\n`);
  const options = [
    'BatchMode=yes',
    'IdentitiesOnly=yes',
    'StrictHostKeyChecking=yes',
    `UserKnownHostsFile=${path('known')}`,
  ];
  const command = ['ssh', '-F', 'none', '-i', path('key'), ...options.flatMap((option) => ['-o', option])];
  return {
    server,
    url: `ssh://git@${listening.address}/example/repo.git`,
    path: folder.path,
    env: { GIT_SSH_COMMAND: command.join(' ') },
  };
}

async function commit(work: string, files: Record<string, string>): Promise<string> {
  for (const [path, text] of Object.entries(files)) writeFileSync(join(work, path), text);
  await git(work, ['add', '-A']);
  await git(work, ['commit', '-qm', 'm']);
  return git(work, ['rev-parse', 'HEAD']);
}

describe.skipIf(!hasSsh)('native git over SSH', { timeout: 60_000 }, () => {
  test.each(['0', '2'])(
    'version %s: pushes, clones shallowly, fetches, deepens and deletes',
    async (version) => {
      const { server, url, path, env } = await start();
      const flags = ['-c', `protocol.version=${version}`];
      const work = join(path, 'work');
      mkdirSync(work);
      await git(work, ['init', '-q', '-b', 'main']);
      for (const index of [1, 2, 3]) await commit(work, { 'a.txt': `${index}\n`, [`f${index}`]: 'x' });
      await git(work, [...flags, 'push', '-q', url, 'main', 'main:other'], { env });
      expect(server.readFile('example/repo', 'main', 'a.txt')?.toString()).toBe('3\n');
      const clone = join(path, 'clone');
      await git(path, [...flags, 'clone', '-q', '--depth=1', url, clone], { env });
      expect(await git(clone, ['rev-list', '--count', 'HEAD'])).toBe('1');
      const fourth = await commit(work, { 'a.txt': '4\n' });
      await git(work, [...flags, 'push', '-q', url, 'main', ':other'], { env });
      await git(clone, [...flags, 'fetch', '-q'], { env });
      expect(await git(clone, ['rev-parse', 'origin/main'])).toBe(fourth);
      await git(clone, [...flags, 'fetch', '-q', '--unshallow'], { env });
      expect(await git(clone, ['rev-list', '--count', 'origin/main'])).toBe('4');
      expect((await runGit(clone, ['fsck', '--strict'])).code).toBe(0);
      expect(await git(work, [...flags, 'ls-remote', url], { env })).toBe(
        `${fourth}\tHEAD\n${fourth}\trefs/heads/main`,
      );
    },
  );

  test('a stranger, another program and a repository that is not there are refused', async () => {
    const { url, path, env } = await start();
    const missing = await runGit(path, ['ls-remote', url], { env });
    expect(missing).toMatchObject({ code: 128, stderr: expect.stringContaining('Repository not found') });
    writeFileSync(join(path, 'key'), ssh2.utils.generateKeyPairSync('ed25519').private, { mode: 0o600 });
    const stranger = await runGit(path, ['ls-remote', url], { env });
    expect(stranger).toMatchObject({ code: 128, stderr: expect.stringContaining('Permission denied') });
  });
});
