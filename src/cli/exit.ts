import { AppError, describeError } from '../base/index.ts';

/** What a program tells its caller; docs/reference/cli.md lists them. */
export const exitCodes = { ok: 0, failed: 1, usage: 2, notFound: 3, cannotReach: 4 } as const;

/** How an error ends a command. */
export interface Exit {
  readonly code: number;
  /** One line: what failed, and what to do. */
  readonly line: string;
}

const codes: Readonly<Record<string, number>> = {
  'cli.usage': exitCodes.usage,
  'cli.not-found': exitCodes.notFound,
  'kube.not-found': exitCodes.notFound,
  'kube.unknown-type': exitCodes.notFound,
  'oci.not-found': exitCodes.notFound,
  'cli.no-sandbox': exitCodes.cannotReach,
  'kube.bad-config': exitCodes.cannotReach,
  'kube.unreachable': exitCodes.cannotReach,
  'kube.unavailable': exitCodes.cannotReach,
  'kube.unauthorized': exitCodes.cannotReach,
  'kube.protocol': exitCodes.cannotReach,
  'oci.unreachable': exitCodes.cannotReach,
  'http.unreachable': exitCodes.cannotReach,
  'http.timeout': exitCodes.cannotReach,
  'http.tls-failed': exitCodes.cannotReach,
};

/** The exit code and the line for whatever a command threw. */
export function toExit(error: unknown): Exit {
  if (!(error instanceof AppError)) return { code: exitCodes.failed, line: oneLine(describeError(error)) };
  const hint = error.hint === undefined ? '' : `; ${error.hint}`;
  return { code: codes[error.code] ?? exitCodes.failed, line: oneLine(`${error.message}${hint}`) };
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ').replace(/\.$/, '');
}
