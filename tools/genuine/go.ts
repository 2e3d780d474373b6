import { type ChildProcess, spawn } from 'node:child_process';

/** How a command of Go has to be run. */
export interface GoOptions {
  /** The program; default "go" of the PATH. */
  readonly program?: string;
  /** Ends the command, with everything that it has started. */
  readonly signal: AbortSignal;
  /** What it prints for people goes there. */
  write(text: string): void;
}

/** One command. */
export interface GoCommand {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly limitMs: number;
}

const keptOutput = 4000;

/** Something that cannot be built here, in a sentence; a reason to skip, not to fail. */
export class NotBuilt extends Error {}

/** Runs Go at low priority and gives what it wrote to stdout. Errors: NotBuilt, saying why. */
export async function runGo(options: GoOptions, command: GoCommand): Promise<string> {
  const { args, cwd, env, limitMs } = command;
  const { signal, program = 'go' } = options;
  signal.throwIfAborted();
  // A group of its own, so that its compilers end with it.
  const child = spawn('nice', ['-n', '10', program, ...args], {
    cwd,
    env: { ...process.env, GOFLAGS: '-mod=readonly -buildvcs=false', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let [out, tail] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString('utf8');
  });
  child.stderr.on('data', (chunk: Buffer) => {
    options.write(chunk.toString('utf8'));
    tail = (tail + chunk.toString('utf8')).slice(-keptOutput);
  });
  const stop = (): void => killGroup(child);
  const timer = setTimeout(stop, limitMs);
  signal.addEventListener('abort', stop, { once: true });
  const code = await new Promise<number | null>((resolve) => {
    child.once('error', () => resolve(127));
    child.once('close', resolve);
  });
  clearTimeout(timer);
  signal.removeEventListener('abort', stop);
  signal.throwIfAborted();
  if (code === 0) return out;
  if (code === 127) throw new NotBuilt('there is no Go to build it with');
  const why =
    code === null
      ? `not done within ${Math.round(limitMs / 1000)} s`
      : (tail.trim().split('\n').at(-1) ?? '');
  throw new NotBuilt(`go ${args[0]}: ${why}`);
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has just ended.
  }
}
