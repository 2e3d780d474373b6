import { z } from 'zod';
import { hostedRepoURLField, insecureSkipTLSVerifyField, providerField } from '../fields.ts';

/** Configuration of git-open-pr. */
export const GitOpenPrConfig = z.strictObject({
  repoURL: hostedRepoURLField,
  sourceBranch: z.string().min(1).describe('Branch that has the commits.'),
  targetBranch: z.string().min(1).describe('Branch that they shall go to.'),
  title: z.string().min(1).optional().describe('Default: the first line of the newest commit’s message.'),
  description: z.string().min(1).optional().describe('Default: the rest of the newest commit’s message.'),
  labels: z.array(z.string().min(1)).optional().describe('Labels to put on it.'),
  provider: providerField,
  insecureSkipTLSVerify: insecureSkipTLSVerifyField,
  createTargetBranch: z.boolean().optional().describe('Deprecated; does nothing.'),
});

/** Configuration of git-open-pr, parsed. */
export type GitOpenPrConfig = z.infer<typeof GitOpenPrConfig>;

/** Output of git-open-pr; absent when there is nothing to merge. */
export const GitOpenPrOutput = z.object({
  pr: z
    .object({
      id: z.int().describe('Number of the pull request.'),
      url: z.string().describe('Its page.'),
    })
    .describe('The pull request.'),
});
