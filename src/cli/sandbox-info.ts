import * as z from 'zod';
import { cliErrors } from './errors.ts';

const text = z.string().min(1);

const sandboxInfo = z.object({
  kubeconfig: text,
  server: text,
  registry: text,
  git: text,
  forge: text,
  argocd: text,
  username: text,
  password: text,
  caFile: text,
});

/**
 * Where the servers of a running sandbox are and how to sign in; written as `sandbox.json` beside its kubeconfig.
 *
 * Shape: `kubeconfig` and `caFile` are absolute paths, the servers are base URLs, `forge` is that of the GitHub REST API.
 */
export type SandboxInfo = Readonly<z.infer<typeof sandboxInfo>>;

/** The file's name; it lies in the folder of the kubeconfig. */
export const sandboxInfoFile = 'sandbox.json';

/** Reads the file's content. Errors: cli.no-sandbox, naming the members that are missing or malformed. */
export function parseSandboxInfo(content: string): SandboxInfo {
  const parsed = sandboxInfo.safeParse(parseJson(content));
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map(({ path }) => path.join('.') || 'the whole').join(', ');
  throw cliErrors.create('cli.no-sandbox', `file ${sandboxInfoFile} is not usable: ${fields}`);
}

/** The file's content. */
export function formatSandboxInfo(info: SandboxInfo): string {
  return `${JSON.stringify(info, undefined, 2)}\n`;
}

function parseJson(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return undefined;
  }
}
