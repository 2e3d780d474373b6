/** One part of a key: a name, which on a sequence is an index unless `isName` says that it is a name in any case. */
export interface YamlKeyPart {
  readonly text: string;
  readonly isName: boolean;
}

/**
 * Splits a key such as `spec.containers.0.image` into its parts; a text says what is wrong with it.
 *
 * Syntax, as in Kargo: parts are separated by dots; `\.` and `\:` stand for the character itself; a leading colon makes
 * the part a name even where it looks like an index; empty parts, other escapes and other colons are refused.
 */
export function parseYamlKey(key: string): readonly YamlKeyPart[] | string {
  const parts: YamlKeyPart[] = [];
  let text = '';
  let isName = false;
  for (let at = 0; at <= key.length; at++) {
    const char = key[at];
    if (char === undefined || char === '.') {
      if (text === '') return `empty part in key ${JSON.stringify(key)}`;
      parts.push({ text, isName });
      text = '';
      isName = false;
    } else if (char === '\\') {
      const next = key[++at];
      if (next !== '.' && next !== ':') return `unknown escape in key ${JSON.stringify(key)}`;
      text += next;
    } else if (char === ':') {
      if (text !== '' || isName) return `unexpected colon in key ${JSON.stringify(key)}`;
      isName = true;
    } else {
      text += char;
    }
  }
  return parts;
}

/** The index that a part means on a sequence, e.g. `0`, `00`, `+1`; `undefined` when it is not one. */
export function toSequenceIndex(part: YamlKeyPart): number | undefined {
  if (part.isName || !/^[-+]?\d{1,9}$/.test(part.text)) return undefined;
  return Number(part.text);
}
