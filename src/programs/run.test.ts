import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { createSystemClock } from '../../test/support/system-clock.ts';
import { createSystemRandom } from '../../test/support/system-random.ts';
import { createTempFolder } from '../../test/support/temp-folder.ts';
import type { ProgramCall } from '../ports/index.ts';
import { createPrograms } from './index.ts';

const { signal } = new AbortController();
const isLinux = existsSync('/proc/self/stat');

let folder: string;
beforeAll(() => {
  const made = createTempFolder();
  folder = made.path;
  return () => made[Symbol.dispose]();
});

const programs = createPrograms({ clock: createSystemClock(), random: createSystemRandom() });
let scripts = 0;

/** A script that runs these lines under /bin/sh; its path. */
function script(lines: string, mode = 0o755): string {
  const path = join(folder, `script-${++scripts}.sh`);
  writeFileSync(path, `#!/bin/sh\n${lines}\n`);
  chmodSync(path, mode);
  return path;
}

function run(lines: string, call: Partial<ProgramCall> = {}) {
  return programs.run({ path: script(lines), environment: { PATH: '/usr/bin:/bin' }, ...call }, signal);
}

test('gives both outputs and the exit code, and passes arguments, input and environment as they are', async () => {
  const lines = 'read line; echo "$1|$line|$GREETING"; echo trouble >&2; exit 3';
  const environment = { PATH: '/usr/bin:/bin', GREETING: '$(id) "x"' };
  expect(await run(lines, { args: ['a b;c'], input: 'in\n', environment })).toEqual({
    exitCode: 3,
    output: 'a b;c|in|$(id) "x"\n',
    errorOutput: 'trouble\n',
  });
});

test('nothing of this process is in the environment', async () => {
  const { output } = await run('/usr/bin/env | /usr/bin/cut -d= -f1 | /usr/bin/sort');
  const names = output.trim().split('\n');
  expect(names.filter((name) => !['PATH', 'PWD', 'SHLVL', '_', 'OLDPWD'].includes(name))).toEqual([
    'GANTRY_PROGRAM_RUN',
  ]);
});

test.each([
  { name: 'absent', path: () => join(folder, 'absent'), want: 'does not exist' },
  { name: 'relative', path: () => 'script.sh', want: 'is not an absolute path' },
  { name: 'a folder', path: () => folder, want: 'is not a file' },
  { name: 'without execute bit', path: () => script('true', 0o644), want: 'is not executable' },
])('a program that is $name is refused', async ({ path, want }) => {
  await expect(programs.run({ path: path() }, signal)).rejects.toMatchObject({
    code: 'programs.not-runnable',
    message: expect.stringContaining(want),
  });
});

test('a program whose interpreter is missing is refused', async () => {
  const path = script('');
  writeFileSync(path, '#!/no/such/interpreter\n');
  await expect(programs.run({ path }, signal)).rejects.toMatchObject({ code: 'programs.not-runnable' });
});

test('a program that hangs is killed with all that it has started', async () => {
  const note = join(folder, 'hang-pids');
  const lines = `sleep 600 & echo $! > ${note}; setsid sleep 600 & echo $! >> ${note}; echo secret; wait`;
  const failed = run(lines, { timeLimitMs: 1_000 });
  await expect(failed).rejects.toMatchObject({ code: 'programs.timeout' });
  await expect(failed).rejects.not.toThrow(/secret/);
  await expectDead(note);
});

test('what a program leaves in the background is killed when it ends', async () => {
  const note = join(folder, 'left-pids');
  const lines = `sleep 600 & echo $! > ${note}; setsid sleep 600 & echo $! >> ${note}; sleep 0.1; echo done`;
  expect(await run(lines)).toMatchObject({ exitCode: 0, output: 'done\n' });
  await expectDead(note);
});

test('a program that floods its output is killed', async () => {
  await expect(run('yes', { maxOutputBytes: 10_000 })).rejects.toMatchObject({
    code: 'programs.too-much-output',
  });
  await expect(run('yes >&2', { maxOutputBytes: 10_000 })).rejects.toMatchObject({
    code: 'programs.too-much-output',
  });
});

test.runIf(isLinux)('a program that takes too much memory is killed', async () => {
  const lines = `exec ${process.execPath} -e 'const a=[];setInterval(()=>a.push(Buffer.alloc(8e6,1)),5)'`;
  await expect(run(lines, { maxMemoryBytes: 150_000_000, timeLimitMs: 60_000 })).rejects.toMatchObject({
    code: 'programs.too-much-memory',
  });
});

test('an abort ends it', async () => {
  const controller = new AbortController();
  const path = script('sleep 600');
  const running = programs.run({ path, environment: { PATH: '/usr/bin:/bin' } }, controller.signal);
  setTimeout(() => controller.abort(new Error('enough')), 50);
  await expect(running).rejects.toThrow('enough');
});

test('no more than a few run at once, and one that gives up waiting frees nothing', async () => {
  const one = createPrograms({ clock: createSystemClock(), random: createSystemRandom() }, { atOnce: 1 });
  const counter = join(folder, 'count');
  const lines = `test -e ${counter} && exit 9; : > ${counter}; sleep 0.05; rm ${counter}`;
  const call = { path: script(lines), environment: { PATH: '/usr/bin:/bin' } };
  const gone = new AbortController();
  const all = [
    one.run(call, signal),
    one.run(call, gone.signal),
    one.run(call, signal),
    one.run(call, signal),
  ];
  gone.abort(new Error('gone'));
  const ends = await Promise.allSettled(all);
  expect(ends.map((end) => (end.status === 'fulfilled' ? end.value.exitCode : end.reason.message))).toEqual([
    0,
    'gone',
    0,
    0,
  ]);
});

async function expectDead(note: string): Promise<void> {
  const ids = readFileSync(note, 'utf8').trim().split('\n').map(Number);
  // A process that was found only by its mark may need a moment to go.
  const groups = isLinux ? ids : ids.slice(0, 1);
  await expect.poll(() => groups.filter(isAlive), { timeout: 20_000 }).toEqual([]);
}

function isAlive(id: number): boolean {
  try {
    const state = readFileSync(`/proc/${id}/stat`, 'utf8');
    return !/\) Z /.test(state);
  } catch {
    return false;
  }
}
