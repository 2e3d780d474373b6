import { isMap, isScalar, isSeq, type Node } from 'yaml';
import { firstDocument } from './parse.ts';

/** A key that a mapping has had before. */
export interface DuplicateKey {
  readonly key: string;
  /** Counted from 1. */
  readonly line: number;
}

/** The keys that stand more than once in a mapping of the first document, in order; none when it cannot be read. */
export function listDuplicateKeys(text: string): readonly DuplicateKey[] {
  const document = firstDocument(text);
  if (typeof document === 'string') return [];
  const found: { readonly key: string; readonly offset: number }[] = [];
  const visit = (node: unknown): void => {
    if (isSeq(node)) for (const item of node.items) visit(item);
    if (!isMap(node)) return;
    const seen = new Set<string>();
    for (const { key, value } of node.items) {
      if (isScalar(key)) {
        const name = String(key.value);
        if (seen.has(name)) found.push({ key: name, offset: startOf(key) });
        seen.add(name);
      }
      visit(value);
    }
  };
  visit(document.contents);
  return toLines(text, found);
}

const startOf = (node: Node): number => node.range?.[0] ?? 0;

function toLines(
  text: string,
  found: readonly { readonly key: string; readonly offset: number }[],
): readonly DuplicateKey[] {
  let line = 1;
  let offset = 0;
  return [...found]
    .sort((a, b) => a.offset - b.offset)
    .map((one) => {
      for (; offset < one.offset; offset += 1) if (text[offset] === '\n') line += 1;
      return { key: one.key, line };
    });
}
