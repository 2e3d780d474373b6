import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** What a process has used so far. */
export interface Usage {
  /** User and system time of the process itself. */
  readonly cpuSeconds: number;
  readonly residentMb: number;
  readonly peakMb: number;
}

/** A process of this program. */
export interface Child {
  readonly pid: number;
  /** The first line on stdout or stderr that satisfies the test. Errors: the process ended first, with what it said. */
  line(test: (line: string) => boolean): Promise<string>;
  usage(): Usage;
  kill(name: NodeJS.Signals): void;
  /** Asks the process to end, and ends it after five seconds. */
  stop(): Promise<void>;
}

/** Clock ticks of /proc/PID/stat per second; the same on every Linux that Node runs on. */
const ticksPerSecond = 100;
const stopMs = 5000;

/** Starts `node dist/gantry.js` with these arguments. */
export function startGantry(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  nodeArgs: readonly string[] = [],
): Child {
  return startNode([...nodeArgs, 'dist/gantry.js', ...args], env);
}

/** Starts Node with these arguments. */
export function startNode(args: readonly string[], env: Readonly<Record<string, string>> = {}): Child {
  const child = spawn(process.execPath, args, {
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '/tmp', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { pid } = child;
  if (pid === undefined) throw new Error('the process did not start');
  const lines = readLines(child);
  return {
    pid,
    line: (test) => lines.find(test),
    usage: () => readUsage(pid),
    kill: (name) => void child.kill(name),
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), stopMs);
      await ended;
      clearTimeout(late);
    },
  };
}

interface Lines {
  find(test: (line: string) => boolean): Promise<string>;
}

/** Lines kept for messages about a process that ended early. */
const keptLines = 20;

function readLines(child: ChildProcess): Lines {
  const said: string[] = [];
  const waiting = new Set<{ take(line: string): void; fail(error: Error): void }>();
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue;
    createInterface({ input: stream }).on('line', (line) => {
      said.push(line);
      for (const one of waiting) one.take(line);
    });
  }
  child.once('exit', (code, name) => {
    const error = new Error(`the process ended (${code ?? name}): ${said.slice(-keptLines).join('\n')}`);
    for (const one of waiting) one.fail(error);
  });
  return {
    find(test) {
      const known = said.find(test);
      if (known !== undefined) return Promise.resolve(known);
      return new Promise((resolve, reject) => {
        const one = {
          take(line: string) {
            if (!test(line)) return;
            waiting.delete(one);
            resolve(line);
          },
          fail: reject,
        };
        waiting.add(one);
      });
    },
  };
}

/** What a process has used so far. */
export function readUsage(pid: number): Usage {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name in parentheses may contain anything; user and system time are the 12th and 13th field after it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const megabytes = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) / 1024;
  return {
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / ticksPerSecond,
    residentMb: megabytes('VmRSS'),
    peakMb: megabytes('VmHWM'),
  };
}
