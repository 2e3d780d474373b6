import * as z from 'zod';
import { pathField, providerField } from '../fields.ts';

/** Configuration of git-push. */
export const GitPushConfig = z
  .strictObject({
    path: pathField('A checkout of git-clone.'),
    targetBranch: z
      .string()
      .optional()
      .describe('Branch to push to. Default: the branch that was checked out.'),
    generateTargetBranch: z
      .boolean()
      .optional()
      .describe('Push to a branch of the promotion’s own, "kargo/promotion/<name>", whatever it holds.'),
    tag: z.string().optional().describe('Push this tag, which git-tag has made, instead of a branch.'),
    force: z.boolean().optional().describe('Overwrite the branch whatever it holds. Default false.'),
    maxAttempts: z
      .int()
      .min(1)
      .max(2_147_483_647)
      .optional()
      .describe('Tries when the branch moves in between. Default 10.'),
    provider: providerField,
  })
  .refine(
    (config) => [config.targetBranch, config.generateTargetBranch, config.tag].filter(Boolean).length <= 1,
    {
      message:
        'Must validate one and only one schema (oneOf): give one of targetBranch, generateTargetBranch and tag',
    },
  )
  .refine((config) => !(config.tag && config.force), { message: 'force is not allowed with tag' });

/** Configuration of git-push, parsed. */
export type GitPushConfig = z.infer<typeof GitPushConfig>;

/** Output of git-push. */
export const GitPushOutput = z.object({
  commit: z.string().describe('Id of the newest commit as pushed, after any rebase.'),
  branch: z.string().optional().describe('The branch that was pushed to.'),
  commitURL: z.string().optional().describe('The commit’s page at the git host, when the host is known.'),
});
