import type { PathRule } from '../domain/index.ts';
import {
  type Commit,
  decodeTree,
  emptyTreeId,
  type GitObject,
  kindOf,
  type ObjectId,
  type TreeEntry,
} from '../wire/git/index.ts';
import type { RemoteObjects } from './objects.ts';

/** Two states of one folder of which nothing is known yet; an absent one has no tree. */
interface Pair {
  readonly commit: ObjectId;
  /** Without a final slash; empty for the root. */
  readonly folder: string;
  readonly now: ObjectId | undefined;
  readonly before: ObjectId | undefined;
}

/** Trees that are asked for in one request. */
const maxTreesAtOnce = 2_000;

/**
 * Those of the commits that changed, against their first parents, a file that the rule admits.
 *
 * Only folders are read, level by level for all commits together, and only those that differ and whose names leave it open
 * whether their files count.
 */
export async function findTouching(
  source: RemoteObjects,
  commits: ReadonlyMap<ObjectId, Commit>,
  rule: PathRule,
  signal: AbortSignal,
): Promise<ReadonlySet<ObjectId>> {
  const found = new Set<ObjectId>();
  let level = await startPairs(source, commits, signal);
  while (level.length > 0) {
    const trees = await readTrees(source, level, signal);
    const next: Pair[] = [];
    for (const pair of level) {
      if (found.has(pair.commit)) continue;
      const compared = compare(pair, trees, rule);
      if (compared === 'touching') found.add(pair.commit);
      else next.push(...compared);
    }
    level = next.filter(({ commit }) => !found.has(commit));
  }
  return found;
}

async function startPairs(
  source: RemoteObjects,
  commits: ReadonlyMap<ObjectId, Commit>,
  signal: AbortSignal,
): Promise<Pair[]> {
  const parents = [...commits.values()].flatMap(({ parents: [first] }) => first ?? []);
  const unknown = [...new Set(parents)].filter((id) => !commits.has(id));
  await source.read(unknown, signal);
  const pairs: Pair[] = [];
  for (const [
    commit,
    {
      tree,
      parents: [first],
    },
  ] of commits) {
    const parent =
      first === undefined ? undefined : (commits.get(first) ?? (await source.readCommit(first, signal)));
    if (parent?.tree !== tree) pairs.push({ commit, folder: '', now: tree, before: parent?.tree });
  }
  return pairs;
}

async function readTrees(
  source: RemoteObjects,
  pairs: readonly Pair[],
  signal: AbortSignal,
): Promise<ReadonlyMap<ObjectId, GitObject>> {
  const ids = [...new Set(pairs.flatMap(({ now, before }) => [now ?? [], before ?? []].flat()))];
  const trees = new Map<ObjectId, GitObject>();
  const wanted = ids.filter((id) => id !== emptyTreeId);
  for (let at = 0; at < wanted.length; at += maxTreesAtOnce) {
    const some = await source.read(wanted.slice(at, at + maxTreesAtOnce), signal);
    for (const [id, tree] of some) trees.set(id, tree);
  }
  return trees;
}

/** What two states of a folder say: a file that counts has changed, or which folders must be compared further. */
function compare(
  { commit, folder, now, before }: Pair,
  trees: ReadonlyMap<ObjectId, GitObject>,
  rule: PathRule,
): 'touching' | readonly Pair[] {
  const next: Pair[] = [];
  const [left, right] = [entriesOf(now, trees), entriesOf(before, trees)];
  for (const name of new Set([...left.keys(), ...right.keys()])) {
    const [a, b] = [left.get(name), right.get(name)];
    if (a?.id === b?.id && a?.mode === b?.mode) continue;
    const path = folder === '' ? name : `${folder}/${name}`;
    const hasFile = [a, b].some((entry) => entry !== undefined && kindOf(entry.mode) !== 'tree');
    if (hasFile && rule.matches(path)) return 'touching';
    const [nowTree, beforeTree] = [treeOf(a), treeOf(b)];
    if (nowTree === beforeTree) continue;
    const below = rule.below(path);
    if (below === 'all') return 'touching';
    if (below === 'some') next.push({ commit, folder: path, now: nowTree, before: beforeTree });
  }
  return next;
}

function entriesOf(
  tree: ObjectId | undefined,
  trees: ReadonlyMap<ObjectId, GitObject>,
): ReadonlyMap<string, TreeEntry> {
  const object = tree === undefined ? undefined : trees.get(tree);
  return new Map(object === undefined ? [] : decodeTree(object.data).map((entry) => [entry.name, entry]));
}

function treeOf(entry: TreeEntry | undefined): ObjectId | undefined {
  return entry !== undefined && kindOf(entry.mode) === 'tree' ? entry.id : undefined;
}
