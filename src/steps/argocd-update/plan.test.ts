import { describe, expect, test } from 'vitest';
import type { Application, ApplicationSource } from '../../api/argocd/index.ts';
import { applyMergePatch, type JsonValue } from '../../base/index.ts';
import { decideSync, desiredRevisions, matchesSource, planPatch } from './plan.ts';

const promotion = 'prod.01.abc';
const repoURL = 'https://github.com/example/repo.git';

function createApplication(parts: Partial<Application> = {}): Application {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name: 'app', namespace: 'argocd' },
    spec: { source: { repoURL } },
    ...parts,
  };
}

function ownedBy(name: string) {
  return { info: [{ name: 'kargo.akuity.io/promotion', value: name }] };
}

describe('decideSync', () => {
  const finishedAt = '2024-01-01T00:01:00Z';
  const syncResult = { revision: 'abc' };
  const cases: readonly {
    readonly name: string;
    readonly given: Partial<Application>;
    readonly desired: readonly string[];
    readonly want: string;
    readonly because?: string;
  }[] = [
    { name: 'never synchronized', given: {}, desired: [], want: 'update' },
    {
      name: 'own sync asked for and not picked up',
      given: { operation: ownedBy(promotion) },
      desired: [],
      want: 'wait',
      because: 'asking again would start it twice',
    },
    {
      name: 'sync of another promotion not picked up',
      given: { operation: ownedBy('prod.00.old') },
      desired: [],
      want: 'update',
    },
    {
      name: 'own sync running',
      given: { status: { operationState: { phase: 'Running', operation: ownedBy(promotion) } } },
      desired: [],
      want: 'wait',
    },
    {
      name: 'another sync running',
      given: { status: { operationState: { phase: 'Running', operation: {} } } },
      desired: [],
      want: 'wait',
    },
    {
      name: 'another sync ended',
      given: { status: { operationState: { phase: 'Succeeded', finishedAt, operation: {} } } },
      desired: [],
      want: 'update',
    },
    {
      name: 'own sync ended well',
      given: {
        status: {
          operationState: { phase: 'Succeeded', finishedAt, syncResult, operation: ownedBy(promotion) },
        },
      },
      desired: ['abc'],
      want: 'done',
    },
    {
      name: 'own sync ended at another revision',
      given: {
        status: {
          operationState: { phase: 'Succeeded', finishedAt, syncResult, operation: ownedBy(promotion) },
        },
      },
      desired: ['def'],
      want: 'update',
    },
    {
      name: 'own sync failed',
      given: {
        status: {
          operationState: { phase: 'Failed', finishedAt, syncResult, operation: ownedBy(promotion) },
        },
      },
      desired: [''],
      want: 'failed',
    },
  ];
  test.each(cases)('$name: $want', ({ given, desired, want }) => {
    expect(decideSync(createApplication(given), promotion, desired).kind).toBe(want);
  });
});

describe('matchesSource', () => {
  const cases: readonly {
    name: string;
    update: { repoURL: string; chart?: string };
    source: ApplicationSource;
    want: boolean;
  }[] = [
    { name: 'the same', update: { repoURL }, source: { repoURL }, want: true },
    {
      name: 'another spelling of a repository',
      update: { repoURL: 'https://GitHub.com/example/repo/' },
      source: { repoURL },
      want: true,
    },
    {
      name: 'a chart',
      update: { repoURL: 'c', chart: 'x' },
      source: { repoURL: 'c', chart: 'x' },
      want: true,
    },
    {
      name: 'a chart of another name',
      update: { repoURL: 'c', chart: 'x' },
      source: { repoURL: 'c', chart: 'y' },
      want: false,
    },
    { name: 'a chart and no chart', update: { repoURL }, source: { repoURL, chart: 'y' }, want: false },
    {
      name: 'another spelling of a chart repository',
      update: { repoURL: 'https://c/', chart: 'x' },
      source: { repoURL: 'https://c', chart: 'x' },
      want: false,
    },
  ];
  test.each(cases)('$name: $want', ({ update, source, want }) => {
    expect(matchesSource(update, source)).toBe(want);
  });

  test('a revision is wanted of a source however its address is spelled', () => {
    const updates = [{ repoURL: 'https://github.com/example/repo', desiredRevision: 'abc' }];
    expect(desiredRevisions(createApplication(), updates)).toEqual(['abc']);
  });
});

describe('planPatch', () => {
  const nobody = { promotion, actor: undefined };

  test('leaves nothing of an operation that somebody else asked for', () => {
    const operation = {
      ...ownedBy('other'),
      sync: { revision: 'deadbeef', prune: true },
      retry: { limit: 1 },
    };
    const before = createApplication({ operation });
    const patch = planPatch(before, [], nobody);
    const after = applyMergePatch(before as unknown as JsonValue, patch) as unknown as Application;
    expect(after.operation).toEqual(planPatch(createApplication(), [], nobody)['operation']);
  });

  test('forgets the last operation, so that its end is not taken for that of the new one', () => {
    const before = createApplication({ status: { operationState: { phase: 'Succeeded' } } });
    expect(planPatch(before, [], nobody)['status']).toEqual({ operationState: null });
    expect(planPatch(createApplication(), [], nobody)).not.toHaveProperty('status');
  });

  test('names who started it, and calls it automated only when nobody did', () => {
    expect(planPatch(createApplication(), [], nobody)['operation']).toMatchObject({
      initiatedBy: { username: 'kargo-controller', automated: true },
    });
    const operation = planPatch(createApplication(), [], { promotion, actor: 'ann' })['operation'];
    expect(operation).toMatchObject({ initiatedBy: { username: 'ann' } });
    expect(JSON.stringify(operation)).not.toContain('automated');
  });

  test('keeps Kustomize images that the step does not name', () => {
    const images = ['nginx:1.0', 'nginx=old/nginx:1', 'localhost:5000/x:2', 'ghcr.io/x/y@sha256:bb'];
    const source = { repoURL, kustomize: { images, namePrefix: 'p-' } };
    const update = {
      repoURL,
      kustomize: {
        images: [
          { repoURL: 'nginx', newName: 'mirror/nginx', digest: 'sha256:aa' },
          { repoURL: 'localhost:5000/x', tag: '3' },
          { repoURL: 'bare' },
        ],
      },
    };
    const patch = planPatch(createApplication({ spec: { source } }), [update], nobody);
    expect(patch['spec']).toEqual({
      source: {
        repoURL,
        kustomize: {
          namePrefix: 'p-',
          images: ['ghcr.io/x/y@sha256:bb', 'nginx=mirror/nginx@sha256:aa', 'localhost:5000/x:3', 'bare'],
        },
      },
    });
  });

  test('sets Helm parameters by name and keeps what else they say', () => {
    const parameters = [
      { name: 'tag', value: '1', forceString: true },
      { name: 'other', value: 'x' },
    ];
    const sources = [{ repoURL: 'https://elsewhere/x' }, { repoURL, helm: { parameters } }];
    const update = {
      repoURL,
      helm: {
        images: [
          { key: 'tag', value: '' },
          { key: 'new', value: 'n' },
        ],
      },
    };
    const patch = planPatch(createApplication({ spec: { sources } }), [update], nobody);
    expect(patch['spec']).toEqual({
      sources: [
        { repoURL: 'https://elsewhere/x' },
        {
          repoURL,
          helm: {
            parameters: [
              { name: 'tag', value: '', forceString: true },
              { name: 'other', value: 'x' },
              { name: 'new', value: 'n' },
            ],
          },
        },
      ],
    });
  });
});
