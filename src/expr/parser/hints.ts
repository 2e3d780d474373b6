import { negatable } from '../ast/operators.ts';
import type { Token } from '../lexer/token.ts';

/** Words that other languages have, and what to write here. */
const foreignWords: ReadonlyMap<string, string> = new Map([
  ['=', 'comparing is written =='],
  ['AND', 'write "and" or &&'],
  ['OR', 'write "or" or ||'],
  ['NOT', 'write "not" or !'],
  ['is', 'comparing is written =='],
  ['eq', 'comparing is written =='],
  ['ne', 'comparing is written !='],
]);

/** What was probably meant where a token is out of place. */
export function hintFor(
  token: Token,
  before: Token | undefined,
  after: Token | undefined,
): string | undefined {
  if (token.text === '{' && before?.text === '$')
    return 'this is within an expression already: leave out ${{ and }}';
  if (negatable.has(token.text) && after?.text === '(')
    return `"${token.text}" is an operator: write a ${token.text} b`;
  return token.kind === 'string' ? undefined : foreignWords.get(token.text);
}
