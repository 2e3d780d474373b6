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
]);

function rows(reason: string, ids: readonly string[]): readonly (readonly [string, string])[] {
  return ids.map((id) => [id, reason] as const);
}
