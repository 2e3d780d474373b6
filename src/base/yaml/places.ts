import { type Document, isNode, isPair, LineCounter, type ParsedNode, parseDocument } from 'yaml';
import type { JsonValue } from '../json.ts';

/** A document as JSON, and where its parts stand. */
export interface PlacedYaml {
  readonly value: JsonValue;
  /** The line, from 1, of the value at a path of keys and indexes; of the nearest part above it when there is none. */
  lineOf(path: readonly (string | number)[]): number;
}

/**
 * Reads a configuration that people write by hand, strictly: duplicate keys are refused, `yes` and `no` are booleans.
 * A text says what is wrong, with its line. An empty document is null.
 */
export function parseYamlWithPlaces(text: string): PlacedYaml | string {
  const counter = new LineCounter();
  const document = parseDocument(text, {
    version: '1.1',
    uniqueKeys: true,
    merge: false,
    lineCounter: counter,
    prettyErrors: false,
    logLevel: 'silent',
    maxAliasCount: 0,
  } as Parameters<typeof parseDocument>[1]);
  const problem = document.errors[0];
  if (problem !== undefined) {
    const { line } = counter.linePos(problem.pos[0]);
    return `line ${line}: ${problem.message.split('\n')[0]}`;
  }
  try {
    const value = (document.toJS({ maxAliasCount: 0 }) ?? null) as JsonValue;
    return { value, lineOf: (path) => counter.linePos(offsetOf(document, path)).line };
  } catch {
    return 'aliases are not accepted';
  }
}

function offsetOf(document: Document, path: readonly (string | number)[]): number {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return keyOffset(document, path.slice(0, length)) ?? node.range[0];
  }
  return document.contents?.range?.[0] ?? 0;
}

/** A value may stand below its key, which is what a reader looks for. */
function keyOffset(document: Document, path: readonly (string | number)[]): number | undefined {
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  const items = (parent as { readonly items?: readonly unknown[] } | null | undefined)?.items ?? [];
  const pair = items.find((item) => isPair(item) && String(item.key) === String(path.at(-1)));
  const key = isPair(pair) ? (pair.key as ParsedNode | null) : undefined;
  return key?.range?.[0];
}
