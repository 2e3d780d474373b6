import { encodeText } from '../git/index.ts';
import { matchGlob } from './wildmatch.ts';

/** A pattern of a line in `.gitignore` or `.gitattributes`. */
export interface PathPattern {
  readonly text: string;
  /** The characters at its start that stand for themselves. */
  readonly plainLength: number;
  /** Without a slash it is compared with the last name alone. */
  readonly isName: boolean;
  readonly isDirectoryOnly: boolean;
}

/** A path as bytes, one character for each. */
export function toBytes(path: string): string {
  return encodeText(path).toString('latin1');
}

/** Understands a pattern, without the sign of a negation. */
export function parsePathPattern(line: string): PathPattern {
  const isDirectoryOnly = line.endsWith('/');
  const text = isDirectoryOnly ? line.slice(0, -1) : line;
  const special = text.search(/[*?[\\]/);
  return {
    text,
    plainLength: special < 0 ? text.length : special,
    isName: !text.includes('/'),
    isDirectoryOnly,
  };
}

/** Does a path, relative to the folder of the file that has the pattern, match? Both as bytes. */
export function matchPathPattern(pattern: PathPattern, path: string, isDirectory: boolean): boolean {
  if (pattern.isDirectoryOnly && !isDirectory) return false;
  const { text, plainLength } = pattern;
  if (pattern.isName) {
    const name = path.slice(path.lastIndexOf('/') + 1);
    return plainLength === text.length ? name === text : matchGlob(text, name, { isPath: false });
  }
  const skipped = text.startsWith('/') ? 1 : 0;
  // As git does it, the plain start is compared first and the rest as a pattern of its own.
  const plain = text.slice(skipped, Math.max(plainLength, skipped));
  if (!path.startsWith(plain)) return false;
  const rest = path.slice(plain.length);
  const glob = text.slice(skipped + plain.length);
  if (glob === '' && rest === '') return true;
  return matchGlob(glob, rest, { isPath: true });
}
