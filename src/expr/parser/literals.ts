import type { Token } from '../lexer/token.ts';
import { Fault } from '../problem.ts';
import { fitsInt } from '../value/number.ts';

/** The value of a number token: an int (bigint) or a float (number). */
export function readNumberLiteral(token: Token): bigint | number {
  const text = token.text.replaceAll('_', '');
  const isPrefixed = /^0[xob]/i.test(text);
  if (!isPrefixed && /[.e]/i.test(text)) {
    const value = Number(text.replace(/^\./, '0.'));
    if (!Number.isFinite(value)) throw refuse(token);
    return value;
  }
  if (isPrefixed && text.length === 2) throw refuse(token);
  // A leading zero has no meaning of its own in decimal integers.
  const value = BigInt(isPrefixed ? text.toLowerCase() : text);
  if (!fitsInt(value)) throw refuse(token);
  return value;
}

function refuse(token: Token): Fault {
  const range = { start: token.start, end: token.end };
  return new Fault('expr.syntax', `${token.text.slice(0, 40)} is not a number that fits 64 bits`, { range });
}
