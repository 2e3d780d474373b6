import type { BinaryOperator, Node } from '../ast/node.ts';
import { binaryOperators, chainable, negatable, unaryOperators } from '../ast/operators.ts';
import { readTokens } from '../lexer/lexer.ts';
import { type Token, wordOperators } from '../lexer/token.ts';
import { Fault } from '../problem.ts';
import { readArguments, readCall } from './calls.ts';
import { readNumberLiteral } from './literals.ts';
import { type ParseLimits, TokenStream } from './stream.ts';

/** What the parser has to know about builtins: which names they have, and which of them take a predicate. */
export interface Grammar {
  /** The arguments of a builtin with a predicate; "plain" for other builtins; `undefined` for names that are none. */
  builtin(name: string): 'plain' | PredicateShape | undefined;
}

/** Arguments of a builtin that takes a list and a predicate. */
export interface PredicateShape {
  readonly isPredicateOptional: boolean;
  readonly hasExtra: boolean;
}

/** State of one parse, handed through the reading functions. */
export interface Parser {
  readonly tokens: TokenStream;
  readonly grammar: Grammar;
  readonly source: string;
  /** How many predicates surround the current token. */
  predicateDepth: number;
  expression(precedence: number): Node;
  sequence(): Node;
}

/** The syntax tree of an expression. Errors: faults with `expr.syntax` or `expr.limit`. */
export function parse(source: string, grammar: Grammar, limits: ParseLimits): Node {
  if (source.length > limits.maxSourceLength) {
    throw new Fault('expr.limit', `the expression is longer than ${limits.maxSourceLength} characters`, {
      range: { start: limits.maxSourceLength, end: source.length },
    });
  }
  const tokens = new TokenStream(readTokens(source), limits);
  const parser: Parser = {
    tokens,
    grammar,
    source,
    predicateDepth: 0,
    expression: (precedence) => tokens.nested(() => readExpression(parser, precedence)),
    sequence: () => readSequence(parser),
  };
  const node = parser.sequence();
  if (!tokens.is('end')) throw tokens.unexpected();
  return node;
}

function readSequence(parser: Parser): Node {
  const { tokens } = parser;
  const items = [parser.expression(0)];
  while (tokens.is('operator', ';')) {
    tokens.next();
    if (tokens.is('end')) break;
    items.push(parser.expression(0));
  }
  const [first] = items;
  if (first !== undefined && items.length === 1) return first;
  return tokens.node({ kind: 'sequence', items, ...span(items[0], items.at(-1)) });
}

function span(first: Node | undefined, last: Node | undefined): { start: number; end: number } {
  return { start: first?.start ?? 0, end: last?.end ?? 0 };
}

function readExpression(parser: Parser, precedence: number): Node {
  const { tokens } = parser;
  if (precedence === 0 && tokens.is('operator', 'let')) return readLet(parser);
  if (precedence === 0 && tokens.is('operator', 'if')) return readIf(parser);
  const left = readBinary(parser, readPrimary(parser), precedence);
  return precedence === 0 ? readTernary(parser, left) : left;
}

function readBinary(parser: Parser, first: Node, precedence: number): Node {
  const { tokens } = parser;
  let left = first;
  let before = '';
  while (tokens.is('operator')) {
    const mark = tokens.mark();
    const negation = tokens.is('operator', 'not') ? tokens.next() : undefined;
    const sign = tokens.current;
    if (negation !== undefined && !negatable.has(sign.text)) throw tokens.unexpected();
    const binding = sign.kind === 'operator' ? binaryOperators.get(sign.text) : undefined;
    if (binding === undefined || binding.precedence < precedence) {
      tokens.reset(mark);
      return left;
    }
    tokens.next();
    if (binding.operator === '|') {
      left = readCall(parser, tokens.expect('identifier'), [left]);
    } else {
      if (before === '??' && binding.operator !== '??') {
        throw tokens.fail(
          `?? and ${sign.text} cannot stand side by side; put one of them into parentheses`,
          sign,
        );
      }
      left = readRight(parser, left, sign, binding.operator, binding.precedence);
      if (negation !== undefined) {
        left = tokens.node({ kind: 'unary', operator: '!', operand: left, start: left.start, end: left.end });
      }
    }
    before = sign.text;
  }
  return left;
}

function readRight(
  parser: Parser,
  left: Node,
  sign: Token,
  operator: BinaryOperator,
  precedence: number,
): Node {
  if (chainable.has(operator)) return readComparison(parser, left, sign, precedence);
  const isRight = binaryOperators.get(sign.text)?.isRightAssociative === true;
  const right = parser.expression(isRight ? precedence : precedence + 1);
  return binary(parser, left, right, sign, operator);
}

function binary(parser: Parser, left: Node, right: Node, sign: Token, operator: BinaryOperator): Node {
  const at = { start: sign.start, end: sign.end };
  return parser.tokens.node({ kind: 'binary', operator, left, right, at, start: left.start, end: right.end });
}

/** `a < b < c` is `a < b && b < c`. */
function readComparison(parser: Parser, first: Node, firstSign: Token, precedence: number): Node {
  const { tokens } = parser;
  let left = first;
  let sign = firstSign;
  let root: Node | undefined;
  for (;;) {
    const right = parser.expression(precedence + 1);
    const step = binary(parser, left, right, sign, sign.text as BinaryOperator);
    root = root === undefined ? step : binary(parser, root, step, sign, '&&');
    left = right;
    sign = tokens.current;
    if (sign.kind !== 'operator' || !chainable.has(sign.text)) return root;
    tokens.next();
  }
}

function readTernary(parser: Parser, condition: Node): Node {
  const { tokens } = parser;
  let node = condition;
  while (tokens.is('operator', '?')) {
    tokens.next();
    let then = node;
    if (!tokens.is('operator', ':')) then = parser.expression(0);
    tokens.expect('operator', ':');
    const otherwise = parser.expression(0);
    node = tokens.node({
      kind: 'conditional',
      condition: node,
      then,
      otherwise,
      start: node.start,
      end: otherwise.end,
    });
  }
  return node;
}

function readLet(parser: Parser): Node {
  const { tokens } = parser;
  const start = tokens.next().start;
  const name = tokens.expect('identifier').text;
  tokens.expect('operator', '=');
  const value = parser.expression(0);
  tokens.expect('operator', ';');
  const body = tokens.nested(parser.sequence);
  return tokens.node({ kind: 'let', name, value, body, start, end: body.end });
}

function readIf(parser: Parser): Node {
  const { tokens } = parser;
  const start = tokens.next().start;
  const condition = parser.expression(0);
  const then = readBlock(parser);
  tokens.expect('operator', 'else');
  const otherwise = tokens.is('operator', 'if') ? tokens.nested(() => readIf(parser)) : readBlock(parser);
  const end = tokens.previousEnd;
  return tokens.node({ kind: 'conditional', condition, then, otherwise, start, end });
}

function readBlock(parser: Parser): Node {
  const { tokens } = parser;
  tokens.expect('bracket', '{');
  const body = tokens.nested(parser.sequence);
  tokens.expect('bracket', '}');
  return body;
}

function readPrimary(parser: Parser): Node {
  const { tokens } = parser;
  const token = tokens.current;
  const unary = token.kind === 'operator' ? unaryOperators.get(token.text) : undefined;
  if (unary !== undefined) {
    tokens.next();
    const operand = parser.expression(unary.precedence);
    const node = tokens.node({
      kind: 'unary' as const,
      operator: unary.operator,
      operand,
      start: token.start,
      end: operand.end,
    });
    return readPostfix(parser, node);
  }
  if (tokens.is('bracket', '(')) {
    tokens.next();
    const inner = tokens.nested(parser.sequence);
    tokens.expect('bracket', ')');
    return readPostfix(parser, inner);
  }
  if (tokens.is('operator', '#') || tokens.is('operator', '.')) return readPointer(parser);
  if (tokens.is('operator', '::')) {
    tokens.next();
    return readPostfix(parser, readCall(parser, tokens.expect('identifier'), []));
  }
  return readOperand(parser);
}

function readPointer(parser: Parser): Node {
  const { tokens } = parser;
  const token = tokens.current;
  if (parser.predicateDepth === 0) {
    throw tokens.fail(`"${token.text}" stands for an item and has a meaning only within a predicate`, token);
  }
  let name = '';
  let end = token.start;
  if (token.text === '#') {
    tokens.next();
    end = token.end;
    if (tokens.is('identifier')) {
      const named = tokens.next();
      name = named.text;
      end = named.end;
    }
  }
  return readPostfix(parser, tokens.node({ kind: 'pointer', name, start: token.start, end }));
}

function readOperand(parser: Parser): Node {
  const { tokens } = parser;
  const token = tokens.current;
  const range = { start: token.start, end: token.end };
  if (token.kind === 'identifier') {
    tokens.next();
    if (token.text === 'true') return tokens.node({ kind: 'literal', value: true, ...range });
    if (token.text === 'false') return tokens.node({ kind: 'literal', value: false, ...range });
    if (token.text === 'nil') return tokens.node({ kind: 'literal', value: null, ...range });
    if (tokens.is('bracket', '(')) return readPostfix(parser, readCall(parser, token, []));
    return readPostfix(parser, tokens.node({ kind: 'name', name: token.text, ...range }));
  }
  if (token.kind === 'number') {
    tokens.next();
    return tokens.node({ kind: 'literal', value: readNumberLiteral(token), ...range });
  }
  if (token.kind === 'string' || token.kind === 'bytes') {
    tokens.next();
    return readPostfix(parser, tokens.node({ kind: 'literal', value: token.bytes ?? token.text, ...range }));
  }
  if (tokens.is('bracket', '[')) return readPostfix(parser, readList(parser));
  if (tokens.is('bracket', '{')) return readPostfix(parser, readMap(parser));
  throw tokens.unexpected();
}

function readList(parser: Parser): Node {
  const { tokens } = parser;
  const start = tokens.expect('bracket', '[').start;
  const items: Node[] = [];
  while (!tokens.is('bracket', ']')) {
    if (items.length > 0) tokens.expect('operator', ',');
    if (tokens.is('bracket', ']')) break;
    items.push(parser.expression(0));
  }
  const end = tokens.expect('bracket', ']').end;
  return tokens.node({ kind: 'list', items, start, end });
}

function readMap(parser: Parser): Node {
  const { tokens } = parser;
  const start = tokens.expect('bracket', '{').start;
  const pairs: { key: Node; value: Node }[] = [];
  while (!tokens.is('bracket', '}')) {
    if (pairs.length > 0) tokens.expect('operator', ',');
    if (tokens.is('bracket', '}')) break;
    const key = readKey(parser);
    tokens.expect('operator', ':');
    pairs.push({ key, value: parser.expression(0) });
  }
  const end = tokens.expect('bracket', '}').end;
  return tokens.node({ kind: 'map', pairs, start, end });
}

function readKey(parser: Parser): Node {
  const { tokens } = parser;
  const token = tokens.current;
  if (token.kind === 'number' || token.kind === 'string' || token.kind === 'identifier') {
    tokens.next();
    return tokens.node({ kind: 'literal', value: token.text, start: token.start, end: token.end });
  }
  if (tokens.is('bracket', '(')) return parser.expression(0);
  throw tokens.unexpected('a key: a name, a text, a number or an expression in parentheses');
}

function readPostfix(parser: Parser, first: Node): Node {
  const { tokens } = parser;
  let node = first;
  for (;;) {
    if (tokens.is('operator', '.') || tokens.is('operator', '?.')) {
      const isOptional = tokens.next().text === '?.';
      node =
        isOptional && tokens.is('bracket', '[')
          ? readIndex(parser, node, true)
          : readField(parser, node, isOptional);
    } else if (tokens.is('bracket', '[')) {
      node = readIndex(parser, node, false);
    } else {
      return node;
    }
  }
}

function readField(parser: Parser, before: Node, isOptional: boolean): Node {
  const { tokens } = parser;
  const name = tokens.current;
  const isWord = name.kind === 'operator' && wordOperators.has(name.text);
  if (name.kind !== 'identifier' && !isWord) throw tokens.unexpected('a name');
  tokens.next();
  const range = { start: name.start, end: name.end };
  const property = tokens.node<Node>({ kind: 'literal', value: name.text, ...range });
  const object = before.kind === 'chain' ? before.inner : before;
  let node: Node = tokens.node({
    kind: 'member',
    object,
    property,
    isOptional,
    isDotted: true,
    start: before.start,
    end: name.end,
  });
  if (tokens.is('bracket', '(')) {
    const args = readArguments(parser);
    node = tokens.node({ kind: 'call', callee: node, args, start: before.start, end: tokens.previousEnd });
  }
  const isChain = before.kind === 'chain' || isOptional;
  return isChain ? tokens.node({ kind: 'chain', inner: node, start: node.start, end: node.end }) : node;
}

function readIndex(parser: Parser, object: Node, isOptional: boolean): Node {
  const { tokens } = parser;
  tokens.expect('bracket', '[');
  const start = object.start;
  let from: Node | undefined;
  if (!tokens.is('operator', ':')) from = parser.expression(0);
  if (from === undefined || tokens.is('operator', ':')) {
    tokens.expect('operator', ':');
    const to = tokens.is('bracket', ']') ? undefined : parser.expression(0);
    const end = tokens.expect('bracket', ']').end;
    return tokens.node({ kind: 'slice', object, from, to, start, end });
  }
  const end = tokens.expect('bracket', ']').end;
  const node: Node = tokens.node({
    kind: 'member',
    object,
    property: from,
    isOptional,
    isDotted: false,
    start,
    end,
  });
  return isOptional ? tokens.node({ kind: 'chain', inner: node, start, end }) : node;
}
