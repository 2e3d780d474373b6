import { encodeText } from '../../wire/git/index.ts';
import { workdirErrors } from './errors.ts';
import { maxPathLength } from './limits.ts';

/** The names of a path, with dots and empty names still in it. Errors: workdir.invalid-path. */
export function splitPath(path: string): string[] {
  if (path.includes('\0') || path.length > maxPathLength) {
    const shown = JSON.stringify(path.slice(0, 60));
    throw workdirErrors.create('workdir.invalid-path', `the path ${shown} has a zero byte or is too long`);
  }
  return path.split('/');
}

/** A path without dots, clamped at the root, by its text alone. Errors: workdir.invalid-path. */
export function clampPath(path: string): string[] {
  const names: string[] = [];
  for (const name of splitPath(path)) {
    if (name === '..') names.pop();
    else if (name !== '' && name !== '.') names.push(name);
  }
  return names;
}

/** Characters that HFS+ ignores in names, so that ".g\u200cit" is ".git" there. */
const ignoredByHfs = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g;

/** File systems take no longer names, in bytes. */
const maxNameBytes = 255;

/** Can a file have this name anywhere? Errors: workdir.invalid-path. */
export function assertName(name: string): void {
  if (name.length <= maxNameBytes / 3 || encodeText(name).length <= maxNameBytes) return;
  const shown = JSON.stringify(name.slice(0, 60));
  throw workdirErrors.create(
    'workdir.invalid-path',
    `the name ${shown} has more than ${maxNameBytes} bytes, so that no file system can have it`,
  );
}

/**
 * Is this a name that git reserves on some file system: ".git" in any case, with ignored characters, trailing dots and
 * spaces or streams (NTFS), its short name "git~1", one of these behind a backslash; ".gitmodules" as a symlink?
 */
export function isReservedName(name: string, mode: string): boolean {
  return name.split('\\').some((part, _, parts) => {
    const plain = part
      .replace(ignoredByHfs, '')
      .replace(/:.*$/s, '')
      .replace(/[. ]+$/, '')
      .toLowerCase();
    if (plain === '.git' || plain === 'git~1') return true;
    if (parts.length > 1 && (part === '..' || part === '.')) return true;
    return mode === 'symlink' && /^(?:\.gitmodules|gitmod~[1-4]|gi7eba~[1-9])$/.test(plain);
  });
}

/** Orders names by their bytes in UTF-8. */
export function compareNames(a: string, b: string): number {
  // UTF-16 and UTF-8 order differ only where surrogates meet characters from U+E000 on.
  if (!/[\ud800-\uffff]/.test(a + b)) return a < b ? -1 : a > b ? 1 : 0;
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
