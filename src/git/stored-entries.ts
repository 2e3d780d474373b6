import { decodeTree, kindOf } from '../wire/git/index.ts';
import type { StoredEntry } from './workdir/node.ts';

/** The entries of a tree object. Errors: git-wire.object-malformed. */
export function toStoredEntries(data: Uint8Array): readonly StoredEntry[] {
  return decodeTree(data).map(({ name, mode, id }) => ({ name, id, kind: kindOf(mode) }));
}
