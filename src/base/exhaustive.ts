/** Ends a `switch` over a tagged union: does not compile while a member is unhandled, throws if one slips in at run time. */
export function assertNever(value: never): never {
  throw new Error(`unhandled case ${JSON.stringify(value)}`);
}
