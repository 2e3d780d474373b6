import type { FunctionSignature } from '../check/check.ts';
import { anyType, stringType } from '../check/type.ts';
import type { HostFunction } from '../eval/environment.ts';
import { formatJson } from '../value/json.ts';
import { plain } from '../value/kinds.ts';
import type { Value } from '../value/types.ts';
import { formatYaml } from '../value/yaml.ts';

const anyToText = [{ params: [anyType], result: stringType }];

/** Functions that exist in templates only. Each wraps its text in quotes, so that the result stays text. */
export const templateFunctions: readonly FunctionSignature[] = [
  {
    name: 'quote',
    signature: 'quote(value: any): string',
    summary:
      'Keeps a value text: the template gives the string even where it looks like a number or boolean.',
    example: { source: "quote('1.10')", result: '"1.10"' },
    overloads: anyToText,
  },
  {
    name: 'unsafeQuote',
    signature: 'unsafeQuote(value: any): string',
    summary: 'The JSON text of the value in one more pair of quotes.',
    example: { source: 'unsafeQuote([1, 2])', result: '"[1,2]"' },
    overloads: anyToText,
  },
  {
    name: 'asJSON',
    signature: 'asJSON(value: any): string',
    summary: 'The value as indented JSON text with a final newline.',
    example: { source: "asJSON({'a': 1})", result: '"{\\n  \\"a\\": 1\\n}\\n"' },
    overloads: anyToText,
  },
  {
    name: 'asYAML',
    signature: 'asYAML(value: any): string',
    summary: 'The value as YAML text with a final newline.',
    example: { source: "asYAML({'a': 1})", result: '"a: 1\\n"' },
    overloads: anyToText,
  },
];

/** What the template functions do. */
export const templateImplementations: Readonly<Record<string, HostFunction>> = {
  quote: ([value = null]) => (typeof value === 'string' ? quoteText(value) : inQuotes(formatJson(value))),
  unsafeQuote: ([value = null]) => inQuotes(formatJson(value)),
  asJSON: ([value = null]) => inQuotes(`${formatJson(value, 2)}\n`),
  asYAML: ([value = null]) => inQuotes(formatYaml(value)),
};

/** Names that an environment may not use in templates. */
export const reservedNames: readonly string[] = ['quote', 'asJSON', 'asYAML'];

function inQuotes(text: string): string {
  return `"${text}"`;
}

const escapes: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
};

/** A text in double quotes with escapes for what cannot be printed. Source: Go's strconv.Quote. */
export function quoteText(text: string): string {
  const body = text.replace(/["\\]|[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu, (found) => {
    const short = escapes[found];
    if (short !== undefined) return short;
    const code = found.codePointAt(0) ?? 0;
    if (code < 0x80) return `\\x${code.toString(16).padStart(2, '0')}`;
    if (code < 0x10000) return `\\u${code.toString(16).padStart(4, '0')}`;
    return `\\U${code.toString(16).padStart(8, '0')}`;
  });
  return inQuotes(body);
}

/** A value as it is spliced into a template: a string as it is, everything else as compact JSON. */
export function renderValue(value: Value): string {
  const item = plain(value);
  return typeof item === 'string' ? item : formatJson(item);
}
