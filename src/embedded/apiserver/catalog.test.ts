import { expect, test } from 'vitest';
import { compareVersions } from './catalog.ts';
import { negotiateForm, wantsAggregatedDiscovery } from './http/accept.ts';
import { parseResourcePath } from './request.ts';

test('versions are ordered as Kubernetes prefers them', () => {
  const given = [
    'foo1',
    'v1alpha1',
    'v10',
    'v2',
    'v1',
    'v11beta2',
    'v10beta3',
    'v3beta1',
    'v12alpha1',
    'bar',
  ];
  const wanted = [
    'v10',
    'v2',
    'v1',
    'v11beta2',
    'v10beta3',
    'v3beta1',
    'v12alpha1',
    'v1alpha1',
    'bar',
    'foo1',
  ];
  expect(given.sort(compareVersions)).toEqual(wanted);
});

const places = [
  { path: '/api/v1/namespaces', want: { group: '', version: 'v1', plural: 'namespaces' } },
  { path: '/api/v1/namespaces/a', want: { plural: 'namespaces', name: 'a', namespace: undefined } },
  { path: '/api/v1/namespaces/a/status', want: { plural: 'namespaces', name: 'a', subresource: 'status' } },
  { path: '/api/v1/namespaces/a/pods', want: { plural: 'pods', namespace: 'a', name: undefined } },
  {
    path: '/apis/g.io/v1/namespaces/a/xs/b/status',
    want: { group: 'g.io', plural: 'xs', name: 'b', subresource: 'status' },
  },
  { path: '/apis/g.io/v1/xs/a%3Ab', want: { plural: 'xs', name: 'a:b', namespace: undefined } },
  { path: '/apis/g.io/v1', want: undefined },
  { path: '/api/v1', want: undefined },
  { path: '/healthz', want: undefined },
];
test.each(places)('reads $path', ({ path, want }) => {
  if (want === undefined) expect(parseResourcePath(path)).toBeUndefined();
  else expect(parseResourcePath(path)).toMatchObject(want);
});

const accepts = [
  { header: undefined, want: 'object', because: 'everything is accepted' },
  { header: 'application/json', want: 'object', because: 'the plain form' },
  {
    header: 'application/vnd.kubernetes.protobuf,application/json',
    want: 'object',
    because: 'the second choice',
  },
  {
    header: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json',
    want: 'table',
    because: 'kubectl get',
  },
  {
    header: 'application/json;as=Table;v=v9;g=meta.k8s.io, */*',
    want: 'object',
    because: 'an unknown version',
  },
  {
    header: 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io',
    want: 'partial',
    because: 'metadata',
  },
];
test.each(accepts)('Accept $header is $want', ({ header, want, because }) => {
  expect(negotiateForm(header), because).toBe(want);
});

test('an answer that nobody accepts is refused', () => {
  expect(() => negotiateForm('text/html')).toThrow('only the following media types are accepted');
  const beta = 'application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList';
  expect(wantsAggregatedDiscovery(`${beta},application/json`)).toBe(false);
  expect(wantsAggregatedDiscovery(beta.replace('v2beta1', 'v2'))).toBe(true);
});
