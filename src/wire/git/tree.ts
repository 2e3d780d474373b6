import { gitWireErrors } from './errors.ts';
import { type ObjectId, objectIdBytes, quote, readObjectId } from './object-id.ts';
import { asBuffer, decodeText, encodeText } from './text.ts';

/** What a tree entry is. */
export type EntryKind = 'file' | 'executable' | 'symlink' | 'tree' | 'submodule';

/** One entry of a tree. */
export interface TreeEntry {
  /** As stored, e.g. "100644" or "40000"; `modeOf` gives the one of a kind. */
  readonly mode: string;
  readonly name: string;
  readonly id: ObjectId;
}

const modes: Readonly<Record<EntryKind, string>> = {
  file: '100644',
  executable: '100755',
  symlink: '120000',
  tree: '40000',
  submodule: '160000',
};

/** The mode that git writes for a kind. */
export function modeOf(kind: EntryKind): string {
  return modes[kind];
}

/** What a mode stands for; old modes such as "100664" are files. */
export function kindOf(mode: string): EntryKind {
  const bits = Number.parseInt(mode, 8);
  const format = bits & 0o170000;
  if (format === 0o040000) return 'tree';
  if (format === 0o120000) return 'symlink';
  if (format === 0o160000) return 'submodule';
  return (bits & 0o100) === 0 ? 'file' : 'executable';
}

/** Reads a tree object. Errors: git-wire.object-malformed. */
export function decodeTree(data: Uint8Array): TreeEntry[] {
  const buffer = asBuffer(data);
  const entries: TreeEntry[] = [];
  for (let at = 0; at < buffer.length; ) {
    const space = buffer.indexOf(0x20, at);
    const nul = buffer.indexOf(0, at);
    if (space < 0 || nul < 0 || space > nul || nul + 21 > buffer.length) {
      throw gitWireErrors.create('git-wire.object-malformed', 'a tree entry is cut off');
    }
    const mode = buffer.toString('latin1', at, space);
    const name = decodeText(buffer.subarray(space + 1, nul));
    if (!/^[0-7]{5,6}$/.test(mode) || name === '' || name.includes('/')) {
      const entry = quote(`${mode} ${name}`);
      throw gitWireErrors.create('git-wire.object-malformed', `a tree has the entry ${entry}`);
    }
    entries.push({ mode, name, id: readObjectId(buffer, nul + 1) });
    at = nul + 21;
  }
  return entries;
}

/**
 * The bytes of a tree object; entries may come in any order.
 *
 * Errors: git-wire.object-malformed for a name that no tree may have, or that occurs twice.
 */
export function encodeTree(entries: readonly TreeEntry[]): Buffer {
  const sorted = entries.map((entry) => ({ ...entry, bytes: encodeText(entry.name) })).sort(compareEntries);
  const seen = new Set<string>();
  const parts: Buffer[] = [];
  for (const { mode, name, id, bytes } of sorted) {
    if (!isEntryName(name) || seen.has(name)) {
      const why = seen.has(name) ? 'occurs twice' : 'is not allowed';
      throw gitWireErrors.create('git-wire.object-malformed', `the tree entry name ${quote(name)} ${why}`);
    }
    seen.add(name);
    parts.push(Buffer.from(`${mode.replace(/^0+/, '')} `), bytes, zero, objectIdBytes(id));
  }
  return Buffer.concat(parts);
}

/** May a tree have an entry of this name? */
export function isEntryName(name: string): boolean {
  return !/^(?:|\.|\.\.|\.git)$/i.test(name) && !/[/\0]/.test(name);
}

const zero = Buffer.from([0]);

interface SortEntry {
  readonly mode: string;
  readonly bytes: Buffer;
}

/** Git's order: by bytes, a directory as if its name ended in a slash. */
function compareEntries(a: SortEntry, b: SortEntry): number {
  const length = Math.min(a.bytes.length, b.bytes.length);
  const order = a.bytes.compare(b.bytes, 0, length, 0, length);
  return order === 0 ? nextByte(a, length) - nextByte(b, length) : order;
}

function nextByte(entry: SortEntry, at: number): number {
  return entry.bytes[at] ?? (kindOf(entry.mode) === 'tree' ? 0x2f : 0);
}
