import { readdirSync, readFileSync } from 'node:fs';

/**
 * The variable by which a run's descendants are known even when they have left its process group.
 * Its value is random and lives as long as the run.
 */
export const runVariable = 'GANTRY_PROGRAM_RUN';

const pageBytes = 4096;

/** Where Linux shows its processes; elsewhere there is no such folder, and nothing is found. */
const processFolder = '/proc';

/** Kills a process group and everything that carries the run's mark. Safe to repeat. */
export function killRun(groupId: number, mark: string): void {
  kill(-groupId);
  for (const processId of findMarked(mark)) kill(processId);
}

/** The resident memory of all processes of a group, in bytes; 0 where the system does not tell. */
export function groupMemoryBytes(groupId: number): number {
  let pages = 0;
  for (const processId of processIds()) {
    if (groupOf(processId) !== groupId) continue;
    // "size resident shared …", in pages.
    pages += Number(readProcessFile(processId, 'statm')?.split(' ')[1] ?? 0);
  }
  return pages * pageBytes;
}

function findMarked(mark: string): readonly number[] {
  const wanted = `${runVariable}=${mark}`;
  return processIds().filter((id) => readProcessFile(id, 'environ')?.split('\0').includes(wanted) === true);
}

function processIds(): readonly number[] {
  try {
    return readdirSync(processFolder).flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []));
  } catch {
    return [];
  }
}

/** From "pid (name) state ppid pgrp …"; the name may contain anything, parentheses too. */
function groupOf(processId: number): number | undefined {
  const stat = readProcessFile(processId, 'stat');
  const group = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[2];
  return group === undefined ? undefined : Number(group);
}

/** Nothing when the process has gone meanwhile, or belongs to somebody else. */
function readProcessFile(processId: number, name: string): string | undefined {
  try {
    return readFileSync(`${processFolder}/${processId}/${name}`, 'utf8');
  } catch {
    return undefined;
  }
}

function kill(processOrGroup: number): void {
  try {
    process.kill(processOrGroup, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}
