import { bitBuiltins } from './bits.ts';
import { encodingBuiltins } from './encoding.ts';
import { listBuiltins } from './lists.ts';
import { mapBuiltins } from './maps.ts';
import { numberBuiltins } from './numbers.ts';
import { predicateBuiltins } from './predicates.ts';
import type { Builtin } from './record.ts';
import { stringBuiltins } from './strings.ts';
import { timeBuiltins } from './times.ts';

/** All builtins by name; parser, checker, evaluator and the reference page read this one table. */
export const builtins: ReadonlyMap<string, Builtin> = new Map(
  [
    ...predicateBuiltins,
    ...stringBuiltins,
    ...numberBuiltins,
    ...listBuiltins,
    ...mapBuiltins,
    ...encodingBuiltins,
    ...timeBuiltins,
    ...bitBuiltins,
  ].map((builtin) => [builtin.name, builtin] as const),
);
