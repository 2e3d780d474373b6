import { decodeTree, kindOf } from '../wire/git/index.ts';
import { gitErrors } from './errors.ts';
import type { StoredEntry } from './workdir/node.ts';

/** The entries of a tree object. Errors: git-wire.object-malformed, git.protocol for names that would climb. */
export function toStoredEntries(data: Uint8Array): readonly StoredEntry[] {
  return decodeTree(data).map(({ name, mode, id }) => {
    // A tree made by hand to write outside of its work tree.
    if (name === '.' || name === '..') throw gitErrors.create('git.protocol', `a tree has an entry ${name}`);
    return { name, id, kind: kindOf(mode) };
  });
}
