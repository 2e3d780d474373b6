import type { AppError } from '../base/index.ts';
import { gitErrors } from './errors.ts';

/** Codes of pushes that a host refused, as against those that came too late. */
export type RefusalCode =
  | 'git.branch-protected'
  | 'git.too-large'
  | 'git.auth-failed'
  | 'git.hook-declined'
  | 'git.push-rejected';

/** What a host said about one reference of a push. */
export interface Refusal {
  /** The words of the report, e.g. "pre-receive hook declined". */
  readonly error: string;
  /** What it said to people beside it. */
  readonly said: string;
  /** Did the push mean to drop commits? */
  readonly isForced: boolean;
}

/** What hosts say in a report when the reference is not where the push expected it. */
const moved =
  /non-fast-forward|fetch first|cannot lock ref|incorrect old value|failed to (?:update|lock|write) ref|unable to (?:update|lock)|stale info|reference already exists|already been updated|but expected|ref updated since|TF401028/i;

/** What hosts say when somebody's rule is against it; such a text may mention a lock or an update too. */
const declined = /declined|protected|denied|not permitted|not allowed|forbidden|prohibited|GH\d{3}/i;

/**
 * How hosts word refusals, in the report or beside it; the first row that fits counts. Most reports say no more than that
 * a hook declined, and the reason stands beside them.
 */
const wordings: readonly { readonly code: RefusalCode; readonly words: RegExp }[] = [
  {
    code: 'git.too-large',
    words:
      /GH001|TF402462|exceeds .{0,40}(?:limit|maximum|quota)|larger than .{0,40}(?:limit|maximum|allowed)|exceeds maximum allowed size|too large|over the .{0,20}size limit|large files? detected/i,
  },
  {
    // GitHub; GitLab, Gitea and Forgejo; Bitbucket Cloud and Data Center; Azure DevOps; Gerrit.
    code: 'git.branch-protected',
    words:
      /GH006|GH013|rule violations|protected (?:branch|ref)|is protected from|protected branch hook|denied to update branch|only be modified through pull requests|TF402455|must use a pull request|prohibited by gerrit|branch is (?:locked|read.only)|TF402456/i,
  },
  {
    code: 'git.auth-failed',
    words:
      /TF401027|you need the git .{0,60}permission|without .{0,40}(?:permission|scope)|not allowed to (?:force )?push|permission|access denied|not authori[sz]ed|unauthori[sz]ed/i,
  },
  { code: 'git.hook-declined', words: /hook|declined/i },
];

/** Is the branch elsewhere, so that it is worth looking again? A forced push has looked already. */
export function isMoved({ error, isForced }: Refusal): boolean {
  if (isForced && /non-fast-forward/i.test(error)) return false;
  return moved.test(error) && !declined.test(error);
}

/** The code of a refusal that looking again does not change. */
export function refusalCode({ error, said, isForced }: Refusal): RefusalCode {
  // Git's own word for a repository that denies pushes which drop commits.
  if (isForced && /non-fast-forward|den(?:y|ies).*force/i.test(error)) return 'git.branch-protected';
  const text = `${error}\n${said}`;
  return wordings.find(({ words }) => words.test(text))?.code ?? 'git.push-rejected';
}

/** Did a host refuse this push? */
export function isRefusal(error: unknown): error is AppError {
  return (
    gitErrors.is(error, 'git.push-rejected') ||
    gitErrors.is(error, 'git.branch-protected') ||
    gitErrors.is(error, 'git.hook-declined') ||
    gitErrors.is(error, 'git.too-large') ||
    gitErrors.is(error, 'git.auth-failed')
  );
}
