import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** The program, bundled for one test file. */
export interface Program extends Disposable {
  /** Starts it in a process group of its own. */
  start(args: readonly string[], environment: Readonly<Record<string, string>>): RunningProgram;
}

/** A process of the program. */
export interface RunningProgram {
  /** What it has written to stderr, where its log goes. */
  readonly log: string;
  readonly isRunning: boolean;
  /** Ends it as a power cut would; resolves when it is gone. */
  kill(): Promise<void>;
  /** Stops it where it is, as a machine that sleeps does, until it is resumed. */
  pause(): void;
  resume(): void;
  /** Asks it to end, and resolves with its exit code. */
  stop(): Promise<number | null>;
  /** Resolves when the log holds the text. Errors: the process ends, or the time is up. */
  waitForLog(text: string, timeoutMs?: number): Promise<void>;
}

/** Bundles the program into a temporary folder. */
export function buildProgram(): Program {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-program-'));
  const built = spawnSync(process.execPath, [join(root, 'tools/build.mjs'), folder], {
    timeout: 60_000,
    encoding: 'utf8',
  });
  if (built.status !== 0) throw new Error(`the program cannot be built: ${built.stderr}`);
  symlinkSync(join(root, 'package.json'), join(folder, 'package.json'));
  const running = new Set<Child>();
  const killAll = (): void => {
    for (const child of running) child.signal('SIGKILL');
  };
  process.once('exit', killAll);
  return {
    start(args, environment) {
      const child = new Child([join(folder, 'gantry.js'), ...args], environment);
      running.add(child);
      return child;
    },
    [Symbol.dispose]() {
      process.off('exit', killAll);
      killAll();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

class Child implements RunningProgram {
  readonly #process: ChildProcess;
  readonly #ended: Promise<number | null>;
  readonly #listeners = new Set<() => void>();
  log = '';
  isRunning = true;

  constructor(args: readonly string[], environment: Readonly<Record<string, string>>) {
    const env = { PATH: process.env['PATH'] ?? '', TZ: 'UTC', ...environment };
    this.#process = spawn(process.execPath, args, {
      env,
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#process.stderr?.on('data', (chunk: Buffer) => {
      this.log += chunk.toString('utf8');
      this.#tell();
    });
    this.#ended = new Promise((resolve) => {
      this.#process.once('exit', (code) => {
        this.isRunning = false;
        resolve(code);
        this.#tell();
      });
    });
  }

  pause(): void {
    this.signal('SIGSTOP');
  }

  resume(): void {
    this.signal('SIGCONT');
  }

  signal(name: 'SIGKILL' | 'SIGTERM' | 'SIGSTOP' | 'SIGCONT'): void {
    const { pid } = this.#process;
    if (!this.isRunning || pid === undefined) return;
    try {
      process.kill(-pid, name);
    } catch {
      // It has just ended.
    }
  }

  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.#ended;
  }

  stop(): Promise<number | null> {
    this.signal('SIGTERM');
    return this.#ended;
  }

  waitForLog(text: string, timeoutMs = 20_000): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (error?: Error): void => {
        clearTimeout(timer);
        this.#listeners.delete(look);
        if (error === undefined) resolve();
        else reject(error);
      };
      const look = (): void => {
        if (this.log.includes(text)) settle();
        else if (!this.isRunning)
          settle(new Error(`the program ended before it said "${text}": ${this.log}`));
      };
      const timer = setTimeout(
        () => settle(new Error(`the program has not said "${text}" within ${timeoutMs} ms: ${this.log}`)),
        timeoutMs,
      );
      this.#listeners.add(look);
      look();
    });
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
