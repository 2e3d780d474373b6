import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Is the git program there? Tests that compare with it are skipped by name when it is not. */
export const hasNativeGit: boolean = spawnSync('git', ['--version']).status === 0;

const environment = {
  GIT_AUTHOR_NAME: 'A U Thor',
  GIT_AUTHOR_EMAIL: 'author@example.com',
  GIT_AUTHOR_DATE: '1700000000 +0000',
  GIT_COMMITTER_NAME: 'C O Mitter',
  GIT_COMMITTER_EMAIL: 'committer@example.com',
  GIT_COMMITTER_DATE: '1700000000 +0000',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_TERMINAL_PROMPT: '0',
  LC_ALL: 'C',
};

/** What a git command wrote and how it ended. */
export interface GitRun {
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** Runs the git program without blocking this process, whose servers it may be talking to. */
export function runGit(
  folder: string,
  args: readonly string[],
  options: { readonly input?: Uint8Array | string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<GitRun> {
  return new Promise((resolve) => {
    const env = { PATH: process.env['PATH'] ?? '', HOME: folder, ...environment, ...options.env };
    const settings = {
      cwd: folder,
      env,
      timeout: 60_000,
      maxBuffer: 64 * 1024 * 1024,
      encoding: 'buffer' as const,
    };
    const child = execFile('git', [...args], settings, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
      resolve({ code, stdout, stderr: stderr.toString() });
    });
    child.stdin?.on('error', () => undefined).end(options.input ?? '');
  });
}

/** Like `runGit`, gives the output without final newline and throws when git fails. */
export async function git(
  folder: string,
  args: readonly string[],
  options: { readonly input?: Uint8Array | string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<string> {
  const { code, stdout, stderr } = await runGit(folder, args, options);
  if (code !== 0) throw new Error(`git ${args.join(' ')} failed with ${code}: ${stderr}`);
  return stdout.toString().replace(/\n$/, '');
}

/** A temporary folder that goes away when disposed. */
export function createTemporaryFolder(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'gantry-test-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}
