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
  ...rows('an Application that is missing is waited for: a push just before may create it', [
    'argocd-update-dec8f281af',
  ]),
  ...rows('an operation without a phase is one that runs, not an error', [
    'argocd-update-1f8b880482',
    'argocd-update-84c3e727f2',
    'argocd-update-36a6b7d7d5',
    'argocd-update-50175981a0',
    'argocd-update-ec01259906',
  ]),
  ...rows('Kustomize images that the step does not name are kept; the original drops them', [
    'argocd-update-d077a1d6a0',
    'argocd-update-01162e4f36',
    'argocd-update-a3e1273126',
    'argocd-update-aab6cd9f96',
  ]),
  ...rows('a rule that takes ".git" in again has no effect: it is no file of the work directory', [
    'copy-ae17d07d31',
  ]),
]);

function rows(reason: string, ids: readonly string[]): readonly (readonly [string, string])[] {
  return ids.map((id) => [id, reason] as const);
}
