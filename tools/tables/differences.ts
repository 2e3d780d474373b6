/** Rows in which Gantry is right to differ from the original, with the reason. */
export const deliberateDifferences: ReadonlyMap<string, string> = new Map<string, string>([
  ...rows('JSON names of fields are accepted beside Go names', [
    'function-7ec87aeddf',
    'function-33bf31661b',
  ]),
  ...rows('Original() works on every version, not only on parsed ones', ['function-b4dd73708f']),
  ...rows('a predicate over a list that ends in a literal nil is refused by a defect of the checker', [
    'generated-822ddbaaff',
  ]),
  ...rows('two dots in a row within a name are nothing special: the file lies in its folder all the same', [
    'default-6d40293d24',
    'path-c6109181f2',
    'path-4dd841a325',
    'path-9e93918a95',
  ]),
  ...rows('paths that are not ASCII are matched as they are, not as the quoted output of a program', [
    'default-99f23eacf8',
    'default-582ba20ffd',
  ]),
]);

function rows(reason: string, ids: readonly string[]): readonly (readonly [string, string])[] {
  return ids.map((id) => [id, reason] as const);
}
