import type { JsonValue } from '../../base/index.ts';
import { readJson } from '../value/json.ts';
import { parseFloat64 } from '../value/number.ts';

const booleans: ReadonlyMap<string, boolean> = new Map([
  ...['t', 'T', 'true', 'TRUE', 'True'].map((text) => [text, true] as const),
  ...['f', 'F', 'false', 'FALSE', 'False'].map((text) => [text, false] as const),
]);

/**
 * What a rendered template means: quoted text, a number, a boolean, JSON, or text; the first that fits.
 *
 * One trailing newline is set aside and comes back with text only. A number may be NaN or infinite, which JSON cannot
 * hold: the caller decides.
 * Source: Kargo's behavior.
 */
export function coerceText(rendered: string): JsonValue {
  const newline = rendered.endsWith('\n') ? '\n' : '';
  const text = newline === '' ? rendered : rendered.slice(0, -1);
  if (text.length > 1 && text.startsWith('"') && text.endsWith('"')) return text.slice(1, -1) + newline;
  const number = parseFloat64(text);
  if (number !== undefined) return number;
  const boolean = booleans.get(text);
  if (boolean !== undefined) return boolean;
  const parsed = readJson(text);
  return parsed === undefined ? text + newline : parsed;
}
