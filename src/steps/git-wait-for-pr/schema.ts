import * as z from 'zod';
import {
  hostedRepoURLField,
  insecureSkipTLSVerifyField,
  pollIntervalField,
  providerField,
} from '../fields.ts';

/** Configuration of git-wait-for-pr. */
export const GitWaitForPrConfig = z.strictObject({
  repoURL: hostedRepoURLField,
  prNumber: z.int().min(1).describe('Number of the pull request, e.g. from git-open-pr’s output.'),
  provider: providerField,
  insecureSkipTLSVerify: insecureSkipTLSVerifyField,
  pollInterval: pollIntervalField,
});

/** Configuration of git-wait-for-pr, parsed. */
export type GitWaitForPrConfig = z.infer<typeof GitWaitForPrConfig>;

/** Output of git-wait-for-pr. */
export const GitWaitForPrOutput = z.object({
  pr: z
    .object({
      id: z.int().describe('Number of the pull request.'),
      url: z.string().describe('Its page.'),
      open: z.boolean().describe('Is it still open?'),
      merged: z.boolean().describe('Was it merged?'),
    })
    .describe('The pull request.'),
  commit: z.string().optional().describe('The commit that the merge made.'),
});
