import type { JsonValue } from '../../base/index.ts';
import type { YamlScalarValue, YamlUpdate } from '../../base/yaml/index.ts';

interface Update {
  readonly key: string;
  readonly value: JsonValue;
}

/** The updates as scalars, or which one is none. Pure. */
export function toScalarUpdates(
  updates: readonly Update[],
):
  | { readonly ok: true; readonly value: readonly YamlUpdate[] }
  | { readonly ok: false; readonly message: string } {
  const scalars: YamlUpdate[] = [];
  for (const [index, { key, value }] of updates.entries()) {
    if (!isScalar(value)) {
      const found = Array.isArray(value) ? 'a list' : 'an object';
      const message = `updates.${index}.value: expected a text, number, boolean or null for "${key}", found ${found}`;
      return { ok: false, message };
    }
    scalars.push({ key, value });
  }
  return { ok: true, value: scalars };
}

/**
 * The message that a commit of these updates gets, in Kargo's form.
 *
 * Shape: "Updated <path>\n\n- <key>: <value>"; texts as they are, in quotes where they could be taken for something else.
 */
export function describeUpdates(path: string, updates: readonly Update[]): string {
  const lines = updates.map(({ key, value }) => `- ${key}: ${formatValue(value)}`);
  return [`Updated ${path}`, '', ...lines].join('\n');
}

const likeBoolean = /^(?:[tTfF]|true|True|TRUE|false|False|FALSE)$/;
/** E.g. "1.10", "-.5", "1_000", "12e4567", "0x1f", "NaN", "+Inf". */
const likeNumber =
  /^[+-]?(?:0[xX][\da-fA-F_.]+[pP][+-]?\d+|(?=\.?\d)[\d_]*\.?[\d_]*(?:[eE][+-]?\d+)?|inf(?:inity)?|nan)$/i;

function formatValue(value: JsonValue): string {
  if (typeof value !== 'string') return JSON.stringify(value);
  const isPlain = !likeBoolean.test(value) && !likeNumber.test(value) && !/\n/.test(value) && !isJson(value);
  return isPlain ? value : JSON.stringify(value);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    // Not being JSON is an answer, not a failure.
    return false;
  }
}

function isScalar(value: JsonValue): value is Exclude<YamlScalarValue, bigint> {
  return typeof value !== 'object' || value === null;
}
