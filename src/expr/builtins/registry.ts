import { bitBuiltins } from './bits.ts';
import { encodingBuiltins } from './encoding.ts';
import { listBuiltins } from './lists.ts';
import { mapBuiltins } from './maps.ts';
import { numberBuiltins } from './numbers.ts';
import { predicateBuiltins } from './predicates.ts';
import type { Builtin } from './record.ts';
import { stringBuiltins } from './strings.ts';
import { timeBuiltins } from './times.ts';

/** Builtins that belong together. */
export interface BuiltinGroup {
  /** E.g. "Texts". */
  readonly title: string;
  readonly builtins: readonly Builtin[];
}

/** All builtins, as the reference page shows them. */
export const builtinGroups: readonly BuiltinGroup[] = [
  { title: 'Lists with a predicate', builtins: predicateBuiltins },
  { title: 'Lists', builtins: listBuiltins },
  { title: 'Maps and lengths', builtins: mapBuiltins },
  { title: 'Texts', builtins: stringBuiltins },
  { title: 'Numbers and kinds', builtins: numberBuiltins },
  { title: 'Encodings', builtins: encodingBuiltins },
  { title: 'Times', builtins: timeBuiltins },
  { title: 'Bits', builtins: bitBuiltins },
];

/** All builtins by name; parser, checker and evaluator read this one table. */
export const builtins: ReadonlyMap<string, Builtin> = new Map(
  builtinGroups.flatMap((group) => group.builtins.map((builtin) => [builtin.name, builtin] as const)),
);
