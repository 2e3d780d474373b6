import { gitWireErrors } from './errors.ts';
import { type ObjectId, quote, readObjectId } from './object-id.ts';
import { asBuffer, decodeText, encodeText, sizeOfText, writeText } from './text.ts';

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
    const nul = space < 0 ? -1 : buffer.indexOf(0, at);
    if (nul < space || nul < 0 || nul + 21 > buffer.length) {
      throw gitWireErrors.create('git-wire.object-malformed', 'a tree entry is cut off');
    }
    const mode = readMode(buffer, at, space);
    const name = readName(buffer, space + 1, nul);
    if (mode === undefined || name === '' || name.includes('/')) {
      const entry = quote(`${buffer.toString('latin1', at, space)} ${name}`);
      throw gitWireErrors.create('git-wire.object-malformed', `a tree has the entry ${entry}`);
    }
    entries.push({ mode, name, id: readObjectId(buffer, nul + 1) });
    at = nul + 21;
  }
  return entries;
}

const usualModes: ReadonlyMap<number, string> = new Map(
  Object.values(modes).map((mode) => [Number.parseInt(mode, 8), mode]),
);

/** The mode as stored; the usual ones are the same text each time, because large trees have many. */
function readMode(buffer: Buffer, start: number, end: number): string | undefined {
  if (end - start !== 5 && end - start !== 6) return undefined;
  let bits = 0;
  for (let at = start; at < end; at++) {
    const digit = (buffer[at] ?? 0) - 0x30;
    if (digit < 0 || digit > 7) return undefined;
    bits = bits * 8 + digit;
  }
  const usual = usualModes.get(bits);
  return usual?.length === end - start ? usual : buffer.toString('latin1', start, end);
}

function readName(buffer: Buffer, start: number, end: number): string {
  const name = buffer.toString('utf8', start, end);
  // The mark of what is not UTF-8, which `decodeText` keeps.
  return name.includes('\ufffd') ? decodeText(buffer.subarray(start, end)) : name;
}

/**
 * The bytes of a tree object; entries may come in any order.
 *
 * Errors: git-wire.object-malformed for a name that no tree may have, or that occurs twice.
 */
export function encodeTree(entries: readonly TreeEntry[]): Buffer {
  const sorted = sortEntries(entries);
  const seen = new Set<string>();
  let size = 0;
  for (const { mode, name } of sorted) {
    if (!isEntryName(name) || seen.has(name)) {
      const why = seen.has(name) ? 'occurs twice' : 'is not allowed';
      throw gitWireErrors.create('git-wire.object-malformed', `the tree entry name ${quote(name)} ${why}`);
    }
    seen.add(name);
    size += mode.length + sizeOfText(name) + 22;
  }
  const buffer = Buffer.allocUnsafe(size);
  let at = 0;
  for (const { mode, name, id } of sorted) {
    at += buffer.write(`${mode.replace(/^0+/, '')} `, at, 'latin1');
    at += writeText(buffer, name, at);
    buffer[at++] = 0;
    at += buffer.write(id, at, 'hex');
  }
  return buffer.subarray(0, at);
}

/** May a tree have an entry of this name? */
export function isEntryName(name: string): boolean {
  if (name.length <= 4 && /^(?:|\.|\.\.|\.git)$/i.test(name)) return false;
  return !name.includes('/') && !name.includes('\0');
}

/** In git's order: by bytes, a directory as if its name ended in a slash. */
function sortEntries(entries: readonly TreeEntry[]): readonly TreeEntry[] {
  const keys = entries.map(({ mode, name }) => (kindOf(mode) === 'tree' ? `${name}/` : name));
  // Texts have the order of their bytes unless there are surrogates.
  const isByText = !keys.some((key) => surrogate.test(key));
  if (isByText && keys.every((key, index) => index === 0 || (keys[index - 1] ?? '') < key)) return entries;
  const keyed = entries.map((entry, index) => ({ entry, key: keys[index] ?? '' }));
  if (isByText) keyed.sort((a, b) => (a.key < b.key ? -1 : 1));
  else keyed.sort((a, b) => encodeText(a.key).compare(encodeText(b.key)));
  return keyed.map(({ entry }) => entry);
}

const surrogate = /[\ud800-\udfff]/;
