import * as z from 'zod';
import { pathField } from '../fields.ts';

/** Configuration of git-tag; like Kargo's, it tolerates members that it does not know. */
export const GitTagConfig = z.looseObject({
  path: pathField('A checkout of git-clone.'),
  tag: z.string().min(1).describe('Name of the tag, without "refs/tags/".'),
  message: z.string().min(1).describe('Message of the tag.'),
  force: z
    .boolean()
    .optional()
    .describe(
      'Make the tag although there is one of this name. Default false; git-push does not replace tags.',
    ),
});

/** Configuration of git-tag, parsed. */
export type GitTagConfig = z.infer<typeof GitTagConfig>;

/** Output of git-tag. */
export const GitTagOutput = z.object({
  commit: z.string().describe('Id of the commit that is tagged: the newest of the checkout.'),
});
