import {
  type CST,
  type Document,
  isAlias,
  isCollection,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  type Scalar,
} from 'yaml';
import { toSequenceIndex, type YamlKeyPart } from './key.ts';

/** A scalar to be replaced, and what its surroundings ask of the new text. */
export interface ScalarTarget {
  readonly node: Scalar;
  /** The bytes to replace, as offsets into the text. */
  readonly start: number;
  readonly end: number;
  /** What to write around the new text. */
  readonly before: string;
  readonly after: string;
  readonly style: 'plain' | 'single' | 'double';
  readonly isInFlow: boolean;
  /** Where an explicit tag stands. */
  readonly tag: { readonly start: number; readonly end: number } | undefined;
  readonly isStandardTag: boolean;
  readonly isStringTag: boolean;
}

/** What stands at a path. */
export type Found =
  | { readonly kind: 'scalar'; readonly target: ScalarTarget }
  | { readonly kind: 'collection'; readonly what: 'mapping' | 'sequence' }
  | { readonly kind: 'alias'; readonly name: string }
  | { readonly kind: 'missing' };

/** The tokens in front of a value: the colon or dash, spaces, comments, anchor and tag. */
type Lead = readonly CST.SourceToken[];

/** Follows a path through a document; of duplicate keys the first counts. */
export function findScalar(document: Document.Parsed, parts: readonly YamlKeyPart[]): Found {
  let node: Node | null = document.contents;
  let lead: Lead = [];
  let isInFlow = false;
  for (const part of parts) {
    if (isAlias(node)) return { kind: 'alias', name: node.source };
    const child = isMap<Node, Node | null>(node)
      ? memberOf(node.items, part)
      : isSeq<Node>(node)
        ? itemOf(node, part)
        : undefined;
    if (child === undefined || !isCollection(node)) return { kind: 'missing' };
    isInFlow = node.flow === true;
    node = child.node;
    lead = child.lead;
  }
  if (isAlias(node)) return { kind: 'alias', name: node.source };
  if (isCollection(node)) return { kind: 'collection', what: isMap(node) ? 'mapping' : 'sequence' };
  if (!isScalar(node)) return { kind: 'missing' };
  return { kind: 'scalar', target: toTarget(node, lead, isInFlow) };
}

interface Child {
  readonly node: Node | null;
  readonly lead: Lead;
}

function memberOf(items: readonly Pair<Node, Node | null>[], part: YamlKeyPart): Child | undefined {
  for (const pair of items) {
    if (!isScalar(pair.key) || (pair.key.source ?? String(pair.key.value)) !== part.text) continue;
    return { node: pair.value, lead: pair.srcToken?.sep ?? [] };
  }
  return undefined;
}

function itemOf(
  node: { readonly items: readonly Node[]; readonly srcToken?: unknown },
  part: YamlKeyPart,
): Child | undefined {
  const index = toSequenceIndex(part);
  const item = index === undefined ? undefined : node.items[index];
  if (index === undefined || item === undefined || isPair(item)) return undefined;
  const token = node.srcToken as CST.BlockSequence | CST.FlowCollection | undefined;
  return { node: item, lead: token?.items[index]?.start ?? [] };
}

function toTarget(node: Scalar, lead: Lead, isInFlow: boolean): ScalarTarget {
  const [start, end] = node.range ?? [0, 0];
  const tagToken = lead.find((token) => token.type === 'tag');
  const tag =
    tagToken === undefined
      ? undefined
      : { start: tagToken.offset, end: tagToken.offset + tagToken.source.length };
  const common = {
    node,
    isInFlow,
    tag,
    isStandardTag: tagToken !== undefined && /^(?:!!|!<tag:yaml\.org,2002:)/.test(tagToken.source),
    isStringTag: node.tag === 'tag:yaml.org,2002:str',
  };
  if (node.type === 'BLOCK_FOLDED' || node.type === 'BLOCK_LITERAL') {
    return { ...common, ...blockTarget(node, start, end), style: 'plain' };
  }
  if (start === end && node.srcToken?.type !== 'double-quoted-scalar') {
    const at = emptyPosition(lead, start);
    return { ...common, start: at, end: at, before: ' ', after: '', style: 'plain' };
  }
  const style = node.type === 'QUOTE_DOUBLE' ? 'double' : node.type === 'QUOTE_SINGLE' ? 'single' : 'plain';
  return { ...common, start, end, before: '', after: '', style };
}

/** The value of `key:` goes right behind the last of colon or dash, anchor and tag, in front of a comment. */
function emptyPosition(lead: Lead, fallback: number): number {
  const last = lead.findLast((token) =>
    ['map-value-ind', 'seq-item-ind', 'anchor', 'tag'].includes(token.type),
  );
  return last === undefined ? fallback : last.offset + last.source.length;
}

/** A block scalar is replaced up to the end of its last line with text; the comment in its header is kept. */
function blockTarget(
  node: Scalar,
  start: number,
  end: number,
): { readonly start: number; readonly end: number; readonly before: string; readonly after: string } {
  const token = node.srcToken;
  if (token?.type !== 'block-scalar') return { start, end, before: '', after: '' };
  const comment = token.props.find((prop) => prop.type === 'comment');
  const after = comment?.type === 'comment' ? ` ${comment.source}` : '';
  const header = token.props.find((prop) => prop.type === 'newline');
  const contentStart = header?.type === 'newline' ? header.offset : end;
  const content = token.source.replace(/[\s]+$/, '');
  const newlineLength = header?.type === 'newline' ? header.source.length : 0;
  const contentEnd = content === '' ? contentStart : contentStart + newlineLength + content.length;
  return { start, end: contentEnd, before: '', after };
}
