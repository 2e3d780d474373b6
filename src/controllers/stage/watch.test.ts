import { describe, expect, test } from 'vitest';
import { createFakeCluster } from '../../../test/support/fake-cluster.ts';
import type { Application } from '../../api/argocd/index.ts';
import {
  type Freight,
  freights,
  kargoApiVersion,
  type Promotion,
  type Stage,
  stages,
} from '../../api/v1alpha1/index.ts';
import { applicationToStages, freightToStages, promotionToStages, wakes } from './watch.ts';

const origin = { kind: 'Warehouse', name: 'main' } as const;

function stage(name: string, sources: object, annotations: Readonly<Record<string, string>> = {}): Stage {
  return {
    apiVersion: kargoApiVersion,
    kind: 'Stage',
    metadata: { name, namespace: 'demo', generation: 1, annotations },
    spec: { requestedFreight: [{ origin, sources }] },
  };
}

function freight(status: Freight['status'] = {}): Freight {
  return {
    apiVersion: kargoApiVersion,
    kind: 'Freight',
    metadata: { name: 'f', namespace: 'demo' },
    origin,
    status,
  };
}

describe('Promotion', () => {
  const promotion = (phase?: 'Pending' | 'Running' | 'Succeeded'): Promotion => ({
    apiVersion: kargoApiVersion,
    kind: 'Promotion',
    metadata: { name: 'p', namespace: 'demo' },
    spec: { stage: 'dev', steps: [] },
    ...(phase === undefined ? {} : { status: { phase } }),
  });
  const update = (from: ReturnType<typeof promotion>, to: ReturnType<typeof promotion>) =>
    ({ kind: 'updated', old: from, object: to }) as const;
  test.each([
    {
      name: 'new',
      given: { kind: 'added', object: promotion() } as const,
      want: 1,
      because: 'it may be its turn',
    },
    {
      name: 'started',
      given: update(promotion(), promotion('Running')),
      want: 0,
      because: 'the Stage has let it run',
    },
    {
      name: 'ended',
      given: update(promotion('Running'), promotion('Succeeded')),
      want: 1,
      because: 'the Stage has other Freight now',
    },
    {
      name: 'gone',
      given: { kind: 'deleted', object: promotion('Running') } as const,
      want: 1,
      because: 'another one may run',
    },
  ])('$name', ({ given, want, because }) => {
    expect(promotionToStages(given).length, because).toBe(want);
  });
});

describe('Freight', () => {
  const cluster = createFakeCluster({ watched: [{ type: stages }, { type: freights }] });
  cluster.put(stages, stage('dev', { direct: true }));
  cluster.put(stages, stage('prod', { stages: ['dev'] }));
  const verified = { verifiedIn: { dev: {} } };
  test.each([
    {
      name: 'new',
      given: { kind: 'added', object: freight() },
      want: ['dev'],
      because: 'dev takes it at once',
    },
    {
      name: 'verified in dev',
      given: { kind: 'updated', old: freight(), object: freight(verified) },
      want: ['prod'],
      because: 'prod follows dev',
    },
    {
      name: 'entered dev again',
      given: {
        kind: 'updated',
        old: freight(verified),
        object: freight({ ...verified, currentlyIn: { dev: {} } }),
      },
      want: ['prod'],
      because: 'its soak begins',
    },
    {
      name: 'approved for prod',
      given: { kind: 'updated', old: freight(), object: freight({ approvedFor: { prod: {} } }) },
      want: ['prod'],
      because: 'prod may have it now',
    },
    {
      name: 'unchanged',
      given: { kind: 'updated', old: freight(verified), object: freight(verified) },
      want: [],
      because: 'nothing happened',
    },
  ] as const)('$name: $because', ({ given, want }) => {
    expect(freightToStages(given, cluster.reader).map(({ name }) => name)).toEqual(want);
  });
});

describe('a Stage itself', () => {
  test.each([
    { given: {}, want: false, because: 'a status write must not wake its writer' },
    { given: { 'kargo.akuity.io/refresh': 'now' }, want: true, because: 'somebody asks for a look' },
    { given: { 'kargo.akuity.io/reverify': '{"id":"x"}' }, want: true, because: 'verify again' },
    { given: { 'kargo.akuity.io/reverify': '12' }, want: false, because: 'a bare number is no request' },
    { given: { 'kargo.akuity.io/color': 'red' }, want: false, because: 'only the user interface cares' },
  ])('$because', ({ given, want }) => {
    expect(wakes(stage('dev', {}), stage('dev', {}, given as Readonly<Record<string, string>>))).toBe(want);
  });
});

test('an Application that becomes healthy wakes the Stages it names', () => {
  const app = (health: string): Application => ({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name: 'a', annotations: { 'kargo.akuity.io/authorized-stage': 'demo:dev,demo:uat' } },
    spec: {},
    status: { health: { status: health } },
  });
  const change = { kind: 'updated', old: app('Progressing'), object: app('Healthy') } as const;
  expect(applicationToStages(change).map(({ name }) => name)).toEqual(['dev', 'uat']);
  expect(applicationToStages({ ...change, old: app('Healthy') })).toEqual([]);
});
