import { Fault } from '../problem.ts';
import { Duration, formatGoDuration } from '../time/duration.ts';
import { formatRfc3339 } from '../time/format.ts';
import { Instant, Zone } from '../time/instant.ts';
import { orderOf } from './compare.ts';
import { isList, mapEntries } from './kinds.ts';
import { formatFloat } from './number.ts';
import { Bytes, Method, Record_, type Value, Verbatim } from './types.ts';

/**
 * A value as a YAML document with a final newline: block style, four spaces, map keys sorted, records by their
 * lower-cased field names.
 */
export function formatYaml(value: Value): string {
  if (nodeOf(value) !== undefined) return `${block(value).join('\n')}\n`;
  const [first = '', ...rest] = scalar(value, 4).split('\n');
  return `${[first, ...indented(rest, 4)].join('\n')}\n`;
}

type Node = { readonly list: readonly Value[] } | { readonly map: readonly (readonly [Value, Value])[] };

function indented(lines: readonly string[], width: number): string[] {
  return lines.map((line) => (line === '' ? line : ' '.repeat(width) + line));
}

/** The container behind a value; `undefined` for scalars. */
function nodeOf(value: Value): Node | undefined {
  if (isList(value)) return { list: value };
  if (value instanceof Bytes) return { list: [...value.bytes].map(BigInt) };
  if (value instanceof Zone) return { map: [] };
  if (value instanceof Record_) {
    if (value.spec.text !== undefined) return undefined;
    return { map: value.spec.fields.map((field) => [field.name.toLowerCase(), field.value] as const) };
  }
  const entries = mapEntries(value);
  return entries === undefined ? undefined : { map: [...entries].sort(compareKeys) };
}

/** Text keys in natural order: runs of digits compare as numbers, letters before other characters. */
function compareKeys([first]: readonly [Value, Value], [second]: readonly [Value, Value]): number {
  if (typeof first !== 'string' || typeof second !== 'string') return orderOf(first, second) ?? 0;
  const a = [...first];
  const b = [...second];
  let inDigits = false;
  for (let index = 0; index < a.length && index < b.length; index++) {
    const left = a[index] ?? '';
    const right = b[index] ?? '';
    if (left === right) {
      inDigits = isDigit(left);
      continue;
    }
    const leftLetter = /\p{L}/u.test(left);
    const rightLetter = /\p{L}/u.test(right);
    if (leftLetter && rightLetter) return left < right ? -1 : 1;
    if (leftLetter || rightLetter) return inDigits ? (leftLetter ? 1 : -1) : leftLetter ? 1 : -1;
    return compareDigits(a, b, index) || (left < right ? -1 : 1);
  }
  return a.length - b.length;
}

function compareDigits(a: readonly string[], b: readonly string[], index: number): number {
  const run = (text: readonly string[]): string => /^\d*/.exec(text.slice(index).join(''))?.[0] ?? '';
  const left = run(a);
  const right = run(b);
  if (left === '' || right === '') return 0;
  return left.length - right.length || (left < right ? -1 : left > right ? 1 : 0);
}

function isDigit(character: string): boolean {
  return character >= '0' && character <= '9';
}

function block(value: Value): string[] {
  const node = nodeOf(value);
  if (node === undefined) return scalar(value, 2).split('\n');
  if ('list' in node) return node.list.length === 0 ? ['[]'] : node.list.flatMap(listItem);
  return node.map.length === 0 ? ['{}'] : node.map.flatMap(mapItem);
}

function listItem(item: Value): string[] {
  const [first = '', ...rest] = block(item);
  return [`- ${first}`, ...indented(rest, 2)];
}

function mapItem([key, item]: readonly [Value, Value]): string[] {
  const name = scalar(key, 4);
  if (nodeOf(item) === undefined) {
    const [first = '', ...rest] = scalar(item, 4).split('\n');
    return [`${name}: ${first}`, ...indented(rest, 4)];
  }
  const lines = block(item);
  if (lines.length === 1 && (lines[0] === '[]' || lines[0] === '{}')) return [`${name}: ${lines[0]}`];
  return [`${name}:`, ...indented(lines, 4)];
}

/** `width` is the indentation of the lines that follow, for block scalars that start with a blank. */
function scalar(value: Value, width: number): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return scalarText(value, width);
  if (value instanceof Verbatim) return scalarText(value.text, width);
  if (typeof value === 'number') return yamlFloat(value);
  if (typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  if (value instanceof Instant) return formatRfc3339(value);
  if (value instanceof Duration) return formatGoDuration(value);
  if (value instanceof Record_) return scalarText(value.spec.text ?? '', width);
  if (value instanceof Method) throw new Fault('expr.unrenderable', 'a function cannot be written as YAML');
  return '{}';
}

function yamlFloat(value: number): string {
  if (Number.isNaN(value)) return '.nan';
  if (!Number.isFinite(value)) return value > 0 ? '.inf' : '-.inf';
  return formatFloat(value);
}

// Texts that a YAML 1.1 or 1.2 reader takes for something else than text.
const otherMeaning =
  /^(?:|~|null|true|false|yes|no|on|off|y|n|[-+]?\.(?:inf|nan)|[-+]?(?:0b[01_]+|0o?[0-7_]+|0x[\da-f_]+|\d[\d_]*(?:\.[\d_]*)?(?:e[-+]?\d+)?|\.[\d_]+(?:e[-+]?\d+)?)|[-+]?\d[\d_]*(?::[0-5]?\d)+(?:\.[\d_]*)?|\d{4}-\d\d?-\d\d?.*|<<|=|!!\S*)$/i;

function scalarText(text: string, width: number): string {
  if (otherMeaning.test(text)) return doubleQuoted(text);
  // Control characters other than line feed and tab can only be written escaped.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to escape
  if (/[\u0000-\u0008\u000b-\u001f\u007f-\u0084\u0086-\u009f\ufeff]/.test(text)) return doubleQuoted(text);
  if (text.includes('\n')) return literalBlock(text, width);
  if (needsQuotes(text)) return `'${text.replaceAll("'", "''")}'`;
  return text;
}

function needsQuotes(text: string): boolean {
  if (/^[\s]|[\s]$/.test(text)) return true;
  if (/^[-?:](?:\s|$)|^[,[\]{}#&*!|>'"%@`]|^---|^\.\.\./.test(text)) return true;
  return /: |:$| #|[\u2028\u2029\u0085\t]/.test(text);
}

function literalBlock(text: string, width: number): string {
  if (/^\s*$/.test(text) || / $/m.test(text)) return doubleQuoted(text);
  const chomp = text.endsWith('\n\n') ? '+' : text.endsWith('\n') ? '' : '-';
  const hint = /^[ \n]/.test(text) ? String(width) : '';
  return `|${hint}${chomp}\n${text.replace(/\n$/, '')}`;
}

function doubleQuoted(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to escape
  const body = text.replace(/["\\\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff]/g, (found) => {
    if (found === '"' || found === '\\') return `\\${found}`;
    if (found === '\n') return '\\n';
    if (found === '\t') return '\\t';
    if (found === '\r') return '\\r';
    const code = found.charCodeAt(0);
    return code > 0xff
      ? `\\u${code.toString(16).padStart(4, '0')}`
      : `\\x${code.toString(16).padStart(2, '0').toUpperCase()}`;
  });
  return `"${body}"`;
}
