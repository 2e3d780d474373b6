import * as z from 'zod';
import { pathField } from '../fields.ts';

/** Configuration of git-clear. */
export const GitClearConfig = z.strictObject({
  path: pathField('A checkout of git-clone, or a directory in one.'),
});

/** Configuration of git-clear, parsed. */
export type GitClearConfig = z.infer<typeof GitClearConfig>;
