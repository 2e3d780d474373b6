import { describe, expect, test } from 'vitest';
import { readTable } from '../../../test/support/tables.ts';
import { rules, warehouse } from '../../../test/support/warehouse-data.ts';
import { evaluateCriteria } from './criteria.ts';
import { decide } from './decide.ts';
import type { DiscoveredArtifacts } from './types.ts';

interface Input {
  readonly expression: string;
  readonly discoveredArtifacts: DiscoveredArtifacts;
}

const rows = readTable<Input, boolean>('creation-criteria.jsonl');

describe.skipIf(rows === undefined)('reference table creation-criteria', () => {
  test.each((rows ?? []).map((row) => ({ ...row })))(
    '$id $input.expression',
    ({ input, expect: want, error }) => {
      expect(judge(input)).toBe(error === true ? 'error' : want);
    },
  );
});

function judge({ expression, discoveredArtifacts }: Input): boolean | 'error' {
  const result = evaluateCriteria(expression, discoveredArtifacts);
  return result.ok ? result.isSatisfied : 'error';
}

test('a problem is told with its place', () => {
  const artifacts = {
    images: [{ repoURL: 'ghcr.io/example/app', references: [{ tag: '1', digest: 'sha256:a' }] }],
  };
  const object = warehouse({
    spec: { freightCreationCriteria: { expression: "imageFrom('nothing').Tag == '1'" } },
  });
  const seen = {
    object,
    nowMs: 0,
    isMine: true,
    look: { kind: 'found' as const, artifacts, skipped: [] },
    hasFreight: false,
  };
  expect(decide(seen, { ...rules, evaluateCriteria })).toMatchObject({
    kind: 'report-bad-criteria',
    problem: expect.stringMatching(/line 1, column \d+/),
  });
});
