import * as z from 'zod';
import { parseDuration } from '../base/index.ts';

/** A path below the work directory. */
export const pathField = (meaning: string): z.ZodString => z.string().min(1).describe(meaning);

/** The URL of a git repository, in any form git understands. */
export const repoURLField = z.string().min(1).describe('URL of the git repository.');

/**
 * The URL of a repository at a git host. The host's API is addressed by it, so SCP-like forms ("git@host:path") are
 * refused, as Kargo does.
 */
export const hostedRepoURLField = z
  .string()
  .min(1)
  .refine(isUri, {
    message: 'Does not match format \'uri\': expected a URL such as "https://github.com/example/repo"',
  })
  .describe('URL of the repository at its git host, e.g. "https://github.com/example/repo".');

/** Which git host it is. */
export const providerField = z
  .enum(['azure', 'bitbucket', 'gitea', 'github', 'gitlab'])
  .optional()
  .describe('Kind of git host; inferred from the host name when absent.');

/** Whether to accept a certificate that cannot be verified. */
export const insecureSkipTLSVerifyField = z
  .boolean()
  .optional()
  .describe('Accept a certificate that cannot be verified. Default false.');

/** A Go duration such as "30s". */
export const durationField = (meaning: string): z.ZodType<string> =>
  z
    .string()
    .refine((text) => parseDuration(text) !== undefined, {
      message: 'expected a duration such as "30s" or "5m"',
    })
    .describe(meaning);

/** How often a waiting step looks. */
export const pollIntervalField = durationField(
  'How often to look, at least a second apart. Default: a tenth of the time waited so far, at least one second and at most thirty.',
).optional();

/** Who commits. */
export const authorField = (meaning: string) =>
  z
    .strictObject({
      name: z
        .string()
        .min(1)
        .refine((name) => /[^\s<>]/.test(name), { message: 'expected a name' })
        .describe('Name of the author.'),
      email: z
        .string()
        .regex(/^[^\s@<>]+@[^\s@<>]+$|<[^\s@<>]+@[^\s@<>]+>$/, { message: "Does not match format 'email'" })
        .describe('E-mail address of the author.'),
      signingKey: z
        .string()
        .optional()
        .describe('Private key to sign with: armored OpenPGP, or SSH. Default: not signed.'),
    })
    .optional()
    .describe(meaning);

function isUri(text: string): boolean {
  return /^[a-zA-Z][a-zA-Z0-9+.-]*:[^\s\\]+$/.test(text);
}
