import { stepErrors } from './errors.ts';

/** The text of a file in UTF-8. Errors: step.not-text when it is none. */
export function decodeText(path: string, content: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content);
  } catch (cause) {
    throw stepErrors.create('step.not-text', `"${path}" is not a text file in UTF-8`, { cause });
  }
}

/** The bytes of a text in UTF-8. */
export function encodeText(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
