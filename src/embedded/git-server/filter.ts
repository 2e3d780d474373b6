import { gitWireErrors } from '../../wire/git/index.ts';

/** Decides what a filtered fetch leaves out. */
export interface ObjectFilter {
  /** Trees and blobs at this depth below a commit and deeper are left out; a commit's own tree has depth 0. */
  readonly maxDepth: number;
  /** Blobs of this size and larger are left out. */
  readonly maxBlobBytes: number;
}

const units: Readonly<Record<string, number>> = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };

/** Reads a filter as sent; `undefined` means everything. Errors: git-wire.unsupported. */
export function parseFilter(spec: string | undefined): ObjectFilter {
  const everything = { maxDepth: Number.POSITIVE_INFINITY, maxBlobBytes: Number.POSITIVE_INFINITY };
  if (spec === undefined) return everything;
  if (spec === 'blob:none') return { ...everything, maxBlobBytes: 0 };
  const limit = /^blob:limit=(?<count>\d+)(?<unit>[kmg]?)$/i.exec(spec)?.groups;
  if (limit) {
    const factor = units[(limit['unit'] ?? '').toLowerCase()] ?? 1;
    return { ...everything, maxBlobBytes: Number(limit['count']) * factor };
  }
  const depth = /^tree:(?<depth>\d+)$/.exec(spec)?.groups?.['depth'];
  if (depth !== undefined) return { ...everything, maxDepth: Number(depth) };
  if (spec.startsWith('combine:')) {
    const parts = spec.slice('combine:'.length).split('+').map(decodePart).map(parseFilter);
    return {
      maxDepth: Math.min(...parts.map((part) => part.maxDepth)),
      maxBlobBytes: Math.min(...parts.map((part) => part.maxBlobBytes)),
    };
  }
  throw gitWireErrors.create('git-wire.unsupported', `invalid filter-spec '${spec.slice(0, 100)}'`);
}

function decodePart(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // What is not valid encoding is not a valid filter either, and is named as it was sent.
    return text;
  }
}
