import { expect, test } from 'vitest';
import { rules, warehouse } from '../../../test/support/warehouse-data.ts';
import { evaluateCriteria } from './criteria.ts';
import { decide } from './decide.ts';

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
