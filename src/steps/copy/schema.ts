import * as z from 'zod';
import { pathField } from '../fields.ts';

/** Configuration of copy. */
export const CopyConfig = z.strictObject({
  inPath: pathField('File or directory to copy.'),
  outPath: pathField('Where to copy it. Directories merge, files overwrite.'),
  ignore: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Rules in the form of a .gitignore file for what to leave out, relative to inPath. ".git" is left out.',
    ),
});

/** Configuration of copy, parsed. */
export type CopyConfig = z.infer<typeof CopyConfig>;
