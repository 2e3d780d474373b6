import * as z from 'zod';

/** Configuration of compose-output: any object with at least one member. */
export const ComposeOutputConfig = z
  .record(z.string(), z.json())
  .refine((config) => Object.keys(config).length > 0, { message: 'Must have at least 1 properties' })
  .describe('The output: any names with any values.');

/** Configuration of compose-output, parsed. */
export type ComposeOutputConfig = z.infer<typeof ComposeOutputConfig>;
