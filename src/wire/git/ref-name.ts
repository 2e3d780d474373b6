/** Is this a name that git accepts for a reference, e.g. "refs/heads/main"? */
export function isRefName(name: string): boolean {
  if (!name.startsWith('refs/') || name.length > 1000) return false;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not occur
  if (/[\x00-\x20\x7f~^:?*[\\]|\.\.|@\{|\/\/|\.$|\/$/.test(name)) return false;
  return name.split('/').every((part) => part !== '' && !part.startsWith('.') && !part.endsWith('.lock'));
}
