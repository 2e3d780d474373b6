import { type MergedTrees, mergeTrees, type ObjectId, type Signature } from '../../../wire/git/index.ts';
import { type Repository, writeCommit } from '../../git-server/index.ts';

/** How a pull request is merged. */
export type MergeMethod = 'merge' | 'squash' | 'rebase' | 'rebase-merge' | 'fast-forward';

/** What a merge needs to know beside the two commits. */
export interface MergeDraft {
  readonly method: MergeMethod;
  readonly title: string;
  readonly message: string;
  readonly author: Signature;
  readonly committer: Signature;
}

/** The commit that merging makes; `undefined` when the two sides do not go together. Moves no branch. */
export async function makeMerge(
  repository: Repository,
  base: ObjectId,
  head: ObjectId,
  draft: MergeDraft,
): Promise<ObjectId | undefined> {
  if (draft.method === 'fast-forward') return repository.isAncestor(base, head) ? head : undefined;
  const isRebased = draft.method === 'rebase' || draft.method === 'rebase-merge';
  const tip = isRebased ? await rebase(repository, base, head, draft.committer) : head;
  if (tip === undefined || draft.method === 'rebase') return tip;
  const tree = isRebased ? repository.commit(tip).tree : await mergeCommits(repository, base, head);
  if (tree === undefined) return undefined;
  return writeCommit(repository, {
    tree,
    parents: draft.method === 'squash' ? [base] : [base, tip],
    author: draft.author,
    committer: draft.committer,
    message: draft.message === '' ? `${draft.title}\n` : `${draft.title}\n\n${draft.message}\n`,
  });
}

/** The commits of a head that a base does not have, oldest first. */
export function listCommits(repository: Repository, base: ObjectId, head: ObjectId): ObjectId[] {
  const known = repository.ancestors([base]);
  const ordered: ObjectId[] = [];
  const seen = new Set<ObjectId>(known);
  const open: { id: ObjectId; isDone: boolean }[] = [{ id: head, isDone: false }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next.isDone) ordered.push(next.id);
    else if (!seen.has(next.id)) {
      seen.add(next.id);
      open.push({ id: next.id, isDone: true });
      for (const parent of repository.commit(next.id).parents) open.push({ id: parent, isDone: false });
    }
  }
  return ordered;
}

async function mergeCommits(
  repository: Repository,
  base: ObjectId,
  head: ObjectId,
): Promise<ObjectId | undefined> {
  const common = repository.mergeBase(base, head);
  if (common === undefined) return undefined;
  const treeOf = (id: ObjectId): ObjectId => repository.commit(id).tree;
  const merged = await mergeTrees(
    { base: treeOf(common), ours: treeOf(base), theirs: treeOf(head) },
    repository,
  );
  return keep(repository, merged);
}

async function rebase(
  repository: Repository,
  base: ObjectId,
  head: ObjectId,
  committer: Signature,
): Promise<ObjectId | undefined> {
  let onto = base;
  for (const id of listCommits(repository, base, head)) {
    const { tree, parents, author, message } = repository.commit(id);
    const [parent] = parents;
    // A merge commit brings nothing that its parents, which are replayed too, do not bring.
    if (parents.length > 1) continue;
    const merged = await mergeTrees(
      {
        base: parent === undefined ? undefined : repository.commit(parent).tree,
        ours: repository.commit(onto).tree,
        theirs: tree,
      },
      repository,
    );
    const kept = keep(repository, merged);
    if (kept === undefined) return undefined;
    onto = writeCommit(repository, { tree: kept, parents: [onto], author, committer, message });
  }
  return onto;
}

function keep(repository: Repository, merged: MergedTrees): ObjectId | undefined {
  if (merged.conflicts.length > 0) return undefined;
  for (const [id, object] of merged.objects) repository.put(id, object);
  return merged.tree;
}
