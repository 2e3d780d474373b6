import { isRefName } from '../wire/git/index.ts';
import { gitErrors } from './errors.ts';

/** Refuses what git would not take as the name of a branch. Errors: git.bad-ref-name. */
export function assertBranchName(name: string): void {
  if (isRefName(`refs/heads/${name}`) && !name.startsWith('-')) return;
  throw gitErrors.create('git.bad-ref-name', `${JSON.stringify(name)} cannot be the name of a branch`);
}
