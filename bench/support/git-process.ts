/**
 * The git engine alone, in a process of its own: changes files of a repository in the ways that are measured and prints
 * what each took, as JSON. Its argument is JSON too; see `GitTask`.
 */
import { readFileSync } from 'node:fs';
import type { GitAdapter } from '../../src/git/index.ts';
import { createGitRepos } from '../../src/git/index.ts';
import { createWorkdir } from '../../src/git/workdir/index.ts';
import { createHttpClient } from '../../src/http/index.ts';
import { tuneRuntime } from '../../src/main/runtime.ts';
import type { GitRemote } from '../../src/ports/index.ts';
import { createPromMetrics, createSystemClock, createSystemRandom } from '../../src/telemetry/index.ts';
import type { GitTask, GitTimes } from './git-task.ts';

tuneRuntime();
const warmRuns = 7;
const task = JSON.parse(process.argv[2] ?? '{}') as GitTask;
const endpoint = { address: task.address, caPem: readFileSync(task.caFile, 'utf8') };
const http = createHttpClient({ endpoints: { 'github.com': endpoint } });
const { metrics, render } = createPromMetrics();
const repos = createGitRepos({ http, metrics, clock: createSystemClock(), random: createSystemRandom() });
const remote: GitRemote = {
  url: task.url,
  credential: { identity: 'bench', username: task.username, password: task.password },
};
const signal = AbortSignal.timeout(300_000);

let changes = 0;

/** Clone, edit, commit and push, as a promotion does. */
async function change(adapter: GitAdapter, paths: readonly string[]): Promise<number> {
  const startMs = performance.now();
  const mark = `# ${++changes}\n`;
  const at = await adapter.resolve(remote, { kind: 'branch', branch: 'main' }, signal);
  const worktree = await adapter.checkout(remote, at, signal);
  const workdir = createWorkdir();
  workdir.expect(paths);
  workdir.mount('.', worktree);
  for (const path of paths) {
    const text = Buffer.from(await workdir.read(path, signal)).toString();
    await workdir.write(path, Buffer.from(`${text}${mark}`), 'file', signal);
  }
  const who = { name: 'Bench', email: 'bench@example.com', timeSec: Math.floor(Date.now() / 1000) };
  const headers = [{ name: 'promotion', value: `bench/${mark.trim()} ${startMs}` }];
  await worktree.commit({ message: `bench ${mark}`, author: who, committer: who, headers }, signal);
  await adapter.push({ worktree, branch: 'main', force: false, maxAttempts: 10 }, signal);
  return performance.now() - startMs;
}

async function countPushes(): Promise<number> {
  const { text } = await render();
  const lines = text.split('\n').filter((line) => /^git_requests_total\{.*operation="push"/.test(line));
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

const [file = ''] = task.files;
const cold = await change(repos, [file]);
const warm: number[] = [];
for (let run = 0; run < warmRuns; run += 1) warm.push(await change(repos, [file]));
const residentMb = process.memoryUsage.rss() / 1024 / 1024;
const together = await change(repos, task.files);
const pushesBefore = await countPushes();
const startMs = performance.now();
await Promise.all(task.files.map((path) => change(repos, [path])));
const times: GitTimes = {
  cold,
  warm,
  together,
  atOnce: performance.now() - startMs,
  pushes: (await countPushes()) - pushesBefore,
  residentMb,
  peakMb: process.resourceUsage().maxRSS / 1024,
};
await http[Symbol.asyncDispose]();
process.stdout.write(`${JSON.stringify(times)}\n`);
