import {
  type MergeConflict,
  type MergedTrees,
  type MergeInput,
  mergePass,
  type ObjectSource,
} from './merge-pass.ts';
import { findMoves } from './merge-renames.ts';
import { moveEntries } from './move-entries.ts';
import type { GitObject, ObjectId } from './object-id.ts';

/**
 * Merges two trees with a common base: by id, so that only directories that both sides changed are read, and blobs only
 * where both sides changed the same file.
 *
 * Guarantees: a file that one side renamed and the other one changed is merged under its new name, as git does; renames
 * that contradict each other, and files that appear in a directory that was renamed, are conflicts.
 * Limits: one read per level of directories and one for all blobs; more only where a rename may be behind what looks like
 * a deletion.
 * Errors: git-wire.base-missing when the source does not give an object; the source's own.
 */
export async function mergeTrees(trees: MergeInput, source: ObjectSource): Promise<MergedTrees> {
  const first = await mergePass(trees, source);
  const { gone, stray } = first.suspects;
  if (gone.length === 0 && stray.length === 0) return first;
  const moves = await findMoves(trees, first.suspects, source);
  if (!moves.any) return { ...first, conflicts: joinConflicts(first.conflicts, moves.conflicts) };
  const made = new Map<ObjectId, GitObject>();
  const moved = async <Tree extends ObjectId | undefined>(
    tree: Tree,
    paths: ReadonlyMap<string, string>,
  ): Promise<Tree | ObjectId> => {
    if (tree === undefined || paths.size === 0) return tree;
    const edited = await moveEntries(tree, paths, source);
    for (const [id, object] of edited.objects) made.set(id, object);
    return edited.tree;
  };
  const input = {
    base: await moved(trees.base, moves.base),
    ours: await moved(trees.ours, moves.ours),
    theirs: await moved(trees.theirs, moves.theirs),
  };
  const second = await mergePass(input, withMade(source, made));
  return {
    tree: second.tree,
    objects: new Map([...made, ...second.objects]),
    conflicts: joinConflicts(second.conflicts, moves.conflicts),
  };
}

/** What renames say about a path counts more than what it looked like without them. */
function joinConflicts(
  found: readonly MergeConflict[],
  renamed: readonly MergeConflict[],
): readonly MergeConflict[] {
  const byPath = new Map([...found, ...renamed].map((conflict) => [conflict.path, conflict]));
  return [...byPath.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

function withMade(source: ObjectSource, made: ReadonlyMap<ObjectId, GitObject>): ObjectSource {
  return {
    async read(ids) {
      const found = await source.read(ids.filter((id) => !made.has(id)));
      return new Map([...found, ...ids.flatMap((id) => [...here(made, id)])]);
    },
  };
}

function* here(made: ReadonlyMap<ObjectId, GitObject>, id: ObjectId): Iterable<[ObjectId, GitObject]> {
  const object = made.get(id);
  if (object !== undefined) yield [id, object];
}
