import { asText } from './lines.ts';
import { matchPathPattern, type PathPattern, parsePathPattern } from './path-pattern.ts';

/** What a line says about an attribute: set, unset, a value, or nothing at all (`!name`). */
type State = true | false | string | undefined;

/** The attributes of a path that are set or unset or have a value. */
export type Attributes = ReadonlyMap<string, State>;

type States = readonly (readonly [name: string, state: State])[];

/** One `.gitattributes`: its lines, and the macros it defines. */
export interface AttributeFile {
  readonly lines: readonly { readonly pattern: PathPattern; readonly states: States }[];
  readonly macros: ReadonlyMap<string, States>;
}

/** Lines that are longer are left out, in bytes, as git does. */
const maxLineLength = 2048;

const builtInMacros: ReadonlyMap<string, States> = new Map([
  [
    'binary',
    [
      ['diff', false],
      ['merge', false],
      ['text', false],
    ],
  ],
]);

/** Reads a `.gitattributes`. Guarantees: never fails; lines that git does not understand are left out. */
export function parseAttributes(content: Uint8Array): AttributeFile {
  const lines: { pattern: PathPattern; states: States }[] = [];
  const macros = new Map<string, States>();
  for (const raw of asText(content).split('\n')) {
    const line = raw.replace(/^[ \t\r]+/, '');
    if (line === '' || line.startsWith('#') || raw.length >= maxLineLength) continue;
    const { word, rest } = firstWord(line);
    const states = parseStates(rest);
    if (states === undefined) continue;
    const macro = /^\[attr\](?<name>.+)$/s.exec(word)?.groups?.['name'];
    if (macro !== undefined) {
      if (isName(macro)) macros.set(macro, states);
    } else if (!word.startsWith('!')) lines.push({ pattern: parsePathPattern(word), states });
  }
  return { lines, macros };
}

/**
 * The attributes of a file. `files` stand in the directories above it, the root's first, and `undefined` where there is
 * none; macros count in the root's alone. `path` has its names as bytes.
 */
export function lookUpAttributes(
  files: readonly (AttributeFile | undefined)[],
  path: readonly string[],
): Attributes {
  const found = new Map<string, State>();
  const macros = new Map([...builtInMacros, ...(files[0]?.macros ?? [])]);
  const take = (states: States): void => {
    for (const [name, state] of states.toReversed()) {
      if (found.has(name)) continue;
      found.set(name, state);
      const macro = state === true ? macros.get(name) : undefined;
      if (macro !== undefined) take(macro);
    }
  };
  for (const [depth, file] of [...files.entries()].toReversed()) {
    const below = path.slice(depth).join('/');
    for (const { pattern, states } of file?.lines.toReversed() ?? []) {
      if (matchPathPattern(pattern, below, false)) take(states);
    }
  }
  return found;
}

function isName(name: string): boolean {
  return /^[-._A-Za-z0-9]+$/.test(name) && !name.startsWith('-');
}

/** The pattern of a line, which may be in double quotes with escapes, and what follows it. */
function firstWord(line: string): { readonly word: string; readonly rest: string } {
  const quoted = /^"(?<text>(?:[^"\\]|\\.)*)"(?<rest>.*)$/s.exec(line)?.groups;
  const text = quoted === undefined ? undefined : unquote(quoted['text'] ?? '');
  if (text !== undefined) return { word: text, rest: quoted?.['rest'] ?? '' };
  const end = line.search(/[ \t\r]/);
  return end < 0 ? { word: line, rest: '' } : { word: line.slice(0, end), rest: line.slice(end) };
}

const escapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

function unquote(text: string): string | undefined {
  let isSound = true;
  const plain = text.replace(/\\(?:(?<octal>[0-3][0-7]{2})|(?<one>.))/gs, (_, octal?: string, one = '') => {
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
    const known = escapes[one] ?? (one === '"' || one === '\\' ? one : undefined);
    if (known === undefined) isSound = false;
    return known ?? '';
  });
  return isSound ? plain : undefined;
}

/** The states of a line; `undefined` when one of them is not a name: then git leaves the whole line out. */
function parseStates(text: string): States | undefined {
  const states: (readonly [string, State])[] = [];
  for (const word of text.split(/[ \t\r]+/)) {
    if (word === '') continue;
    const [, sign = '', name = '', value] =
      /^(?<sign>[-!]?)(?<name>[^=]*)(?:=(?<value>.*))?$/s.exec(word) ?? [];
    if (!isName(name)) return undefined;
    const state = sign === '-' ? false : sign === '!' ? undefined : (value ?? true);
    states.push([name, state]);
  }
  return states;
}
