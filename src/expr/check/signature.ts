import { describeType, isAssignable, type Type } from './type.ts';

/** One way to call a function. */
export interface Overload {
  readonly params: readonly Type[];
  readonly result: Type;
}

/** Why a call is refused before evaluation; `argument` is the index of the argument to blame. */
export interface Complaint {
  readonly complaint: string;
  readonly argument?: number;
}

/** Type of a call's result, or why the call is refused. */
export type CheckResult = Type | Complaint;

/** Is it a refusal? */
export function isComplaint(result: CheckResult): result is Complaint {
  return 'complaint' in result;
}

/** Finds the first overload that takes the arguments; otherwise says why the last one of this length does not. */
export function checkOverloads(
  name: string,
  overloads: readonly Overload[],
  args: readonly Type[],
): CheckResult {
  let best: Complaint = { complaint: `${name} cannot be called` };
  for (const overload of overloads) {
    const complaint = misfit(name, overload, args);
    if (complaint === undefined) return overload.result;
    // An overload that takes so many arguments says more than one that does not.
    if (best.argument === undefined || complaint.argument !== undefined) best = complaint;
  }
  return best;
}

function misfit(name: string, overload: Overload, args: readonly Type[]): Complaint | undefined {
  const wanted = overload.params.length;
  if (args.length !== wanted) {
    const few = args.length < wanted ? 'few' : 'many';
    return { complaint: `${name} got too ${few} arguments: ${args.length} instead of ${wanted}` };
  }
  const argument = args.findIndex((type, index) => {
    const parameter = overload.params[index];
    return parameter === undefined || !isAssignable(type, parameter);
  });
  if (argument < 0) return undefined;
  const got = describeType(args[argument] ?? { kind: 'nil' });
  const parameter = describeType(overload.params[argument] ?? { kind: 'any' });
  return { complaint: `${name} takes ${parameter} as argument ${argument + 1}, not ${got}`, argument };
}
