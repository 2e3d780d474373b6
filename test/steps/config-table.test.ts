import { describe, expect, test } from 'vitest';
import { stepDefinitions } from '../../src/steps/registry.ts';
import { hasTable, rowsOf, type StepRow } from './table.ts';

/** Rows on which Gantry differs on purpose, with the reason. */
const differences: Readonly<Record<string, string>> = {};

describe.skipIf(!hasTable('step-config.jsonl'))('step-config.jsonl', () => {
  for (const definition of stepDefinitions) {
    const rows = rowsOf<StepRow, { readonly valid: boolean }>('step-config.jsonl', [definition.name]);
    test(`${definition.name}: ${rows.length} rows`, () => {
      expect(rows.length).toBeGreaterThan(0);
      const wrong = rows.filter(({ id, input, expect: want }) => {
        return differences[id] === undefined && definition.prepare(input.config).ok !== want.valid;
      });
      expect(wrong.map(({ id, input }) => [id, JSON.stringify(input.config)])).toEqual([]);
    });
  }
});
