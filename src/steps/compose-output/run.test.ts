import { describe, expect, test } from 'vitest';
import { hasTable, rowsOf, type StepRow } from '../../../test/steps/table.ts';
import { attempt } from '../../../test/support/step-attempt.ts';
import type { JsonObject } from '../../base/index.ts';
import { composeOutput } from './index.ts';

test.each([
  { name: 'texts', config: { a: 'x', b: '' } },
  { name: 'anything', config: { a: null, b: [1, { c: true }], d: { e: {} } } },
])('gives its configuration: $name', async ({ config }) => {
  const { outcome } = await attempt(composeOutput, config);
  expect(outcome).toEqual({ kind: 'done', status: 'Succeeded', output: config });
});

test('wants at least one member', async () => {
  const { outcome } = await attempt(composeOutput, {});
  expect(outcome).toMatchObject({ code: 'step.invalid-config' });
});

const rows = rowsOf<StepRow, { readonly output: JsonObject }>('step-run.jsonl', ['compose-output']);

describe.skipIf(!hasTable('step-run.jsonl'))('step-run.jsonl', () => {
  test.each(rows)('$name', async ({ input, expect: want }) => {
    const { outcome } = await attempt(composeOutput, input.config);
    expect(outcome).toMatchObject({ status: 'Succeeded', output: want.output });
  });
});
