import type { JsonValue } from '../../../base/index.ts';

/** Deepest nesting that is read; a genuine server ends at 10,000. Everything that walks objects here can walk these. */
const maxDepth = 1000;
/** A number that may be beyond what a number can hold: many digits, or a long exponent. */
const enormous = /\d{300}|[eE]\+?\d{3}/;

/** Reads JSON. Errors: plain ones whose message says what is wrong, as a genuine server says it where that is known. */
export function parseJsonText(text: string): JsonValue {
  assertShallow(text);
  if (text.trim() === '') throw new Error('unexpected end of JSON input');
  const value = JSON.parse(text) as JsonValue;
  if (enormous.test(text)) assertFinite(value);
  return value;
}

function assertShallow(text: string): void {
  if (text.length <= maxDepth) return;
  let depth = 0;
  let isText = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charCodeAt(index);
    if (isText) {
      if (character === 0x5c) index += 1;
      else if (character === 0x22) isText = false;
    } else if (character === 0x22) isText = true;
    else if (character === 0x5b || character === 0x7b) {
      depth += 1;
      if (depth > maxDepth) throw new Error(`invalid character '${text[index]}' exceeded max depth`);
    } else if (character === 0x5d || character === 0x7d) depth -= 1;
  }
}

function assertFinite(value: JsonValue): void {
  if (typeof value === 'number' && !Number.isFinite(value))
    throw new Error('json: cannot unmarshal number into Go value of type float64');
  if (typeof value !== 'object' || value === null) return;
  for (const member of Object.values(value)) if (member !== undefined) assertFinite(member);
}
