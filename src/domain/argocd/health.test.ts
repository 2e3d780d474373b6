import { describe, expect, test } from 'vitest';
import type { ApplicationView } from './application.ts';
import { evaluateApplications, readCriteria } from './health.ts';

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
