import * as z from 'zod';
import { hostedRepoURLField, insecureSkipTLSVerifyField, providerField } from '../fields.ts';

/** Configuration of git-open-pr. */
export const GitOpenPrConfig = z.strictObject({
  repoURL: hostedRepoURLField,
  sourceBranch: z.string().min(1).describe('Branch that has the commits.'),
  targetBranch: z.string().min(1).describe('Branch that they shall go to.'),
  title: z.string().min(1).optional().describe('Default: the first line of the newest commit’s message.'),
  description: z.string().min(1).optional().describe('Default: the rest of the newest commit’s message.'),
  labels: z.array(z.string().min(1)).optional().describe('Labels to put on it.'),
  reviewers: z
    .array(z.string().min(1))
    .optional()
    .describe(
      'Who is asked to review: login names, teams at GitHub as "organization/team", ids of accounts at Bitbucket Cloud and Azure DevOps. Not in Kargo.',
    ),
  assignees: z
    .array(z.string().min(1))
    .optional()
    .describe('Login names of those responsible. GitHub, GitLab and Gitea have assignees. Not in Kargo.'),
  draft: z.boolean().optional().describe('Open it as a draft. Default false. Not in Kargo.'),
  template: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Path of a file on the target branch to make the description of, e.g. ".github/pull_request_template.md". Not in Kargo.',
    ),
  closeSuperseded: z
    .boolean()
    .optional()
    .describe(
      'Close the open pull requests of older Promotions of the same Stage to the same branch. Default false. Not in Kargo.',
    ),
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
