import { expect, test } from 'vitest';
import { isMoved, refusalCode } from './push-refusal.ts';
import { readOutcome } from './push-report.ts';

interface Row {
  readonly host: string;
  readonly error: string;
  readonly said?: string;
  readonly isForced?: boolean;
  readonly want: string;
}

const hook = 'pre-receive hook declined';
const rows: readonly Row[] = [
  { host: 'git', error: 'non-fast-forward', want: 'moved' },
  { host: 'git', error: 'fetch first', want: 'moved' },
  { host: 'git', error: 'failed to update ref', want: 'moved' },
  { host: 'git', error: 'incorrect old value provided', want: 'moved' },
  { host: 'git', error: 'reference already exists', want: 'moved' },
  { host: 'git', error: "cannot lock ref 'refs/heads/main': is at 1 but expected 2", want: 'moved' },
  { host: 'git', error: 'non-fast-forward', isForced: true, want: 'git.branch-protected' },
  { host: 'git', error: 'hook declined', want: 'git.hook-declined' },
  { host: 'git', error: hook, said: 'tickets only', want: 'git.hook-declined' },
  { host: 'git', error: 'missing necessary objects', want: 'git.push-rejected' },
  { host: 'git', error: 'deny updating a hidden ref', want: 'git.push-rejected' },
  {
    host: 'GitHub',
    error: 'protected branch hook declined',
    said: 'error: GH006: Protected branch update failed for refs/heads/main.',
    want: 'git.branch-protected',
  },
  {
    host: 'GitHub',
    error: 'push declined due to repository rule violations',
    said: 'error: GH013: Repository rule violations found for refs/heads/main.',
    want: 'git.branch-protected',
  },
  {
    host: 'GitHub',
    error: hook,
    said: "error: GH001: Large files detected. File big.bin is 120.00 MB; this exceeds GitHub's file size limit of 100.00 MB",
    want: 'git.too-large',
  },
  {
    host: 'GitHub',
    error:
      'refusing to allow a GitHub App to create or update workflow `.github/workflows/ci.yml` without `workflows` permission',
    want: 'git.auth-failed',
  },
  { host: 'GitHub', error: "cannot lock ref 'refs/heads/main': reference already exists", want: 'moved' },
  {
    host: 'GitLab',
    error: hook,
    said: 'GitLab: You are not allowed to push code to protected branches on this project.',
    want: 'git.branch-protected',
  },
  {
    host: 'GitLab',
    error: hook,
    said: 'GitLab: You are not allowed to force push code to a protected branch on this project.',
    isForced: true,
    want: 'git.branch-protected',
  },
  {
    host: 'GitLab',
    error: hook,
    said: "GitLab: Commit message does not follow the pattern 'JIRA-\\d+'",
    want: 'git.hook-declined',
  },
  {
    host: 'GitLab',
    error: hook,
    said: 'GitLab: File "big.bin" is larger than the allowed size of 10 MiB. Use Git LFS to manage this file.',
    want: 'git.too-large',
  },
  {
    host: 'Gitea',
    error: hook,
    said: 'Gitea: Not allowed to push to protected branch main',
    want: 'git.branch-protected',
  },
  {
    host: 'Gitea',
    error: hook,
    said: 'Gitea: branch main is protected from force push',
    want: 'git.branch-protected',
  },
  {
    host: 'Bitbucket Cloud',
    error: hook,
    said: 'Permission denied to update branch main.',
    want: 'git.branch-protected',
  },
  {
    host: 'Bitbucket Data Center',
    error: hook,
    said: 'Branch refs/heads/main can only be modified through pull requests.',
    want: 'git.branch-protected',
  },
  {
    host: 'Azure DevOps',
    error:
      'TF402455: Pushes to this branch are not permitted; you must use a pull request to update this branch.',
    want: 'git.branch-protected',
  },
  {
    host: 'Azure DevOps',
    error: "TF401027: You need the Git 'GenericContribute' permission to perform this action.",
    want: 'git.auth-failed',
  },
  {
    host: 'Azure DevOps',
    error: 'TF401028: The reference has already been updated by another client',
    want: 'moved',
  },
  {
    host: 'Azure DevOps',
    error: 'TF402462: The push was rejected because its size is greater than the 5120 MB limit',
    want: 'git.too-large',
  },
  { host: 'Gerrit', error: 'prohibited by Gerrit: not permitted: update', want: 'git.branch-protected' },
  { host: 'nobody known', error: 'no', want: 'git.push-rejected' },
];
test.each(rows)('$host: "$error" is $want', ({ error, said = '', isForced = false, want }) => {
  const refusal = { error, said, isForced };
  expect(isMoved(refusal) ? 'moved' : refusalCode(refusal)).toBe(want);
});

const packs = [
  { error: 'index-pack abnormal exit', want: { code: 'git.push-rejected', disposition: 'retry' } },
  { error: 'pack exceeds maximum allowed size', want: { code: 'git.too-large', disposition: 'stop' } },
];
test.each(packs)('a pack that cannot be used ("$error") is told', ({ error, want }) => {
  const answer = { report: { unpackError: error, refs: [] }, said: '' };
  expect(() => readOutcome(answer, 'main', 'https://git.example/a/b')).toThrow(expect.objectContaining(want));
});
