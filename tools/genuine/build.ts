import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { type GoCommand, type GoOptions, NotBuilt, runGo } from './go.ts';

/** A genuine program and how it is made. */
export interface GenuineProgram {
  readonly name: string;
  /** Where it is kept below the tool cache, a file or a folder; it is there when it is whole. */
  readonly target: string;
  /** Makes that file or folder at another place. Errors: NotBuilt. */
  build(place: string, go: Go): Promise<void>;
}

/** Runs Go within the time that is left. */
export type Go = (
  args: readonly string[],
  cwd: string,
  env?: Readonly<Record<string, string>>,
) => Promise<string>;

/** Where built programs are kept: GANTRY_TOOLS, else the user's cache folder. */
export function toolsFolder(environment: Readonly<Record<string, string | undefined>>): string {
  const cache = environment['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  return environment['GANTRY_TOOLS'] ?? join(cache, 'gantry');
}

/** Longest time for modules to be fetched, so that a network that says nothing is found out before the build's limit. */
const fetchLimitMs = 6 * 60_000;

/**
 * Builds what is missing, one after the other: minutes on two cores, and gigabytes of Go's own cache.
 *
 * Guarantees: a program is there as a whole or not at all; what Go has compiled stays in its cache, so that a build that was
 * cut short goes on where it was.
 * Errors: NotBuilt, a sentence that says what could not be built and why.
 */
export async function buildPrograms(
  cache: string,
  programs: readonly GenuineProgram[],
  options: GoOptions & { readonly endsAtMs: number; tell(text: string): void },
): Promise<void> {
  const go: Go = (args, cwd, env) => {
    const leftMs = options.endsAtMs - Date.now();
    if (leftMs <= 0) return Promise.reject(new NotBuilt('no time is left for it'));
    const limitMs = args[0] === 'build' ? leftMs : Math.min(leftMs, fetchLimitMs);
    const command: GoCommand = { args, cwd, limitMs, ...(env === undefined ? {} : { env }) };
    return runGo(options, command);
  };
  for (const program of programs) {
    const target = join(cache, program.target);
    if (existsSync(target)) continue;
    options.tell(`building ${program.name}`);
    mkdirSync(dirname(target), { recursive: true });
    removeLeftOvers(target);
    const place = `${target}.part-${process.pid}`;
    try {
      await program.build(place, go);
      renameSync(place, target);
    } catch (error) {
      if (error instanceof NotBuilt) throw new NotBuilt(`${program.name} cannot be built: ${error.message}`);
      throw error;
    } finally {
      rmSync(place, { recursive: true, force: true });
    }
  }
}

/** Parts of builds whose process is gone. */
function removeLeftOvers(target: string): void {
  const folder = dirname(target);
  for (const name of readdirSync(folder)) {
    const pid = join(folder, name).startsWith(`${target}.part-`) ? Number(name.split('-').at(-1)) : 0;
    if (pid > 0 && !isAlive(pid)) rmSync(join(folder, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
