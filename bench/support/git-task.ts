import { execFile } from 'node:child_process';
import type { SandboxReady } from './world.ts';

/** What the process of the git engine is told. */
export interface GitTask {
  readonly url: string;
  /** Where the host really is, e.g. "127.0.0.1:40123". */
  readonly address: string;
  readonly caFile: string;
  readonly username: string;
  readonly password: string;
  /** Files to change: the first one alone, then all in one commit, then each by a push of its own at once. */
  readonly files: readonly string[];
}

/** What it took, in milliseconds. */
export interface GitTimes {
  readonly cold: number;
  readonly warm: readonly number[];
  readonly together: number;
  readonly atOnce: number;
  /** Pushes that were made for those at once. */
  readonly pushes: number;
  /** After the changes of one file. */
  readonly residentMb: number;
  readonly peakMb: number;
}

const limitMs = 300_000;

/** Runs the git engine in a process of its own on a repository of the sandbox. */
export async function runGitEngine(
  ready: SandboxReady,
  repository: string,
  files: readonly string[],
): Promise<GitTimes> {
  const task: GitTask = {
    url: `https://github.com/bench/${repository}.git`,
    address: new URL(ready.git).host,
    caFile: ready.caFile,
    username: ready.username,
    password: ready.password,
    files,
  };
  const args = ['tools/run.mjs', '--apart', 'bench/support/git-process.ts', JSON.stringify(task)];
  const stdout = await new Promise<string>((resolve, reject) => {
    execFile(process.execPath, args, { timeout: limitMs, killSignal: 'SIGKILL' }, (error, out) =>
      error === null ? resolve(out) : reject(error),
    );
  });
  return JSON.parse(stdout) as GitTimes;
}
