import type { Node } from '../ast/node.ts';
import type { Token } from '../lexer/token.ts';
import type { Parser, PredicateShape } from './parser.ts';

/** A call by name: of a builtin or of a host function. `before` holds what a pipe hands in. */
export function readCall(parser: Parser, name: Token, before: readonly Node[]): Node {
  const start = before[0]?.start ?? name.start;
  const shape = parser.grammar.builtin(name.text);
  if (shape !== undefined && shape !== 'plain') return readPredicateCall(parser, name, before, shape);
  const args = [...before, ...readArguments(parser)];
  const end = parser.tokens.previousEnd;
  if (shape === 'plain') {
    return parser.tokens.node({ kind: 'builtin', name: name.text, args, predicate: undefined, start, end });
  }
  const callee = parser.tokens.node<Node>({
    kind: 'name',
    name: name.text,
    start: name.start,
    end: name.end,
  });
  return parser.tokens.node({ kind: 'call', callee, args, start, end });
}

/** Arguments within their parentheses. */
export function readArguments(parser: Parser): readonly Node[] {
  const { tokens } = parser;
  const args: Node[] = [];
  tokens.expect('bracket', '(');
  while (!tokens.is('bracket', ')')) {
    if (args.length > 0) tokens.expect('operator', ',');
    if (tokens.is('bracket', ')')) break;
    args.push(parser.expression(0));
  }
  tokens.expect('bracket', ')');
  return args;
}

function readPredicateCall(
  parser: Parser,
  name: Token,
  before: readonly Node[],
  shape: PredicateShape,
): Node {
  const { tokens } = parser;
  const start = before[0]?.start ?? name.start;
  const args = [...before];
  let predicate: Node | undefined;
  tokens.expect('bracket', '(');
  if (args.length === 0) args.push(readRequired(parser, name, () => parser.expression(0)));
  const isFirst = before.length > 0;
  if (!(shape.isPredicateOptional && tokens.is('bracket', ')'))) {
    if (!isFirst) readComma(parser, name);
    predicate = readRequired(parser, name, () => readPredicate(parser));
    if (shape.hasExtra && !tokens.is('bracket', ')')) {
      tokens.expect('operator', ',');
      args.push(parser.expression(0));
    }
  }
  if (tokens.is('operator', ',')) tokens.next();
  const end = tokens.expect('bracket', ')').end;
  return tokens.node({ kind: 'builtin', name: name.text, args, predicate, start, end });
}

function readComma(parser: Parser, name: Token): void {
  readRequired(parser, name, () => parser.tokens.expect('operator', ','));
}

function readRequired<T>(parser: Parser, name: Token, read: () => T): T {
  const { tokens } = parser;
  if (tokens.is('bracket', ')')) {
    throw tokens.fail(`${name.text} takes a list and a predicate`, tokens.current);
  }
  return read();
}

/** A predicate: an expression, or a sequence in braces. */
function readPredicate(parser: Parser): Node {
  const { tokens } = parser;
  const isBraced = tokens.is('bracket', '{');
  if (isBraced) tokens.next();
  parser.predicateDepth++;
  const node = isBraced ? tokens.nested(parser.sequence) : parser.expression(0);
  parser.predicateDepth--;
  if (isBraced) tokens.expect('bracket', '}');
  return node;
}
