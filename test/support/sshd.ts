import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import type { TestGitHost } from './git-hosts.ts';
import { createTemporaryFolder, git, hasNativeGit } from './native-git.ts';

const program = '/usr/sbin/sshd';

/** Is OpenSSH's server there, and git for it to run? */
export const hasSshd: boolean =
  hasNativeGit && existsSync(program) && spawnSync(program, ['-V'], { timeout: 10_000 }).error === undefined;

/** OpenSSH's server with native git behind it. */
export interface SshdHost extends TestGitHost {
  /** Host and port. */
  readonly address: string;
  /** "ssh-ed25519 AAAA…" of the host. */
  readonly hostKey: string;
  folderOf(name: string): string;
  /** Connections that were made so far. */
  connections(): number;
  /** Cuts every connection that is open. */
  cut(): void;
  /** Lets a key in, as a line of an authorized_keys file. */
  authorize(line: string): void;
}

/** How the server differs from the usual. */
export interface SshdOptions {
  /** The newest version of git's protocol that it lets through. Default: 2. */
  readonly version?: 0 | 2;
}

/**
 * Starts OpenSSH's server on a free port as the user who runs the tests, with a configuration and keys of its own: one
 * process per connection, so that it needs no port, no file and no right of the system's own server.
 */
export async function startSshd(options: SshdOptions = {}): Promise<SshdHost> {
  const folder = createTemporaryFolder();
  const keys = ssh2.utils.generateKeyPairSync('ed25519');
  const host = ssh2.utils.generateKeyPairSync('ed25519');
  const path = (name: string): string => join(folder.path, name);
  writeFileSync(path('host'), host.private, { mode: 0o600 });
  const authorized = [keys.public];
  const authorize = (line: string): void => {
    authorized.push(line);
    writeFileSync(path('authorized'), `${authorized.join('\n')}\n`);
  };
  writeFileSync(path('authorized'), `${keys.public}\n`);
  writeFileSync(path('config'), configuration(folder.path, options));
  // Only the system's own server makes it; without it nobody is served when the tests run as root.
  if (userInfo().uid === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  chmodSync(folder.path, 0o700);
  const running = new Map<Socket, ChildProcess>();
  let count = 0;
  const server = createServer({ pauseOnConnect: true }, (socket) => {
    count++;
    const args = ['-i', '-e', '-f', path('config')];
    const child = spawn(program, args, { stdio: [socket, socket, 'ignore'], timeout: 300_000 });
    running.set(socket, child);
    child.once('error', () => socket.destroy());
    child.once('exit', () => {
      running.delete(socket);
      socket.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const bound = server.address();
  const address = `127.0.0.1:${typeof bound === 'object' && bound !== null ? bound.port : 0}`;
  const folderOf = (name: string): string => path(`${name}.git`);
  const cut = (): void => {
    for (const [socket, child] of running) {
      child.kill('SIGKILL');
      socket.destroy();
    }
  };
  return {
    address,
    hostKey: host.public.trim(),
    folderOf,
    connections: () => count,
    cut,
    authorize,
    credential: { sshPrivateKey: keys.private },
    stranger: { sshPrivateKey: ssh2.utils.generateKeyPairSync('ed25519').private },
    async createRepository(name) {
      const folderName = folderOf(name);
      await git(folder.path, ['init', '--quiet', '--bare', '--initial-branch=main', folderName]);
      await git(folderName, ['config', 'uploadpack.allowFilter', 'true']);
      await git(folderName, ['config', 'receive.advertisePushOptions', 'true']);
      return `ssh://${userInfo().username}@${address}${folderName}`;
    },
    nativeUrl: (url) => new URL(url).pathname,
    async verify(name) {
      await git(folderOf(name), ['fsck', '--strict', '--no-dangling']);
    },
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      cut();
      await closed;
      folder[Symbol.dispose]();
    },
  };
}

function configuration(folder: string, { version = 2 }: SshdOptions): string {
  return [
    `HostKey ${folder}/host`,
    `AuthorizedKeysFile ${folder}/authorized`,
    'PidFile none',
    'UsePAM no',
    'StrictModes no',
    'PermitRootLogin yes',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    ...(version === 2 ? ['AcceptEnv GIT_PROTOCOL'] : []),
    'SetEnv GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null',
    'LogLevel ERROR',
    '',
  ].join('\n');
}
