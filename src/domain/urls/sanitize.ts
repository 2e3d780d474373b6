/** A text without characters that do not print (byte order marks, zero-width spaces, tabs) and without outer blanks. */
export function sanitizeUrl(text: string): string {
  return text.replace(/[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu, '').replace(/^ +| +$/g, '');
}

/**
 * Lower case, character by character.
 *
 * Source: Go's strings.ToLower, which, unlike JavaScript's, never looks at neighbors and never makes two of one.
 */
export function toLower(text: string): string {
  let lower = '';
  for (const character of text) lower += character === 'İ' ? 'i' : character.toLowerCase();
  return lower;
}
