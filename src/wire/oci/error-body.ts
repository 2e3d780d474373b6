import { isJsonObject } from '../../base/index.ts';
import { parseJsonObject, textOf } from './json.ts';

/** One error as a registry words it, e.g. code "NAME_UNKNOWN". */
export interface RegistryProblem {
  readonly code: string;
  readonly message: string;
}

/** The errors in a registry's answer; none when the body is something else. */
export function parseErrorBody(bytes: Uint8Array): readonly RegistryProblem[] {
  const errors = parseJsonObject(bytes)?.['errors'];
  if (!Array.isArray(errors)) return [];
  return errors.filter(isJsonObject).map((item) => ({
    code: textOf(item, 'code') ?? '',
    message: textOf(item, 'message') ?? '',
  }));
}

/** The body of a registry's error answer. */
export function writeErrorBody(problem: RegistryProblem): Uint8Array {
  return new TextEncoder().encode(JSON.stringify({ errors: [problem] }));
}
