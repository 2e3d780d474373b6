import { describe, expect, test } from 'vitest';
import { readTable } from '../../../test/support/tables.ts';
import type { JsonObject } from '../../base/index.ts';
import type { HealthStatus } from '../report.ts';
import type { ApplicationView } from './application.ts';
import { evaluateApplications, mergeHealth, readCriteria } from './health.ts';

interface Row {
  readonly a: HealthStatus;
  readonly b: HealthStatus;
  readonly applications: readonly ApplicationView[];
  readonly criteria: { readonly kind: string; readonly input: JsonObject };
}

const table = readTable<Row>('argocd-health.jsonl');

describe.skipIf(table === undefined)('health as in the original (table argocd-health)', () => {
  test.each((table ?? []).map((row) => [row.id, row] as const))('%s', (_id, row) => {
    const { input } = row;
    if (row.group === 'merge') {
      expect(mergeHealth(input.a, input.b)).toBe(row.expect);
      return;
    }
    const health = evaluateApplications(readCriteria(input.criteria.input, 'argocd'), (namespace, name) =>
      input.applications.find(({ metadata }) => metadata.namespace === namespace && metadata.name === name),
    );
    expect({ status: health.status, issues: health.issues }).toEqual(row.expect);
  });
});

describe('stale Applications', () => {
  test('are named, so that a refresh can be asked for', () => {
    const application: ApplicationView = {
      metadata: { name: 'app', namespace: 'argocd' },
      status: {
        reconciledAt: '2026-01-01T00:00:00Z',
        operationState: { phase: 'Succeeded', finishedAt: '2026-01-01T00:00:01Z' },
      },
    };
    const health = evaluateApplications(
      readCriteria({ apps: [{ name: 'app' }] }, 'argocd'),
      () => application,
    );
    expect(health.stale).toEqual([{ namespace: 'argocd', name: 'app' }]);
    expect(JSON.stringify(health.output)).not.toContain('reconciledAt');
  });
});
