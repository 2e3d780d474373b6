import { type CheckResult, checkOverloads, type Overload } from '../check/signature.ts';
import { describeType, type Type } from '../check/type.ts';
import { Fault } from '../problem.ts';
import { isList, kindOf } from '../value/kinds.ts';
import { toInt } from '../value/number.ts';
import { Bytes, type Value } from '../value/types.ts';
import type { BuiltinDoc, CallContext, PlainBuiltin } from './record.ts';

/** A builtin described by its overloads. */
export function typed(
  doc: BuiltinDoc,
  overloads: readonly Overload[],
  call: (args: readonly Value[], context: CallContext) => Value,
): PlainBuiltin {
  return { kind: 'plain', ...doc, check: (args) => checkOverloads(doc.name, overloads, args), call };
}

/** A builtin with one argument of one of these kinds; `result` gives the type of the result. */
export function unary(
  doc: BuiltinDoc,
  kinds: readonly Type['kind'][],
  result: (type: Type) => Type,
  call: (value: Value, context: CallContext) => Value,
): PlainBuiltin {
  const check = (args: readonly Type[]): CheckResult => {
    const [type] = args;
    if (type === undefined || args.length !== 1) {
      return { complaint: `${doc.name} takes one argument, not ${args.length}` };
    }
    if (type.kind !== 'any' && !kinds.includes(type.kind)) {
      return { complaint: `${doc.name} cannot take a value of kind ${describeType(type)}`, argument: 0 };
    }
    return result(type);
  };
  return { kind: 'plain', ...doc, check, call: (args, context) => call(args[0] ?? null, context) };
}

/** The argument as a text. */
export function textAt(args: readonly Value[], index: number, name: string): string {
  const value = args[index] ?? null;
  if (typeof value === 'string') return value;
  throw wrongKind(name, 'string', value);
}

/** The argument as an int; a float is cut. */
export function intAt(args: readonly Value[], index: number, name: string): number {
  const value = args[index] ?? null;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'number') return Number(toInt(value));
  throw wrongKind(name, 'int', value);
}

/** The value as a list; bytes count as a list of ints. */
export function listFrom(value: Value, name: string): readonly Value[] {
  if (isList(value)) return value;
  if (value instanceof Bytes) return [...value.bytes].map(BigInt);
  throw wrongKind(name, 'list', value);
}

/** The fault of a function that got the wrong kind of value. */
export function wrongKind(name: string, wanted: string, value: Value): Fault {
  const kind = kindOf(value);
  return new Fault('expr.type', `${name} needs a value of kind ${wanted}, not ${kind}`, {
    data: { function: name, wanted, kind },
  });
}
