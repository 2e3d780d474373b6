import { intType } from '../check/type.ts';
import { Fault } from '../problem.ts';
import { wrapInt } from '../value/number.ts';
import type { Value } from '../value/types.ts';
import { typed, wrongKind } from './arguments.ts';
import type { Builtin } from './record.ts';

function exactInt(args: readonly Value[], index: number, name: string): bigint {
  const value = args[index] ?? null;
  if (typeof value === 'bigint') return value;
  throw wrongKind(name, 'int', value);
}

interface BitDoc {
  readonly name: string;
  readonly summary: string;
  readonly example: { readonly source: string; readonly result: string };
}

function bitwise(doc: BitDoc, combine: (a: bigint, b: bigint) => bigint): Builtin {
  return typed(
    { ...doc, signature: `${doc.name}(a: int, b: int): int` },
    [{ params: [intType, intType], result: intType }],
    (args) => wrapInt(combine(exactInt(args, 0, doc.name), exactInt(args, 1, doc.name))),
  );
}

/** A shift count within what 64 bits can show. */
function shiftCount(count: bigint): bigint {
  if (count < 0n) throw new Fault('expr.range', `the shift count ${count} is negative`);
  return count > 64n ? 64n : count;
}

/** Functions on the bits of ints. */
export const bitBuiltins: readonly Builtin[] = [
  bitwise(
    { name: 'bitand', summary: 'Bits set in both.', example: { source: 'bitand(6, 3)', result: '2' } },
    (a, b) => a & b,
  ),
  bitwise(
    { name: 'bitor', summary: 'Bits set in either.', example: { source: 'bitor(6, 3)', result: '7' } },
    (a, b) => a | b,
  ),
  bitwise(
    { name: 'bitxor', summary: 'Bits set in exactly one.', example: { source: 'bitxor(6, 3)', result: '5' } },
    (a, b) => a ^ b,
  ),
  bitwise(
    {
      name: 'bitnand',
      summary: 'Bits set in the first and not in the second.',
      example: { source: 'bitnand(6, 3)', result: '4' },
    },
    (a, b) => a & ~b,
  ),
  bitwise(
    { name: 'bitshl', summary: 'Bits moved to the left.', example: { source: 'bitshl(1, 4)', result: '16' } },
    (a, b) => a << shiftCount(b),
  ),
  bitwise(
    {
      name: 'bitshr',
      summary: 'Bits moved to the right, keeping the sign.',
      example: { source: 'bitshr(-16, 2)', result: '-4' },
    },
    (a, b) => a >> shiftCount(b),
  ),
  bitwise(
    {
      name: 'bitushr',
      summary: 'Bits moved to the right, filling with zeros.',
      example: { source: 'bitushr(-1, 60)', result: '15' },
    },
    (a, b) => BigInt.asUintN(64, a) >> shiftCount(b),
  ),
  typed(
    {
      name: 'bitnot',
      signature: 'bitnot(a: int): int',
      summary: 'All bits turned over.',
      example: { source: 'bitnot(0)', result: '-1' },
    },
    [{ params: [intType], result: intType }],
    (args) => ~exactInt(args, 0, 'bitnot'),
  ),
];
