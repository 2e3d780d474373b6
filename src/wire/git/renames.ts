import type { TreeChanges } from './list-changes.ts';
import type { ObjectSource } from './merge-pass.ts';
import { hashObject, type ObjectId } from './object-id.ts';
import { type Fingerprint, fingerprint, maxScore, similarity } from './similarity.ts';
import { kindOf, type TreeEntry } from './tree.ts';

/** What became of files that a side has no more. */
export interface Renames {
  /** New path by old path. */
  readonly to: ReadonlyMap<string, string>;
  /** Old paths whose files could be one or another of several new ones. */
  readonly unclear: ReadonlySet<string>;
}

const leastScore = maxScore / 2;
/** What a file of the same name needs, to be taken before all files are compared with each other. */
const leastScoreOfNamesake = maxScore * 0.75;
/** Candidates that are kept for one new file. */
const maxCandidates = 4;
/** Comparisons of contents; beyond, only equal files are taken for renamed. */
const maxComparisons = 250_000;
/** Files above this size are renamed only unchanged. */
const maxComparedBytes = 8 * 1024 * 1024;
const emptyBlob = hashObject('blob', new Uint8Array());

interface File {
  readonly path: string;
  readonly entry: TreeEntry;
}

interface Candidate {
  readonly from: File;
  readonly to: File;
  readonly score: number;
  readonly isNamesake: boolean;
}

/**
 * Finds renamed files as git does: equal files first, then files of one name that are three quarters alike, then whatever
 * is alike by half, the most alike first. Only the relevant ones are compared by content.
 */
export async function findRenames(
  changes: TreeChanges,
  relevant: ReadonlySet<string>,
  source: ObjectSource,
): Promise<Renames> {
  const search = new RenameSearch(changes, relevant);
  search.matchEqual();
  if (search.isOpen) await search.matchAlike(source);
  return search;
}

class RenameSearch implements Renames {
  readonly to = new Map<string, string>();
  readonly unclear = new Set<string>();
  readonly #sources: Map<string, File>;
  readonly #targets: Map<string, File>;
  readonly #relevant: ReadonlySet<string>;

  constructor({ deleted, added }: TreeChanges, relevant: ReadonlySet<string>) {
    this.#sources = toFiles(deleted);
    this.#targets = toFiles(added);
    this.#relevant = relevant;
  }

  /** Is there anything left to compare? */
  get isOpen(): boolean {
    return this.#targets.size > 0 && [...this.#sources.keys()].some((path) => this.#relevant.has(path));
  }

  matchEqual(): void {
    for (const to of [...this.#targets.values()]) {
      const equal = [...this.#sources.values()].filter(({ entry }) => isEqual(entry, to.entry));
      const namesakes = equal.filter((from) => baseName(from.path) === baseName(to.path));
      const best = namesakes.length > 0 ? namesakes : equal;
      const [from] = best;
      if (from === undefined) continue;
      // Which of several equal files it was does not show.
      if (best.length > 1) for (const each of best) this.unclear.add(each.path);
      this.#take(from, to);
    }
  }

  async matchAlike(source: ObjectSource): Promise<void> {
    const sources = [...this.#sources.values()].filter(isRegular);
    const targets = [...this.#targets.values()].filter(isRegular);
    const relevant = sources.filter(({ path }) => this.#relevant.has(path));
    if (relevant.length * targets.length > maxComparisons) return;
    const read = await readFingerprints([...relevant, ...targets], source);
    const score = (from: File, to: File, least: number): number => {
      const [before, after] = [read(from), read(to)];
      return before === undefined || after === undefined ? 0 : similarity(before, after, least);
    };
    const [bySource, byTarget] = [uniqueNames(sources), uniqueNames(targets)];
    for (const from of relevant) {
      const to = byTarget.get(baseName(from.path));
      if (to === undefined || bySource.get(baseName(from.path)) !== from) continue;
      if (score(from, to, leastScoreOfNamesake) > 0) this.#take(from, to);
    }
    this.#takeBest(score);
  }

  #takeBest(score: (from: File, to: File, least: number) => number): void {
    const relevant = [...this.#sources.values()].filter(
      (file) => isRegular(file) && this.#relevant.has(file.path),
    );
    const candidates: Candidate[] = [];
    for (const to of [...this.#targets.values()].filter(isRegular)) {
      const scored = relevant.map((from) => {
        const isNamesake = baseName(from.path) === baseName(to.path);
        return { from, to, score: score(from, to, leastScore), isNamesake };
      });
      const found = scored.filter((candidate) => candidate.score > 0).sort(compareCandidates);
      candidates.push(...found.slice(0, maxCandidates));
    }
    candidates.sort(compareCandidates);
    for (const [at, candidate] of candidates.entries()) {
      const { from, to } = candidate;
      if (!this.#sources.has(from.path) || !this.#targets.has(to.path)) continue;
      const next = candidates[at + 1];
      const isTie = next !== undefined && compareCandidates(candidate, next) === 0;
      if (isTie && (next.from === from || next.to === to)) {
        this.unclear.add(from.path);
        this.unclear.add(next.from.path);
      }
      this.#take(from, to);
    }
  }

  #take(from: File, to: File): void {
    this.to.set(from.path, to.path);
    this.#sources.delete(from.path);
    this.#targets.delete(to.path);
  }
}

function compareCandidates(a: Candidate, b: Candidate): number {
  return b.score - a.score || Number(b.isNamesake) - Number(a.isNamesake);
}

function toFiles(entries: ReadonlyMap<string, TreeEntry>): Map<string, File> {
  const sorted = [...entries].sort(([a], [b]) => (a < b ? -1 : 1));
  // Empty files are all alike, which says nothing; submodules are not followed.
  const files = sorted.filter(([, entry]) => entry.id !== emptyBlob && kindOf(entry.mode) !== 'submodule');
  return new Map(files.map(([path, entry]) => [path, { path, entry }]));
}

function isEqual(a: TreeEntry, b: TreeEntry): boolean {
  const isLink = [a, b].some(({ mode }) => kindOf(mode) === 'symlink');
  return a.id === b.id && (!isLink || a.mode === b.mode);
}

function isRegular({ entry }: File): boolean {
  return kindOf(entry.mode) !== 'symlink';
}

/** Files by the last part of their paths, where there is only one of that name. */
function uniqueNames(files: readonly File[]): ReadonlyMap<string, File> {
  const found = new Map<string, File>();
  const repeated = new Set<string>();
  for (const file of files) {
    const name = baseName(file.path);
    if (found.has(name)) repeated.add(name);
    found.set(name, file);
  }
  for (const name of repeated) found.delete(name);
  return found;
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

async function readFingerprints(
  files: readonly File[],
  source: ObjectSource,
): Promise<(file: File) => Fingerprint | undefined> {
  const objects = await source.read([...new Set(files.map(({ entry }) => entry.id))]);
  const made = new Map<ObjectId, Fingerprint>();
  return ({ entry }) => {
    const known = made.get(entry.id);
    if (known !== undefined) return known;
    const data = objects.get(entry.id)?.data;
    if (data === undefined || data.length > maxComparedBytes) return undefined;
    const print = fingerprint(data);
    made.set(entry.id, print);
    return print;
  };
}
