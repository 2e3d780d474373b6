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
 * Shape: "Updated <path>\n\n- <key>: <value>", texts in quotes.
 */
export function describeUpdates(path: string, updates: readonly Update[]): string {
  const lines = updates.map(({ key, value }) => `- ${key}: ${JSON.stringify(value)}`);
  return [`Updated ${path}`, '', ...lines].join('\n');
}

function isScalar(value: JsonValue): value is Exclude<YamlScalarValue, bigint> {
  return typeof value !== 'object' || value === null;
}
