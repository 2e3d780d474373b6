import { listChanges, type TreeChanges } from './list-changes.ts';
import type {
  ConflictKind,
  MergeConflict,
  MergeInput,
  ObjectSource,
  SideChange,
  Suspects,
} from './merge-pass.ts';
import { findRenames, type Renames } from './renames.ts';
import { kindOf } from './tree.ts';

/** Files that are to be merged under other paths, old path to new, in each of the three trees. */
export interface Moves {
  readonly base: ReadonlyMap<string, string>;
  readonly ours: ReadonlyMap<string, string>;
  readonly theirs: ReadonlyMap<string, string>;
  readonly any: boolean;
  /** Where renames contradict what the other side did. */
  readonly conflicts: readonly MergeConflict[];
}

interface Side extends TreeChanges {
  readonly renames: Renames;
}

/** Finds the renames behind what is suspicious, and what they mean for the merge. */
export async function findMoves(trees: MergeInput, suspects: Suspects, source: ObjectSource): Promise<Moves> {
  const ours = await readSide(trees, 'ours', suspects, source);
  const theirs = await readSide(trees, 'theirs', suspects, source);
  const plan = new MovePlan(ours, theirs);
  const isGone = (path: string): boolean => suspects.gone.some((suspect) => isBehind(path, suspect));
  const deleted = new Set([...ours.deleted.keys(), ...theirs.deleted.keys()]);
  for (const path of deleted) if (isGone(path)) plan.follow(path);
  for (const stray of suspects.stray) plan.look(stray);
  return plan;
}

async function readSide(
  trees: MergeInput,
  side: 'ours' | 'theirs',
  suspects: Suspects,
  source: ObjectSource,
): Promise<Side> {
  const changes = await listChanges(trees.base, trees[side], source);
  const gone = suspects.gone.filter((suspect) => suspect.side === side || suspect.side === 'both');
  const isRelevant = (path: string): boolean =>
    gone.some((suspect) => isBehind(path, suspect)) ||
    suspects.stray.some((stray) => stray.gone === side && isAtOrBelow(path, stray.folder, true));
  const relevant = new Set([...changes.deleted.keys()].filter(isRelevant));
  const isHopeless = relevant.size === 0 || changes.added.size === 0;
  const none: Renames = { to: new Map(), unclear: new Set() };
  return { ...changes, renames: isHopeless ? none : await findRenames(changes, relevant, source) };
}

function isBehind(path: string, suspect: Suspects['gone'][number]): boolean {
  return isAtOrBelow(path, suspect.path, kindOf(suspect.entry.mode) === 'tree');
}

function isAtOrBelow(path: string, above: string, isFolder: boolean): boolean {
  return path === above || (isFolder && path.startsWith(`${above}/`));
}

class MovePlan implements Moves {
  readonly base = new Map<string, string>();
  readonly ours = new Map<string, string>();
  readonly theirs = new Map<string, string>();
  readonly conflicts: MergeConflict[] = [];
  readonly #sides: { readonly ours: Side; readonly theirs: Side };

  constructor(ours: Side, theirs: Side) {
    this.#sides = { ours, theirs };
  }

  get any(): boolean {
    return this.base.size > 0;
  }

  /** A file that is gone on one side or on both. */
  follow(path: string): void {
    const { ours, theirs } = this.#sides;
    const [left, right] = [ours.renames.to.get(path), theirs.renames.to.get(path)];
    const isUnclear = ours.renames.unclear.has(path) || theirs.renames.unclear.has(path);
    const isGoneTwice = ours.deleted.has(path) && theirs.deleted.has(path);
    if (left === undefined && right === undefined) return;
    if (left !== undefined && left === right && !isUnclear) this.base.set(path, left);
    else if (isGoneTwice) this.#conflict(path, 'renamed', toChange(left), toChange(right));
    else if (left !== undefined) this.#carry(path, left, { from: 'theirs', isUnclear });
    else if (right !== undefined) this.#carry(path, right, { from: 'ours', isUnclear });
  }

  /** Something new in a directory that the other side has no more: where should it be when the directory was renamed? */
  look({ path, folder, gone }: Suspects['stray'][number]): void {
    const { renames } = this.#sides[gone];
    const moved = [...renames.to].find(([from]) => isAtOrBelow(from, folder, true));
    if (moved === undefined) return;
    const renamed: SideChange = { change: 'renamed', to: moved[1].slice(0, moved[1].lastIndexOf('/')) };
    const added: SideChange = { change: 'added' };
    if (gone === 'ours') this.#conflict(path, 'directory-renamed', renamed, added);
    else this.#conflict(path, 'directory-renamed', added, renamed);
  }

  /** What one side did to a file goes to where the other side has put it. */
  #carry(
    path: string,
    to: string,
    how: { readonly from: 'ours' | 'theirs'; readonly isUnclear: boolean },
  ): void {
    if (how.isUnclear || this.#isTaken(to, how.from)) {
      const renamed: SideChange = { change: 'renamed', to };
      const changed: SideChange = { change: 'changed' };
      if (how.from === 'theirs') this.#conflict(path, 'renamed', renamed, changed);
      else this.#conflict(path, 'renamed', changed, renamed);
      return;
    }
    this.base.set(path, to);
    this[how.from].set(path, to);
  }

  /** Is something at a path, below or above it, on the side that did not put a file there? */
  #isTaken(to: string, side: 'ours' | 'theirs'): boolean {
    const other = this.#sides[side];
    const own = this.#sides[side === 'ours' ? 'theirs' : 'ours'];
    const isNear = (path: string): boolean => isAtOrBelow(path, to, true) || isAtOrBelow(to, path, true);
    if ([...other.added.keys()].some(isNear)) return true;
    return [...own.deleted.keys()].some((path) => isNear(path) && !other.deleted.has(path) && path !== to);
  }

  #conflict(path: string, kind: ConflictKind, ours: SideChange, theirs: SideChange): void {
    this.conflicts.push({ path, kind, ours, theirs });
  }
}

function toChange(to: string | undefined): SideChange {
  return to === undefined ? { change: 'deleted' } : { change: 'renamed', to };
}
