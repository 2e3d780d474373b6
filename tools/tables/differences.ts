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
  ...rows('a step that says Failed without an error has failed; it does not wait', [
    'orchestrate-23066b8318',
    'orchestrate-5e8383761c',
    'orchestrate-7e11ea11e4',
    'orchestrate-9eb8c87c2a',
    'orchestrate-b7dc933465',
  ]),
  ...rows('a step cannot give a status that does not exist', [
    'orchestrate-495dcbee2e',
    'orchestrate-844a223dac',
    'orchestrate-9bb0e56cf3',
    'orchestrate-a7fce9f112',
    'orchestrate-b893ddfdff',
    'orchestrate-bdf7df58ba',
    'orchestrate-bf6e381a56',
    'orchestrate-c167d33654',
    'orchestrate-f3f4394e71',
    'orchestrate-fca1684881',
  ]),
  ...rows('a poll interval that is no duration is refused; the original takes any text that holds one', [
    'git-merge-pr-d31b0d4681',
  ]),
]);

function rows(reason: string, ids: readonly string[]): readonly (readonly [string, string])[] {
  return ids.map((id) => [id, reason] as const);
}
