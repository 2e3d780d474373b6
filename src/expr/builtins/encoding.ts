import { anyType, stringType } from '../check/type.ts';
import { Fault } from '../problem.ts';
import { base64Decode, base64Encode } from '../value/base64.ts';
import { formatJson, readJson } from '../value/json.ts';
import { kindOf } from '../value/kinds.ts';
import { assertSize } from '../value/size.ts';
import { Bytes, Record_, type Value } from '../value/types.ts';
import { decodeUtf8, encodeUtf8 } from '../value/utf8.ts';
import { textAt, typed } from './arguments.ts';
import type { Builtin } from './record.ts';

function parseJson(text: string): Value {
  const value = readJson(text);
  if (value === undefined) throw new Fault('expr.argument', 'fromJSON got a text that is not JSON');
  return value;
}

function decode(text: string): Value {
  const bytes = base64Decode(text);
  if (bytes === undefined) throw new Fault('expr.argument', 'fromBase64 got a text that is not base64');
  return decodeUtf8(bytes);
}

/** The kind of a value by the name that expressions know it by. */
function typeName(value: Value): string {
  const kind = kindOf(value);
  if (value instanceof Record_) return 'unknown';
  if (value instanceof Bytes) return 'array';
  if (kind === 'list') return 'array';
  if (kind === 'function') return 'func';
  if (kind === 'time') return 'time.Time';
  if (kind === 'duration') return 'time.Duration';
  if (kind === 'zone') return 'time.Location';
  return kind;
}

/** Functions that write and read encoded text, and `type`. */
export const encodingBuiltins: readonly Builtin[] = [
  typed(
    {
      name: 'type',
      signature: 'type(value: any): string',
      summary: 'Names the kind of the value: nil, bool, int, float, string, array, map, time.Time, ….',
      example: { source: 'type(1.5)', result: '"float"' },
    },
    [{ params: [anyType], result: stringType }],
    (args) => typeName(args[0] ?? null),
  ),
  typed(
    {
      name: 'toJSON',
      signature: 'toJSON(value: any): string',
      summary: 'The value as JSON, indented by two spaces.',
      example: { source: 'toJSON([1])', result: '"[\\n  1\\n]"' },
    },
    [{ params: [anyType], result: stringType }],
    (args, context) => {
      assertSize(args[0] ?? null, context.maxOutput);
      const text = formatJson(args[0] ?? null, 2);
      context.spend(text.length);
      return text;
    },
  ),
  typed(
    {
      name: 'fromJSON',
      signature: 'fromJSON(text: string): any',
      summary: 'The value that a JSON text holds; its numbers are floats.',
      example: { source: "fromJSON('[1,2]')", result: '[1,2]' },
    },
    [{ params: [stringType], result: anyType }],
    (args) => parseJson(textAt(args, 0, 'fromJSON')),
  ),
  typed(
    {
      name: 'toBase64',
      signature: 'toBase64(text: string): string',
      summary: 'The UTF-8 bytes of the text in base64.',
      example: { source: "toBase64('hello')", result: '"aGVsbG8="' },
    },
    [{ params: [stringType], result: stringType }],
    (args) => base64Encode(encodeUtf8(textAt(args, 0, 'toBase64'))),
  ),
  typed(
    {
      name: 'fromBase64',
      signature: 'fromBase64(text: string): string',
      summary: 'The text whose UTF-8 bytes are given in base64.',
      example: { source: "fromBase64('aGVsbG8=')", result: '"hello"' },
    },
    [{ params: [stringType], result: stringType }],
    (args) => decode(textAt(args, 0, 'fromBase64')),
  ),
];
