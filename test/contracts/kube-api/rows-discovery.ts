import type { Row } from './rows.ts';

const aggregated = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';

/** Discovery, OpenAPI, health and the guards in front of everything. */
export const discoveryRows: readonly Row[] = [
  {
    name: 'version',
    call: { path: '/version' },
    want: { code: 200, body: { major: '1' } },
    because: 'clients choose their dialect by it',
  },
  {
    name: 'healthz without a token',
    call: { path: '/healthz', headers: { authorization: '' } },
    want: { code: 200 },
    because: 'probes have no credentials',
  },
  {
    name: 'readyz',
    call: { path: '/readyz' },
    want: { code: 200 },
    because: 'the second probe',
  },
  {
    name: 'livez',
    call: { path: '/livez' },
    want: { code: 200 },
    because: 'the third probe',
  },
  {
    name: 'a wrong token',
    call: { path: '/api/v1/namespaces', headers: { authorization: 'Bearer wrong' } },
    want: { code: 401, body: { kind: 'Status', reason: 'Unauthorized' } },
    because: 'nothing is served to strangers',
  },
  {
    name: 'no token',
    call: { path: '/apis', headers: { authorization: '' } },
    want: { code: 401 },
    because: 'discovery is guarded too',
    embeddedOnly: true,
  },
  {
    name: 'a foreign Host',
    call: { path: '/healthz', headers: { host: 'evil.example.com' } },
    want: { code: 403 },
    because: 'DNS rebinding ends here',
    embeddedOnly: true,
  },
  {
    name: 'a foreign Origin',
    call: { path: '/api', headers: { origin: 'https://evil.example.com' } },
    want: { code: 403 },
    because: 'no web page may use a token it has guessed',
    embeddedOnly: true,
  },
  {
    name: 'the core versions',
    call: { path: '/api' },
    want: { code: 200, body: { kind: 'APIVersions', versions: ['v1'] } },
    because: 'legacy discovery starts here',
  },
  {
    name: 'the groups',
    call: { path: '/apis' },
    want: { code: 200, body: { kind: 'APIGroupList' } },
    because: 'legacy discovery goes on here',
  },
  {
    name: 'one group',
    call: { path: '/apis/contract.example.com' },
    want: {
      code: 200,
      body: { kind: 'APIGroup', preferredVersion: { groupVersion: 'contract.example.com/v1' } },
    },
    because: 'a definition makes a group',
  },
  {
    name: 'a missing group',
    call: { path: '/apis/missing.example.com' },
    want: { code: 404 },
    because: 'only what is served is there',
  },
  {
    name: 'a missing version',
    call: { path: '/apis/contract.example.com/v9' },
    want: { code: 404 },
    because: 'only what is served is there',
  },
  {
    name: 'the resources of a group',
    call: { path: '/apis/contract.example.com/v1' },
    want: { code: 200, body: { kind: 'APIResourceList', groupVersion: 'contract.example.com/v1' } },
    because: 'clients map kinds to paths by it',
  },
  {
    name: 'aggregated groups',
    call: { path: '/apis', accept: aggregated },
    want: { code: 200, body: { kind: 'APIGroupDiscoveryList' }, type: 'as=APIGroupDiscoveryList' },
    because: 'the Accept header is followed exactly, and the answer says so',
  },
  {
    name: 'the aggregated core group',
    call: { path: '/api', accept: aggregated },
    want: { code: 200, body: { kind: 'APIGroupDiscoveryList', items: [{ versions: [{ version: 'v1' }] }] } },
    because: 'the core group is under its own path',
  },
  {
    name: 'aggregated discovery of an unknown version',
    call: {
      path: '/apis',
      accept: 'application/json;g=apidiscovery.k8s.io;v=v9;as=APIGroupDiscoveryList,application/json',
    },
    want: { code: 200, body: { kind: 'APIGroupList' } },
    because: 'the next clause is taken',
  },
  {
    name: 'the OpenAPI index',
    call: { path: '/openapi/v3' },
    want: {
      code: 200,
      body: {
        paths: { 'apis/contract.example.com/v1': { serverRelativeURL: matching(/^\/openapi\/v3\//) } },
      },
    },
    because: 'kubectl explains and validates by it',
  },
  {
    name: 'an OpenAPI document',
    call: { path: '/openapi/v3/apis/contract.example.com/v1' },
    want: { code: 200, body: { openapi: '3.0.0' } },
    because: 'one document per group and version',
  },
  {
    name: 'OpenAPI v2',
    call: { path: '/openapi/v2' },
    want: { code: 404 },
    because: 'its old form is not served',
    embeddedOnly: true,
  },
  {
    name: 'an unknown path',
    call: { path: '/nothing' },
    want: { code: 404 },
    because: 'nothing is served there',
  },
  {
    name: 'an unknown resource',
    call: { path: '/api/v1/nothings' },
    want: { code: 404 },
    because: 'nothing is made up',
  },
  {
    name: 'an unknown sub-resource',
    call: { path: '$C/a/status' },
    want: { code: 404 },
    because: 'configmaps have no status',
  },
  {
    name: 'a method that is none',
    call: { method: 'POST', path: '$C/a', body: {} },
    want: { code: 405, body: { reason: 'MethodNotAllowed' } },
    because: 'one creates in collections',
  },
  {
    name: 'a list of reviews',
    call: { path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews' },
    want: { code: 405 },
    because: 'they are answered, never stored',
  },
  {
    name: 'may I',
    call: {
      method: 'POST',
      path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
      body: {
        kind: 'SelfSubjectAccessReview',
        apiVersion: 'authorization.k8s.io/v1',
        spec: { resourceAttributes: { verb: 'get', resource: 'pods' } },
      },
    },
    want: { code: 201, body: { status: { allowed: true } } },
    because: 'the administrator may do everything',
  },
  {
    name: 'an Accept header that nothing meets',
    call: { path: '/api/v1/namespaces', accept: 'text/html' },
    want: { code: 406, body: { reason: 'NotAcceptable' } },
    because: 'only JSON is answered',
  },
  {
    name: 'metrics',
    call: { path: '/metrics' },
    want: { code: 200, type: 'text/plain' },
    because: 'benches count requests by them',
  },
];

function matching(pattern: RegExp): { readonly asymmetricMatch: (value: unknown) => boolean } {
  return { asymmetricMatch: (value) => typeof value === 'string' && pattern.test(value) };
}
