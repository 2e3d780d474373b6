import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { apiServerErrors } from '../errors.ts';

const fileName = 'lock';

/** What a lock file says: the process, and when it started, as process numbers are used again. */
interface Holder {
  readonly pid: number;
  readonly started: string;
}

/**
 * Locks a folder for this process; the returned function unlocks it. The lock of a process that is gone does not count.
 *
 * Errors: apiserver.data-locked names the process that holds the folder.
 */
export function lockFolder(folder: string): () => void {
  const path = join(folder, fileName);
  const own = `${path}.${process.pid}`;
  const token = randomUUID();
  const content = JSON.stringify({ pid: process.pid, started: startOf(process.pid), token });
  writeFileSync(own, content, { mode: 0o600 });
  try {
    // Another process may be taking over the same stale lock.
    for (let attempt = 0; attempt < 10; attempt += 1) {
      if (link(own, path)) return () => unlock(path, content);
      const holder = readHolder(path);
      if (holder !== undefined && startOf(holder.pid) === holder.started) throw locked(folder, holder.pid);
      removeStale(path, own);
    }
    throw locked(folder, undefined);
  } finally {
    rmSync(own, { force: true });
  }
}

function unlock(path: string, content: string): void {
  try {
    if (readFileSync(path, 'utf8') === content) rmSync(path, { force: true });
  } catch {
    // Taken away by somebody who thought it stale; there is nothing left to unlock.
  }
}

function locked(folder: string, pid: number | undefined): Error {
  const whom = pid === undefined ? 'another process' : `process ${pid}`;
  return apiServerErrors.create(
    'apiserver.data-locked',
    `the data folder ${JSON.stringify(folder)} is in use by ${whom}`,
  );
}

function link(own: string, path: string): boolean {
  try {
    linkSync(own, path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Only one of those who see the same stale lock gets to rename it. */
function removeStale(path: string, own: string): void {
  try {
    renameSync(path, `${own}.stale`);
    rmSync(`${own}.stale`, { force: true });
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
}

function readHolder(path: string): Holder | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (typeof value !== 'object' || value === null || !('pid' in value) || !('started' in value))
      return undefined;
    return { pid: Number(value.pid), started: String(value.started) };
  } catch {
    // Gone meanwhile, or written by nobody who counts.
    return undefined;
  }
}

/** When a process started, as far as the system tells; empty when it does not run. */
function startOf(pid: number): string {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (codeOf(error) !== 'EPERM') return '';
  }
  try {
    // The 22nd field, counted after the name in brackets, which may contain spaces.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return `at ${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''}`;
  } catch {
    // Not a system with /proc: that the process runs has to be enough.
    return 'running';
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
