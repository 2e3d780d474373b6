import { closeSync, openSync, readSync, statSync } from 'node:fs';

const magic = 0xbeefc0de;
/** Two pages with the roots of the tree stand at the beginning; the one with the newer transaction counts. */
const headBytes = 160;
const offsets = { magic: 24, pageBytes: 48, lastPage: 144, transaction: 152 };

interface Root {
  readonly pageBytes: number;
  readonly lastPage: number;
  readonly transaction: bigint;
}

/**
 * Why a database file must not be opened, as a clause; `undefined` when nothing is wrong with its outside.
 *
 * The file is mapped into memory: one that has been cut short would end the process instead of failing.
 */
export function findFileProblem(path: string): string | undefined {
  const size = statSync(path).size;
  const descriptor = openSync(path, 'r');
  try {
    const first = readRoot(descriptor, 0);
    const second = readRoot(descriptor, first?.pageBytes ?? 4096);
    const roots = [first, second].filter((root) => root !== undefined);
    const [root] = roots.sort((a, b) => (a.transaction < b.transaction ? 1 : -1));
    if (root === undefined) return 'it does not begin as a database of this program does';
    const needed = (root.lastPage + 1) * root.pageBytes;
    return size < needed ? `it is cut short: ${size} of at least ${needed} bytes are there` : undefined;
  } finally {
    closeSync(descriptor);
  }
}

function readRoot(descriptor: number, position: number): Root | undefined {
  const bytes = Buffer.alloc(headBytes);
  const isWhole = readSync(descriptor, bytes, 0, headBytes, position) === headBytes;
  if (!isWhole || bytes.readUInt32LE(offsets.magic) !== magic) return undefined;
  return {
    pageBytes: bytes.readUInt32LE(offsets.pageBytes),
    lastPage: Number(bytes.readBigUInt64LE(offsets.lastPage)),
    transaction: bytes.readBigUInt64LE(offsets.transaction),
  };
}
