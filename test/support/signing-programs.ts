import { execFile, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Is gpg there? */
export const hasGpg: boolean = spawnSync('gpg', ['--version']).status === 0;

/** Is ssh-keygen there? */
export const hasSshKeygen: boolean = spawnSync('ssh-keygen', ['-Y', 'check-novalidate']).error === undefined;

/** A key that a program made, and the settings with which native git recognizes its signatures. */
export interface MadeKey {
  readonly privateKey: string;
  readonly fingerprint: string;
  /** For `git -c`. */
  readonly gitConfig: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** A key made by gpg, e.g. of the kind "ed25519" or "rsa2048", in a home of its own below the folder. */
export async function makeGpgKey(folder: string, kind: string): Promise<MadeKey & AsyncDisposable> {
  const home = join(folder, `gpg-${kind}`);
  mkdirSync(home, { mode: 0o700 });
  const env = { GNUPGHOME: home };
  const user = 'Gantry <gantry@example.com>';
  const quiet = ['--batch', '--quiet', '--pinentry-mode', 'loopback', '--passphrase', ''];
  await runProgram(
    'gpg',
    [...quiet, '--faked-system-time', '20200101T000000', '--quick-gen-key', user, kind, 'sign', 'never'],
    env,
  );
  const listed = await runProgram('gpg', ['--list-keys', '--with-colons'], env);
  const fingerprint = /^fpr:+(?<id>[0-9A-F]+):/m.exec(listed)?.groups?.['id'] ?? '';
  return {
    privateKey: await runProgram('gpg', [...quiet, '--armor', '--export-secret-keys'], env),
    fingerprint,
    gitConfig: ['-c', `user.signingKey=${fingerprint}`],
    env,
    [Symbol.asyncDispose]: async () => {
      await runProgram('gpgconf', ['--kill', 'all'], env);
    },
  };
}

/** A key made by ssh-keygen, e.g. of the kind "ed25519" or "rsa". */
export async function makeSshKey(
  folder: string,
  kind: string,
  options: { readonly passphrase?: string; readonly pem?: boolean } = {},
): Promise<MadeKey> {
  const file = join(folder, `ssh-${kind}-${options.passphrase ?? ''}-${options.pem === true}`);
  const form = options.pem === true ? ['-m', 'PEM'] : [];
  const passphrase = options.passphrase ?? '';
  await runProgram(
    'ssh-keygen',
    ['-q', '-t', kind, ...form, '-N', passphrase, '-C', 'gantry', '-f', file],
    {},
  );
  const allowed = `${file}.allowed`;
  writeFileSync(allowed, `gantry@example.com ${readFileSync(`${file}.pub`, 'utf8')}`);
  const shown = await runProgram('ssh-keygen', ['-l', '-f', `${file}.pub`], {});
  return {
    privateKey: readFileSync(file, 'utf8'),
    fingerprint: shown.split(' ')[1] ?? '',
    gitConfig: [
      ...['-c', 'gpg.format=ssh', '-c', `gpg.ssh.allowedSignersFile=${allowed}`],
      ...['-c', `user.signingKey=${file}`],
    ],
    env: {},
  };
}

function runProgram(
  name: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const surroundings = { PATH: process.env['PATH'] ?? '', LC_ALL: 'C', ...env };
    const child = execFile(
      name,
      [...args],
      { env: surroundings, timeout: 60_000 },
      (error, stdout, stderr) => {
        if (error === null) resolve(stdout);
        else reject(new Error(`${name} failed: ${stderr}`));
      },
    );
    child.stdin?.end();
  });
}
