import type { Node } from '../ast/node.ts';
import { formatJsonFloat } from '../value/number.ts';

/**
 * An expression written in one canonical form: one space around operators, parentheses around every operand that is
 * an operation. Parsing what is printed gives the same tree.
 */
export function printNode(node: Node): string {
  switch (node.kind) {
    case 'literal':
      return printLiteral(node.value);
    case 'name':
      return node.name;
    case 'pointer':
      return `#${node.name}`;
    case 'unary':
      return `${node.operator}${printOperand(node.operand)}`;
    case 'binary':
      return `${printOperand(node.left)} ${node.operator} ${printOperand(node.right)}`;
    case 'member':
      return printMember(node);
    case 'slice': {
      const [from, to] = [node.from, node.to].map((bound) => (bound === undefined ? '' : printNode(bound)));
      return `${printOperand(node.object)}[${from}:${to}]`;
    }
    case 'chain':
      return printNode(node.inner);
    case 'call':
      return `${printOperand(node.callee)}(${node.args.map(printNode).join(', ')})`;
    case 'builtin':
      return printBuiltin(node);
    case 'conditional':
      return `${printOperand(node.condition)} ? ${printOperand(node.then)} : ${printOperand(node.otherwise)}`;
    case 'let':
      return `let ${node.name} = ${printOperand(node.value)}; ${printNode(node.body)}`;
    case 'sequence':
      return node.items.map(printOperand).join('; ');
    case 'list':
      return `[${node.items.map(printOperand).join(', ')}]`;
    case 'map':
      return `{${node.pairs.map(({ key, value }) => `${printKey(key)}: ${printOperand(value)}`).join(', ')}}`;
  }
}

const compound: ReadonlySet<Node['kind']> = new Set(['unary', 'binary', 'conditional', 'let', 'sequence']);

function printOperand(node: Node): string {
  const text = printNode(node);
  const isNumber =
    node.kind === 'literal' && (typeof node.value === 'bigint' || typeof node.value === 'number');
  return compound.has(node.kind) || isNumber ? `(${text})` : text;
}

function printMember(node: Extract<Node, { kind: 'member' }>): string {
  // A chain within a chain's brackets ends there, so it keeps its parentheses.
  const object = node.object.kind === 'chain' ? `(${printNode(node.object)})` : printOperand(node.object);
  const dot = node.isOptional ? '?.' : '.';
  if (node.isDotted && node.property.kind === 'literal')
    return `${object}${dot}${String(node.property.value)}`;
  return `${object}${node.isOptional ? '?.' : ''}[${printNode(node.property)}]`;
}

function printKey(key: Node): string {
  return key.kind === 'literal' ? printLiteral(key.value) : `(${printNode(key)})`;
}

function printBuiltin(node: Extract<Node, { kind: 'builtin' }>): string {
  const [list, ...extra] = node.args.map(printNode);
  const predicate = node.predicate === undefined ? [] : [`{${printNode(node.predicate)}}`];
  const parts = [list, ...predicate, ...extra].filter((part) => part !== undefined);
  return `${node.name}(${parts.join(', ')})`;
}

function printLiteral(value: null | boolean | bigint | number | string | Uint8Array): string {
  if (value === null) return 'nil';
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') {
    const text = formatJsonFloat(value);
    return /[.e]/.test(text) ? text : `${text}.0`;
  }
  if (value instanceof Uint8Array) {
    return `b"${[...value].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')}"`;
  }
  return String(value);
}
