import { describe, expect, test } from 'vitest';
import { readTable } from '../../../test/support/tables.ts';
import type { PromotionPolicy } from '../../api/v1alpha1/index.ts';
import { readAutoPromotionPolicy } from './auto-promotion-policy.ts';
import { matchLabels, matchName } from './selector.ts';

interface Row {
  readonly promotionPolicies: readonly PromotionPolicy[] | null;
  readonly stage: { readonly name: string; readonly labels: Readonly<Record<string, string>> | null };
}

const table = readTable<Row, boolean>('freight-availability.jsonl')?.filter(
  (row) => row.group === 'auto-promotion-policy',
);

describe.skipIf(table === undefined)('policies as in the original (table freight-availability)', () => {
  test.each((table ?? []).map((row) => [row.id, row] as const))('%s', (_id, row) => {
    const { promotionPolicies, stage } = row.input;
    const policy = readAutoPromotionPolicy(promotionPolicies ?? undefined, {
      name: stage.name,
      labels: stage.labels ?? undefined,
    });
    expect(policy.ok).toBe(row.error !== true);
    if (policy.ok) expect(policy.isEnabled).toBe(row.expect);
  });
});

describe('matchName', () => {
  test.each([
    { given: 'glob:{dev,test}-?', name: 'test-1', want: true, because: 'alternatives and single characters' },
    { given: 'glob:dev.*', name: 'devx', want: false, because: 'a dot is a dot in a glob' },
    { given: 'glob:[a-c]*', name: 'beta', want: true, because: 'character ranges' },
    { given: 'glob:[', name: 'x', want: undefined, because: 'it is malformed' },
    { given: 'regex:eu', name: 'prod-eu-1', want: true, because: 'expressions are unanchored' },
    { given: 'fancy:x', name: 'x', want: undefined, because: 'the kind of pattern is unknown' },
  ])('$given on $name: $because', ({ given, name, want }) => {
    const match = matchName(given, name);
    expect(match.ok ? match.matches : undefined).toBe(want);
  });
});

test('an unknown label operator is a problem, not a match', () => {
  expect(matchLabels({ matchExpressions: [{ key: 'a', operator: 'Near' }] }, {}).ok).toBe(false);
});
