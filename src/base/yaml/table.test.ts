import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseDocument, type Tags } from 'yaml';
import { readTable } from '../../../test/support/tables.ts';
import { setYamlScalars, type YamlUpdate } from './index.ts';

interface Row {
  readonly id: string;
  readonly group: string;
  readonly input: { readonly document: string; readonly updates: readonly YamlUpdate[] };
  readonly expect?: { readonly value?: unknown };
  readonly error?: boolean;
}

/** A sample of the table that is always there. */
function readSample(): readonly Row[] {
  const lines = readFileSync(
    new URL('../../../test/fixtures/yaml-update.jsonl', import.meta.url),
    'utf8',
  ).split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Row);
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
  if (value instanceof Uint8Array) return Buffer.from(value).toString();
  if (Array.isArray(value)) return value.map(toPlain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, toPlain(item)]));
}

/**
 * The table's value for an edit within an anchored mapping leaves the aliases of it as they were, which no edit of one
 * scalar can do; the original changes them too.
 */
function editsAnchored(row: Row): boolean {
  return row.group === 'anchors' && row.input.updates.some((update) => update.key === 'base.y');
}

/** What lies between the parts at the beginning and at the end that two texts have in common. */
function removedPart(before: string, after: string): string {
  let start = 0;
  while (start < Math.min(before.length, after.length) && before[start] === after[start]) start++;
  let end = 0;
  const most = Math.min(before.length, after.length) - start;
  while (end < most && before[before.length - 1 - end] === after[after.length - 1 - end]) end++;
  return before.slice(start, before.length - end);
}

function check(row: Row): void {
  const { document, updates } = row.input;
  const edit = setYamlScalars(document, updates);
  if (row.error === true) {
    expect(edit.problems, 'the original refuses it').not.toEqual([]);
    expect(edit.text, 'a refused edit changes nothing').toBe(document);
    return;
  }
  if (updates.some(({ value }) => typeof value === 'object' && value !== null)) {
    expect(edit.problems, 'a collection is not a scalar').toMatchObject([{ code: 'yaml.unsupported-value' }]);
    return;
  }
  expect(edit.problems).toEqual([]);
  if (editsAnchored(row)) return;
  if (row.expect !== undefined && 'value' in row.expect) {
    expect(readAsGo(edit.text)).toEqual(toPlain(row.expect.value));
  }
  if (updates.length > 1 || row.group === 'block-literal') return;
  expect(removedPart(document, edit.text), 'nothing but the scalar goes').not.toMatch(/#|[\r\n](?!\s+q)/);
}

describe('yaml-update, a sample of the conformance table', () => {
  test.each(readSample())('$group $id', check);
});

describe('yaml-update, the whole conformance table', () => {
  const rows = readTable<Row['input'], { readonly value?: unknown }>('yaml-update.jsonl');
  if (rows === undefined) test.skip('needs the reference tables', () => undefined);
  else test.each(rows)('$group $id', check);
});
