import * as z from 'zod';
import { pathField } from '../fields.ts';

const Update = z.strictObject({
  key: z
    .string()
    .min(1)
    .describe('Where the value is: names and list indexes separated by "."; "\\." is a dot within a name.'),
  value: z.json().describe('The new value: a text, number, boolean or null.'),
});

/** Configuration of yaml-update. */
export const YamlUpdateConfig = z.strictObject({
  path: pathField('The YAML file.'),
  updates: z.array(Update).min(1).describe('Values to set. Each key must exist and hold a scalar.'),
});

/** Configuration of yaml-update, parsed. */
export type YamlUpdateConfig = z.infer<typeof YamlUpdateConfig>;

/** Output of yaml-update. */
export const YamlUpdateOutput = z.object({
  commitMessage: z.string().describe('A message that lists what was set, for git-commit.'),
});
