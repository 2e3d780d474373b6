import * as z from 'zod';
import { authorField, insecureSkipTLSVerifyField, pathField, repoURLField } from '../fields.ts';

const Checkout = z
  .strictObject({
    path: pathField('Where the files appear, relative to the work directory.'),
    branch: z.string().optional().describe('Branch to check out.'),
    commit: z
      .string()
      .optional()
      .describe(
        'Id of the commit to check out; the beginning will do for the newest thousand commits of branches.',
      ),
    tag: z.string().optional().describe('Tag to check out.'),
    create: z.boolean().optional().describe('Create the branch, with one empty commit, when it is missing.'),
    as: z.string().optional().describe('Name of the checkout in the output. Default: its path.'),
    sparse: z
      .array(z.string().min(1))
      .min(1)
      .optional()
      .describe(
        'Directories to check out, with the files (not the directories) above them. Others are kept as they are by commits.',
      ),
  })
  .refine((checkout) => [checkout.branch, checkout.commit, checkout.tag].filter(Boolean).length <= 1, {
    message: 'Must validate one and only one schema (oneOf): give at most one of branch, commit and tag',
  });

/** Configuration of git-clone. */
export const GitCloneConfig = z.strictObject({
  repoURL: repoURLField,
  checkout: z
    .array(Checkout)
    .min(1)
    .describe('What to check out, and where. No reference means the default branch.'),
  author: authorField('Who commits in these checkouts. Default: the operator’s setting.'),
  blobless: z
    .boolean()
    .optional()
    .describe('Accepted for compatibility; files are always fetched when they are read.'),
  recurseSubmodules: z
    .boolean()
    .optional()
    .describe('Show the files of submodules, and of theirs. Default false.'),
  insecureSkipTLSVerify: insecureSkipTLSVerifyField,
});

/** Configuration of git-clone, parsed. */
export type GitCloneConfig = z.infer<typeof GitCloneConfig>;

/** Output of git-clone. */
export const GitCloneOutput = z.object({
  commits: z.record(z.string(), z.string()).describe('Commit id by the name of the checkout.'),
});
