import { expect, test } from 'vitest';
import { attempt } from '../../../test/support/step-attempt.ts';
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
