import { matchGlob, toBytes } from '../../wire/git-files/index.ts';
import { workdirErrors } from './errors.ts';
import type { Files, Place } from './files.ts';
import { maxCopiedFiles } from './limits.ts';
import { compareNames } from './path.ts';

/** Patterns that braces may stand for. */
const maxPatterns = 1_000;

/**
 * The paths that match a pattern; see `Workdir.glob`.
 *
 * Errors: workdir.invalid-path for a pattern that cannot be understood; workdir.too-large.
 */
export async function glob(files: Files, pattern: string, signal: AbortSignal): Promise<readonly string[]> {
  const found = new Set<string>();
  for (const one of expandBraces(pattern)) {
    const parts = one.split('/').filter((part) => part !== '' && part !== '.');
    if (parts.includes('..')) throw invalid(pattern, 'it climbs with ".."');
    for (const part of parts) assertSet(pattern, part);
    await new Glob(files, found, signal).below(files.top(), parts);
  }
  return [...found].sort(compareNames);
}

class Glob {
  readonly #files: Files;
  readonly #found: Set<string>;
  readonly #signal: AbortSignal;

  constructor(files: Files, found: Set<string>, signal: AbortSignal) {
    this.#files = files;
    this.#found = found;
    this.#signal = signal;
  }

  /** Follows the parts of a pattern from a directory on; only directories that can match are read. */
  async below(parent: Place, parts: readonly string[]): Promise<void> {
    const [part, ...rest] = parts;
    if (part === undefined) {
      if (parent.path.length > 0) this.#add(parent);
      return;
    }
    if (parent.node?.kind !== 'directory') return;
    if (part === '**') {
      await this.below(parent, rest);
      for (const child of await this.#files.children(parent, this.#signal)) {
        if (child.node.kind === 'directory') await this.below(child, parts);
        else if (rest.length === 0) this.#add(child);
      }
      return;
    }
    if (!/[*?[\\]/.test(part)) {
      const child = await this.#files.step(parent, part, this.#signal);
      if (child.node !== undefined) await this.below(child, rest);
      return;
    }
    for (const child of await this.#files.children(parent, this.#signal)) {
      const name = toBytes(child.path.at(-1) ?? '');
      if (matchGlob(toBytes(part), name, { isPath: true })) await this.below(child, rest);
    }
  }

  #add(place: Place): void {
    this.#found.add(place.path.join('/'));
    if (this.#found.size > maxCopiedFiles) {
      throw workdirErrors.create(
        'workdir.too-large',
        `a pattern that matches more than ${maxCopiedFiles} paths`,
      );
    }
  }
}

/** E.g. "a.{yaml,yml}" stands for "a.yaml" and "a.yml". */
function expandBraces(pattern: string): readonly string[] {
  const done: string[] = [];
  const pending = [pattern];
  for (let one = pending.pop(); one !== undefined; one = pending.pop()) {
    const braces = findBraces(one);
    if (braces === 'broken') throw invalid(pattern, 'a brace is not closed');
    if (braces === undefined) done.push(one);
    else
      for (const choice of braces.choices)
        pending.push(one.slice(0, braces.start) + choice + one.slice(braces.end));
    if (done.length + pending.length > maxPatterns) {
      throw invalid(pattern, `it stands for more than ${maxPatterns} patterns`);
    }
  }
  return done;
}

/** The first braces of a pattern and what is between them, split at their own commas. */
function findBraces(
  pattern: string,
):
  | { readonly start: number; readonly end: number; readonly choices: readonly string[] }
  | 'broken'
  | undefined {
  let start = -1;
  let depth = 0;
  const cuts: number[] = [];
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at];
    if (character === '\\') at++;
    else if (character === '{') {
      if (depth++ === 0) start = at;
    } else if (character === ',' && depth === 1) cuts.push(at);
    else if (character === '}' && depth > 0 && --depth === 0) {
      const edges = [start, ...cuts, at];
      const choices = edges.slice(1).map((edge, index) => pattern.slice((edges[index] ?? start) + 1, edge));
      return { start, end: at + 1, choices };
    }
  }
  return depth > 0 ? 'broken' : undefined;
}

function assertSet(pattern: string, part: string): void {
  if (/(?:^|[^\\])(?:\\\\)*\[(?![^/]+\])/.test(part)) throw invalid(pattern, 'a bracket is not closed');
  if (/(?:^|[^\\])(?:\\\\)*\\$/.test(part)) throw invalid(pattern, 'it ends in a backslash');
}

function invalid(pattern: string, why: string): Error {
  const shown = JSON.stringify(pattern.slice(0, 200));
  return workdirErrors.create('workdir.invalid-path', `the pattern ${shown} cannot be used: ${why}`);
}
