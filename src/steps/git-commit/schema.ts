import * as z from 'zod';
import { authorField, pathField } from '../fields.ts';

/** Configuration of git-commit. */
export const GitCommitConfig = z.strictObject({
  path: pathField('A checkout of git-clone.'),
  message: z.string().min(1).describe('The commit message, used as it is.'),
  author: authorField('Deprecated: set it in git-clone.'),
});

/** Configuration of git-commit, parsed. */
export type GitCommitConfig = z.infer<typeof GitCommitConfig>;

/** Output of git-commit. */
export const GitCommitOutput = z.object({
  commit: z.string().describe('Id of the newest commit, whether or not there was anything to commit.'),
});
