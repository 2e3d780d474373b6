import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import type { Clock, ProgramCall, ProgramResult, Programs, Random } from '../ports/index.ts';
import { groupMemoryBytes, killRun, runVariable } from './descendants.ts';
import { programsErrors } from './errors.ts';

/** Limits of calls that name none. */
export interface ProgramsOptions {
  readonly timeLimitMs?: number;
  readonly maxOutputBytes?: number;
  readonly maxMemoryBytes?: number;
  /** Programs that run at the same time; 4 unless told. */
  readonly atOnce?: number;
}

const defaultTimeLimitMs = 10_000;
const defaultMaxOutputBytes = 1024 * 1024;
const defaultMaxMemoryBytes = 512 * 1024 * 1024;
const defaultAtOnce = 4;
const memoryLookMs = 200;
/** How long the rest of the output may take to arrive once the program has ended. */
const closeGraceMs = 2_000;

/** Creates the runner of programs. */
export function createPrograms(
  deps: { readonly clock: Clock; readonly random: Random },
  options: ProgramsOptions = {},
): Programs {
  const turns = createTurns(options.atOnce ?? defaultAtOnce);
  return {
    async run(call, signal) {
      checkRunnable(call.path);
      const leave = await turns.enter(signal);
      try {
        signal.throwIfAborted();
        return await runOne(deps, settle(call, options), signal);
      } finally {
        leave();
      }
    },
  };
}

type SettledCall = ProgramCall &
  Required<Pick<ProgramCall, 'timeLimitMs' | 'maxOutputBytes' | 'maxMemoryBytes'>>;

function settle(call: ProgramCall, options: ProgramsOptions): SettledCall {
  return {
    ...call,
    timeLimitMs: call.timeLimitMs ?? options.timeLimitMs ?? defaultTimeLimitMs,
    maxOutputBytes: call.maxOutputBytes ?? options.maxOutputBytes ?? defaultMaxOutputBytes,
    maxMemoryBytes: call.maxMemoryBytes ?? options.maxMemoryBytes ?? defaultMaxMemoryBytes,
  };
}

function checkRunnable(path: string): void {
  const problem = findProblem(path);
  if (problem !== undefined) {
    throw programsErrors.create('programs.not-runnable', `${path} ${problem}`, { data: { path } });
  }
}

function findProblem(path: string): string | undefined {
  if (!isAbsolute(path)) return 'is not an absolute path';
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return 'does not exist';
  if (!stat.isFile()) return 'is not a file';
  try {
    accessSync(path, constants.X_OK);
    return undefined;
  } catch {
    return 'is not executable';
  }
}

async function runOne(
  deps: { readonly clock: Clock; readonly random: Random },
  call: SettledCall,
  signal: AbortSignal,
): Promise<ProgramResult> {
  const mark = deps.random.uuid();
  const child = spawn(call.path, [...(call.args ?? [])], {
    cwd: call.workingFolder ?? '/',
    env: { ...call.environment, [runVariable]: mark },
    stdio: ['pipe', 'pipe', 'pipe'],
    shell: false,
    // A process group of its own, so that it can be killed with all that it starts.
    detached: true,
  });
  const group = child.pid;
  const kill = (): void => {
    if (group !== undefined) killRun(group, mark);
  };
  const watch = new Watch(deps.clock, call, child, kill);
  try {
    return await watch.untilEnd(signal);
  } finally {
    watch.stop();
    // What it left in the background is not wanted either.
    kill();
    child.stdout?.destroy();
    child.stderr?.destroy();
  }
}

/** Waits for one child and enforces its limits. */
class Watch {
  readonly #clock: Clock;
  readonly #call: SettledCall;
  readonly #child: ChildProcess;
  readonly #kill: () => void;
  #cancels: (() => void)[] = [];

  constructor(clock: Clock, call: SettledCall, child: ChildProcess, kill: () => void) {
    this.#clock = clock;
    this.#call = call;
    this.#child = child;
    this.#kill = kill;
  }

  untilEnd(signal: AbortSignal): Promise<ProgramResult> {
    return new Promise((resolve, reject) => {
      const fail = (error: unknown): void => {
        this.#kill();
        reject(error);
      };
      const onAbort = (): void => fail(signal.reason);
      signal.addEventListener('abort', onAbort, { once: true });
      this.#cancels.push(() => signal.removeEventListener('abort', onAbort));
      this.#limitTime(fail);
      this.#limitMemory(fail);
      const read = this.#collect(fail);
      this.#child.on('error', (cause) => fail(notStarted(this.#call.path, cause)));
      const finish = (code: number | null): void => resolve({ exitCode: code ?? undefined, ...read() });
      this.#child.on('exit', (code) => {
        // Descendants that keep the outputs open must not hold up the end of the program itself.
        this.#kill();
        this.#cancels.push(this.#clock.schedule(closeGraceMs, () => finish(code)));
      });
      this.#child.on('close', finish);
      const { stdin } = this.#child;
      // A program that ends without reading its input breaks the pipe; its exit code says enough.
      stdin?.on('error', () => undefined);
      stdin?.end(this.#call.input ?? '');
    });
  }

  stop(): void {
    for (const cancel of this.#cancels) cancel();
    this.#cancels = [];
  }

  #limitTime(fail: (error: unknown) => void): void {
    const { path, timeLimitMs } = this.#call;
    const expire = (): void =>
      fail(programsErrors.create('programs.timeout', `${path} did not end within ${timeLimitMs} ms`));
    this.#cancels.push(this.#clock.schedule(timeLimitMs, expire));
  }

  #limitMemory(fail: (error: unknown) => void): void {
    const { path, maxMemoryBytes } = this.#call;
    const { pid } = this.#child;
    const look = (): void => {
      if (pid !== undefined && groupMemoryBytes(pid) > maxMemoryBytes) {
        const message = `${path} used more than ${maxMemoryBytes} bytes of memory`;
        fail(programsErrors.create('programs.too-much-memory', message));
        return;
      }
      this.#cancels.push(this.#clock.schedule(memoryLookMs, look));
    };
    this.#cancels.push(this.#clock.schedule(memoryLookMs, look));
  }

  #collect(fail: (error: unknown) => void): () => Pick<ProgramResult, 'output' | 'errorOutput'> {
    const { path, maxOutputBytes } = this.#call;
    const output: Buffer[] = [];
    const errorOutput: Buffer[] = [];
    let sizeBytes = 0;
    const into = (chunks: Buffer[]) => (chunk: Buffer) => {
      sizeBytes += chunk.length;
      if (sizeBytes <= maxOutputBytes) {
        chunks.push(chunk);
        return;
      }
      const message = `${path} wrote more than ${maxOutputBytes} bytes`;
      fail(programsErrors.create('programs.too-much-output', message));
    };
    this.#child.stdout?.on('data', into(output));
    this.#child.stderr?.on('data', into(errorOutput));
    return () => ({
      output: Buffer.concat(output).toString(),
      errorOutput: Buffer.concat(errorOutput).toString(),
    });
  }
}

function notStarted(path: string, cause: Error): Error {
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : 'unknown reason';
  return programsErrors.create('programs.not-runnable', `${path} cannot be started: ${code}`);
}

/** Lets a few in at once; the others wait in order. */
function createTurns(atOnce: number): { enter(signal: AbortSignal): Promise<() => void> } {
  let inside = 0;
  const waiting: (() => void)[] = [];
  const leave = (): void => {
    const next = waiting.shift();
    if (next === undefined) inside -= 1;
    else next();
  };
  return {
    async enter(signal) {
      if (inside < atOnce) inside += 1;
      else {
        await new Promise<void>((resolve, reject) => {
          const enter = (): void => {
            signal.removeEventListener('abort', giveUp);
            resolve();
          };
          const giveUp = (): void => {
            waiting.splice(waiting.indexOf(enter), 1);
            reject(signal.reason);
          };
          waiting.push(enter);
          signal.addEventListener('abort', giveUp, { once: true });
        });
      }
      return leave;
    },
  };
}
