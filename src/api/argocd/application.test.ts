import { expect, test } from 'vitest';
import { readStructuralSchema } from '../structural/index.ts';
import { application, applicationDefinition } from './index.ts';

test('keeps what it does not know', () => {
  const given = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name: 'dev', namespace: 'argocd', labels: { a: 'b' } },
    spec: { source: { repoURL: 'https://a/b', directory: { recurse: true } }, ignoreDifferences: [{}] },
    operation: null,
    status: { operationState: { phase: 'Running', retryCount: 1 }, resources: [{ kind: 'Deployment' }] },
  };
  expect(application.parse(given)).toEqual(given);
});

test('has an open, structural definition', () => {
  const schema = applicationDefinition.spec.versions[0]?.schema?.openAPIV3Schema ?? {};
  expect(readStructuralSchema(schema, '').ok).toBe(true);
});
