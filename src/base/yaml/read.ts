import {
  boolYaml11Tag,
  defineScalarTag,
  floatCoreTag,
  loadAll,
  mapTag,
  mergeTag,
  NOT_RESOLVED,
  nullYaml11Tag,
  Schema,
  seqTag,
  strTag,
  YAMLException,
} from 'js-yaml';
import type { JsonValue } from '../json.ts';
import { yamlErrors } from './errors.ts';

/** Values that a document may expand to. */
const maxValues = 2_000_000;

/** How deep a document may be nested. */
const maxDepth = 100;

/** Integers as Kubernetes' tools read them: decimal, 0b1, 0755, 0o755, 0x1F, with underscores; nothing with colons. */
const intTag = defineScalarTag('tag:yaml.org,2002:int', {
  implicit: true,
  implicitFirstChars: [...'-+0123456789'],
  resolve: resolveInteger,
  identify: () => false,
});

/** Other tags say nothing that JSON can hold: the text stands for itself. */
const otherTag = defineScalarTag('!', {
  matchByTagPrefix: true,
  resolve: (source) => source,
  identify: () => false,
});
const otherStandardTag = defineScalarTag('tag:yaml.org,2002:', {
  matchByTagPrefix: true,
  resolve: (source) => source,
  identify: () => false,
});

const schema = new Schema([
  strTag,
  seqTag,
  mapTag,
  mergeTag,
  nullYaml11Tag,
  boolYaml11Tag,
  intTag,
  floatCoreTag,
  otherTag,
  otherStandardTag,
]);

/** Nothing but texts, sequences and mappings. */
const textSchema = new Schema([strTag, seqTag, mapTag, mergeTag, otherTag, otherStandardTag]);

function resolveInteger(source: string): number | typeof NOT_RESOLVED {
  const match = /^(?<sign>[-+]?)(?<digits>0[bB][01_]+|0[oO][0-7_]+|0[xX][0-9a-fA-F_]+|[0-9][0-9_]*)$/.exec(
    source,
  );
  const text = match?.groups?.['digits']?.replaceAll('_', '');
  if (text === undefined || /^0[a-zA-Z]$/.test(text)) return NOT_RESOLVED;
  // A leading zero means octal, e.g. 0755; with digits 8 or 9 it is decimal.
  const isOctal = /^0[0-7]+$/.test(text);
  const value = Number(isOctal ? `0o${text.slice(1)}` : text);
  return match?.groups?.['sign'] === '-' ? 0 - value : value;
}

/**
 * The one document of a text as JSON, read as Kubernetes' tools read it: `yes` and `on` are booleans, `0755` is octal,
 * dates stay strings, keys become strings, merge keys are applied, of duplicate keys the last counts. An empty text is null.
 *
 * Errors: yaml.invalid (also for several documents), yaml.too-large.
 */
export function parseYaml(text: string): JsonValue {
  const documents = parseYamlDocuments(text);
  if (documents.length > 1) {
    throw yamlErrors.create('yaml.invalid', `expected one YAML document, found ${documents.length}`);
  }
  return documents[0] ?? null;
}

/**
 * The one document of a text with every scalar as the text that stands there: 1.10 is "1.10" and null is "null"; an empty
 * text or value is "". Duplicate keys are refused. For data whose versions must not become numbers.
 *
 * Errors: yaml.invalid (also for several documents), yaml.too-large.
 */
export function parseYamlTexts(text: string): JsonValue {
  const documents = load(text, { schema: textSchema, json: false });
  if (documents.length > 1) {
    throw yamlErrors.create('yaml.invalid', `expected one YAML document, found ${documents.length}`);
  }
  return toJson(documents[0] ?? '', 0, { left: maxValues });
}

/** All documents of a text as JSON, empty ones as null; see `parseYaml`. Errors: yaml.invalid, yaml.too-large. */
export function parseYamlDocuments(text: string): readonly JsonValue[] {
  const documents = load(text, { schema, json: true });
  const budget = { left: maxValues };
  return documents.map((document) => toJson(document, 0, budget));
}

function load(
  text: string,
  options: { readonly schema: Schema; readonly json: boolean },
): readonly unknown[] {
  try {
    return loadAll(text, { ...options, maxDepth });
  } catch (error) {
    if (error instanceof YAMLException) {
      throw yamlErrors.create('yaml.invalid', `invalid YAML: ${error.message.split('\n')[0]}`, {
        cause: error,
      });
    }
    throw error;
  }
}

/** Checks that a value is JSON, and stops at cycles and alias bombs; the value itself is what is returned. */
function toJson(value: unknown, depth: number, budget: { left: number }): JsonValue {
  if (--budget.left < 0 || depth > maxDepth) {
    throw yamlErrors.create(
      'yaml.too-large',
      `a YAML document has more than ${maxValues} values or ${maxDepth} levels`,
    );
  }
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw yamlErrors.create('yaml.invalid', `invalid YAML: ${value} has no form in JSON`);
  }
  if (typeof value === 'object' && value !== null) {
    for (const item of Object.values(value)) toJson(item, depth + 1, budget);
  }
  return value as JsonValue;
}
