import { intType, listOf, listType, stringType } from '../check/type.ts';
import { Fault } from '../problem.ts';
import { kindOf, plain } from '../value/kinds.ts';
import { nilList, type Value } from '../value/types.ts';
import { isAscii, utf8Length } from '../value/utf8.ts';
import { intAt, textAt, typed, wrongKind } from './arguments.ts';
import type { Builtin, CallContext } from './record.ts';

const text1 = { params: [stringType], result: stringType };
const text2 = { params: [stringType, stringType], result: stringType };
const pieces2 = { params: [stringType, stringType], result: listOf(stringType) };
const pieces3 = { params: [stringType, stringType, intType], result: listOf(stringType) };

// White space as Go's TrimSpace knows it.
const edges = /^[\p{White_Space}]+|[\p{White_Space}]+$/gu;

function trimCharacters(text: string, characters: string): string {
  const set = new Set(characters);
  const all = [...text];
  let start = 0;
  let end = all.length;
  while (start < end && set.has(all[start] ?? '')) start++;
  while (end > start && set.has(all[end - 1] ?? '')) end--;
  return all.slice(start, end).join('');
}

/** Maps character by character, as Go does: what would become several characters stays. */
function mapCase(text: string, map: (text: string) => string): string {
  if (isAscii(text)) return map(text);
  let result = '';
  for (const character of text) {
    const mapped = [...map(character)];
    result += mapped.length === 1 || character === 'İ' ? (mapped[0] ?? '') : character;
  }
  return result;
}

function splitText(text: string, separator: string, limit: number, keep: boolean): readonly Value[] {
  if (limit === 0) return nilList;
  const parts = separator === '' ? [...text] : text.split(separator);
  const glue = separator;
  const whole = limit > 0 && parts.length > limit ? joinRest(parts, limit, glue) : parts;
  if (!keep || separator === '') return whole;
  return whole.map((part, index) => (index < whole.length - 1 ? part + separator : part));
}

function joinRest(parts: readonly string[], limit: number, glue: string): readonly string[] {
  return [...parts.slice(0, limit - 1), parts.slice(limit - 1).join(glue)];
}

function replaceText(text: string, old: string, by: string, limit: number): string {
  if (old === by || limit === 0) return text;
  const count = limit < 0 ? Number.POSITIVE_INFINITY : limit;
  if (old !== '') {
    const parts = text.split(old);
    const head = parts.slice(0, Math.min(count, parts.length - 1) + 1);
    const tail = parts.slice(head.length);
    return [head.join(by), ...tail].join(old);
  }
  const characters = [...text];
  let result = '';
  for (let index = 0; index <= characters.length; index++) {
    result += (index < count ? by : '') + (characters[index] ?? '');
  }
  return result;
}

function byteIndex(text: string, index: number): bigint {
  return index < 0 ? -1n : BigInt(utf8Length(text.slice(0, index)));
}

function joinTexts(args: readonly Value[], context: CallContext): string {
  const list = args[0] ?? null;
  if (!Array.isArray(list)) throw wrongKind('join', 'list', list);
  const glue = args.length === 2 ? textAt(args, 1, 'join') : '';
  const texts = list.map((item: Value) => {
    const text = plain(item);
    context.spend(glue.length + (typeof text === 'string' ? text.length : 0));
    if (typeof text !== 'string') {
      throw new Fault('expr.type', `join needs a list of strings, but an item is of kind ${kindOf(item)}`);
    }
    return text;
  });
  return texts.join(glue);
}

/** Functions on text. */
export const stringBuiltins: readonly Builtin[] = [
  typed(
    {
      name: 'trim',
      signature: 'trim(text: string, characters?: string): string',
      summary: 'Removes white space, or any of the given characters, from both ends.',
      example: { source: "trim('__a__', '_')", result: '"a"' },
    },
    [text1, text2],
    (args) => {
      const text = textAt(args, 0, 'trim');
      return args.length === 1 ? text.replace(edges, '') : trimCharacters(text, textAt(args, 1, 'trim'));
    },
  ),
  typed(
    {
      name: 'trimPrefix',
      signature: 'trimPrefix(text: string, prefix?: string): string',
      summary: 'Removes the prefix, a blank by default, once if it is there.',
      example: { source: "trimPrefix('v1.2.3', 'v')", result: '"1.2.3"' },
    },
    [text2, text1],
    (args) => {
      const text = textAt(args, 0, 'trimPrefix');
      const prefix = args.length === 2 ? textAt(args, 1, 'trimPrefix') : ' ';
      return text.startsWith(prefix) ? text.slice(prefix.length) : text;
    },
  ),
  typed(
    {
      name: 'trimSuffix',
      signature: 'trimSuffix(text: string, suffix?: string): string',
      summary: 'Removes the suffix, a blank by default, once if it is there.',
      example: { source: "trimSuffix('repo.git', '.git')", result: '"repo"' },
    },
    [text2, text1],
    (args) => {
      const text = textAt(args, 0, 'trimSuffix');
      const suffix = args.length === 2 ? textAt(args, 1, 'trimSuffix') : ' ';
      return text.endsWith(suffix) ? text.slice(0, text.length - suffix.length) : text;
    },
  ),
  typed(
    {
      name: 'upper',
      signature: 'upper(text: string): string',
      summary: 'The text in upper case.',
      example: { source: "upper('abc')", result: '"ABC"' },
    },
    [text1],
    (args) => mapCase(textAt(args, 0, 'upper'), (text) => text.toUpperCase()),
  ),
  typed(
    {
      name: 'lower',
      signature: 'lower(text: string): string',
      summary: 'The text in lower case.',
      example: { source: "lower('ABC')", result: '"abc"' },
    },
    [text1],
    (args) => mapCase(textAt(args, 0, 'lower'), (text) => text.toLowerCase()),
  ),
  typed(
    {
      name: 'split',
      signature: 'split(text: string, separator: string, limit?: int): list of string',
      summary: 'Splits the text at each separator, into at most `limit` pieces.',
      example: { source: "split('a,b,c', ',')", result: '["a","b","c"]' },
    },
    [pieces2, pieces3],
    (args) => {
      const limit = args.length === 3 ? intAt(args, 2, 'split') : -1;
      return splitText(textAt(args, 0, 'split'), textAt(args, 1, 'split'), limit, false);
    },
  ),
  typed(
    {
      name: 'splitAfter',
      signature: 'splitAfter(text: string, separator: string, limit?: int): list of string',
      summary: 'Splits the text after each separator, which stays with its piece.',
      example: { source: "splitAfter('a,b', ',')", result: '["a,","b"]' },
    },
    [pieces2, pieces3],
    (args) => {
      const limit = args.length === 3 ? intAt(args, 2, 'splitAfter') : -1;
      return splitText(textAt(args, 0, 'splitAfter'), textAt(args, 1, 'splitAfter'), limit, true);
    },
  ),
  typed(
    {
      name: 'replace',
      signature: 'replace(text: string, old: string, new: string, limit?: int): string',
      summary: 'Replaces all, or the first `limit`, occurrences.',
      example: { source: "replace('a-b-c', '-', '.')", result: '"a.b.c"' },
    },
    [
      { params: [stringType, stringType, stringType, intType], result: stringType },
      { params: [stringType, stringType, stringType], result: stringType },
    ],
    (args, context) => {
      const [text, old, by] = [0, 1, 2].map((index) => textAt(args, index, 'replace'));
      const limit = args.length === 4 ? intAt(args, 3, 'replace') : -1;
      context.spend((text?.length ?? 0) * ((by?.length ?? 0) + 1));
      return replaceText(text ?? '', old ?? '', by ?? '', limit);
    },
  ),
  typed(
    {
      name: 'repeat',
      signature: 'repeat(text: string, count: int): string',
      summary: 'The text, `count` times.',
      example: { source: "repeat('ab', 3)", result: '"ababab"' },
    },
    [{ params: [stringType, intType], result: stringType }],
    (args, context) => {
      const text = textAt(args, 0, 'repeat');
      const count = intAt(args, 1, 'repeat');
      if (count < 0) throw new Fault('expr.range', `repeat needs a count of zero or more, not ${count}`);
      if (count > 1_000_000) throw new Fault('expr.limit', 'repeat takes a count of at most 1000000');
      context.spend(text.length * count);
      return text.repeat(count);
    },
  ),
  typed(
    {
      name: 'join',
      signature: 'join(texts: list of string, glue?: string): string',
      summary: 'Joins texts, with the glue between them.',
      example: { source: "join(['a', 'b'], '-')", result: '"a-b"' },
    },
    [
      { params: [listType, stringType], result: stringType },
      { params: [listType], result: stringType },
    ],
    joinTexts,
  ),
  typed(
    {
      name: 'indexOf',
      signature: 'indexOf(text: string, part: string): int',
      summary: 'Byte position of the first occurrence, or -1.',
      example: { source: "indexOf('abcabc', 'b')", result: '1' },
    },
    [{ params: [stringType, stringType], result: intType }],
    (args) => {
      const text = textAt(args, 0, 'indexOf');
      return byteIndex(text, text.indexOf(textAt(args, 1, 'indexOf')));
    },
  ),
  typed(
    {
      name: 'lastIndexOf',
      signature: 'lastIndexOf(text: string, part: string): int',
      summary: 'Byte position of the last occurrence, or -1.',
      example: { source: "lastIndexOf('abcabc', 'b')", result: '4' },
    },
    [{ params: [stringType, stringType], result: intType }],
    (args) => {
      const text = textAt(args, 0, 'lastIndexOf');
      return byteIndex(text, text.lastIndexOf(textAt(args, 1, 'lastIndexOf')));
    },
  ),
  typed(
    {
      name: 'hasPrefix',
      signature: 'hasPrefix(text: string, prefix: string): bool',
      summary: 'Does the text start with the prefix?',
      example: { source: "hasPrefix('v1', 'v')", result: 'true' },
    },
    [{ params: [stringType, stringType], result: { kind: 'bool' } }],
    (args) => textAt(args, 0, 'hasPrefix').startsWith(textAt(args, 1, 'hasPrefix')),
  ),
  typed(
    {
      name: 'hasSuffix',
      signature: 'hasSuffix(text: string, suffix: string): bool',
      summary: 'Does the text end with the suffix?',
      example: { source: "hasSuffix('a.git', '.git')", result: 'true' },
    },
    [{ params: [stringType, stringType], result: { kind: 'bool' } }],
    (args) => textAt(args, 0, 'hasSuffix').endsWith(textAt(args, 1, 'hasSuffix')),
  ),
];
