import * as z from 'zod';
import { durationField, hostedRepoURLField, insecureSkipTLSVerifyField, providerField } from '../fields.ts';

/** Configuration of git-merge-pr. */
export const GitMergePrConfig = z.strictObject({
  repoURL: hostedRepoURLField,
  prNumber: z.int().min(1).describe('Number of the pull request, e.g. from git-open-pr’s output.'),
  provider: providerField,
  insecureSkipTLSVerify: insecureSkipTLSVerifyField,
  wait: z
    .boolean()
    .optional()
    .describe('Wait until the pull request can be merged, instead of failing when it cannot. Default false.'),
  autoMerge: z
    .boolean()
    .optional()
    .describe(
      'Have the git host merge it as soon as its rules allow, through its merge queue or train where it has one, and wait until that is done. Default false. Not in Kargo.',
    ),
  pollInterval: durationField(
    'How often to look while waiting, at least a second apart. Default: a tenth of the time waited so far, at least one second and at most ten.',
  ).optional(),
  mergeMethod: z
    .string()
    .min(1)
    .optional()
    .describe('How to merge, in the words of the git host, e.g. "squash". Default: the host’s own.'),
});

/** Configuration of git-merge-pr, parsed. */
export type GitMergePrConfig = z.infer<typeof GitMergePrConfig>;

/** Output of git-merge-pr. */
export const GitMergePrOutput = z.object({
  commit: z.string().optional().describe('The commit that the merge made.'),
  queued: z
    .boolean()
    .optional()
    .describe('With autoMerge, while the step waits: the git host has promised to merge it.'),
});
