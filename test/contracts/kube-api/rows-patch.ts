import type { Row } from './rows.ts';
import { configMap, widget } from './world.ts';

const merge = (path: string, body: unknown) =>
  ({ method: 'PATCH', path, type: 'application/merge-patch+json', body }) as const;
const json = (path: string, body: unknown) =>
  ({ method: 'PATCH', path, type: 'application/json-patch+json', body }) as const;
const strategic = (path: string, body: unknown) =>
  ({ method: 'PATCH', path, type: 'application/strategic-merge-patch+json', body }) as const;
const aWidget = { method: 'POST', path: '$W', body: widget('a') } as const;
const aMap = { method: 'POST', path: '$C', body: configMap('a') } as const;

const accounts = '/api/v1/namespaces/$NS/serviceaccounts';
const account = {
  method: 'POST',
  path: accounts,
  body: {
    metadata: { name: 's' },
    secrets: [{ name: 'x' }, { name: 'y' }, { name: 'z' }],
    imagePullSecrets: [{ name: 'p' }, { name: 'q' }],
  },
} as const;

/** Patches of every kind, the status sub-resource, generations. */
export const patchRows: readonly Row[] = [
  {
    name: 'a merge patch',
    given: [aWidget],
    call: merge('$W/a', { spec: { size: 4 } }),
    want: { code: 200, body: { spec: { size: 4, color: 'red' }, metadata: { generation: 2 } } },
    because: 'the spec has changed',
  },
  {
    name: 'a merge patch of labels',
    given: [aWidget],
    call: merge('$W/a', { metadata: { labels: { x: 'y' } } }),
    want: { code: 200, body: { metadata: { generation: 1, labels: { x: 'y' } } } },
    because: 'metadata is not what generations count',
  },
  {
    name: 'a merge patch that removes',
    given: [aMap],
    call: merge('$C/a', { data: { a: null, b: '2' } }),
    want: { code: 200, at: { data: { b: '2' } } },
    because: 'null removes',
  },
  {
    name: 'a merge patch with an old version',
    given: [aWidget],
    call: merge('$W/a', { metadata: { resourceVersion: '1' }, spec: { size: 4 } }),
    want: { code: 409, body: { reason: 'Conflict' } },
    because: 'a version in a patch is a precondition',
  },
  {
    name: 'a patch that changes nothing',
    given: [aWidget],
    call: merge('$W/a', { spec: { size: 3 } }),
    want: { code: 200, body: { metadata: { generation: 1 } } },
    because: 'no write, no generation',
  },
  {
    name: 'a patch of what is not there',
    call: merge('$W/a', { spec: { size: 4 } }),
    want: { code: 404 },
    because: 'a patch does not create',
  },
  {
    name: 'a patch that breaks the schema',
    given: [aWidget],
    call: merge('$W/a', { spec: { size: 0 } }),
    want: { code: 422, message: 'spec.size in body should be greater than or equal to 1' },
    because: 'patches are validated like everything',
  },
  {
    name: 'a patch with an unknown field, strictly',
    given: [aWidget],
    call: merge('$W/a?fieldValidation=Strict', { spec: { what: 1 } }),
    want: { code: 422, message: 'strict decoding error: unknown field "spec.what"' },
    because: 'a patch is refused as invalid, a body as malformed',
  },
  {
    name: 'a patch of the name',
    given: [aWidget],
    call: merge('$W/a', { metadata: { name: 'b' } }),
    want: { code: 400 },
    because: 'names never change',
  },
  {
    name: 'a patch of the uid',
    given: [aWidget],
    call: merge('$W/a', { metadata: { uid: 'other' } }),
    want: { code: 422, message: 'metadata.uid: Invalid value: "other": field is immutable' },
    because: 'uids never change',
  },
  {
    name: 'a merge patch that is no object',
    given: [aWidget],
    call: merge('$W/a', '[1]'),
    want: { code: 400 },
    because: 'it would replace the object',
  },
  {
    name: 'a JSON patch',
    given: [aWidget],
    call: json('$W/a', [
      { op: 'test', path: '/spec/size', value: 3 },
      { op: 'replace', path: '/spec/size', value: 4 },
      { op: 'add', path: '/metadata/labels', value: { 'a.b/c': 'd' } },
    ]),
    want: { code: 200, body: { spec: { size: 4 }, metadata: { labels: { 'a.b/c': 'd' } } } },
    because: 'operations apply in order',
  },
  {
    name: 'a JSON patch with an escaped path',
    given: [{ method: 'POST', path: '$W', body: widget('a', {}, { annotations: { 'a.b/c': 'd' } }) }],
    call: json('$W/a', [{ op: 'remove', path: '/metadata/annotations/a.b~1c' }]),
    want: { code: 200, at: { 'metadata.annotations': {} } },
    because: 'keys with slashes can be named',
    embeddedOnly: true,
  },
  {
    name: 'a JSON patch whose test fails',
    given: [aWidget],
    call: json('$W/a', [{ op: 'test', path: '/spec/size', value: 9 }]),
    want: { code: 422, body: { reason: 'Invalid' } },
    because: 'controllers answer claims by it',
  },
  {
    name: 'a JSON patch that tests what is not there',
    given: [aWidget],
    call: json('$W/a', [{ op: 'test', path: '/spec/none', value: 1 }]),
    want: { code: 422 },
    because: 'absence is a difference',
  },
  {
    name: 'a JSON patch that removes what is not there',
    given: [aWidget],
    call: json('$W/a', [{ op: 'remove', path: '/spec/none' }]),
    want: { code: 422 },
    because: 'it was meant to be there',
  },
  {
    name: 'a JSON patch that copies copies',
    given: [{ method: 'POST', path: '$W', body: widget('a', { free: { x: 'x'.repeat(1000) } }) }],
    call: json(
      '$W/a',
      Array.from({ length: 40 }, (_, index) => ({
        op: 'copy',
        from: '/spec/free',
        path: `/spec/free/c${index}`,
      })),
    ),
    want: { code: 422, body: { reason: 'Invalid' } },
    because: 'each copy doubles the object',
  },
  {
    name: 'a JSON patch that is no list',
    given: [aWidget],
    call: json('$W/a', { op: 'add' }),
    want: { code: 400 },
    because: 'it is a list of operations',
  },
  {
    name: 'a strategic patch of a core kind',
    given: [aMap],
    call: strategic('$C/a', { data: { b: '2' } }),
    want: { code: 200, at: { data: { a: '1', b: '2' } } },
    because: 'kubectl patches core kinds so',
  },
  {
    name: 'a strategic patch of finalizers',
    given: [{ method: 'POST', path: '$C', body: configMap('a', {}, { finalizers: ['example.com/one'] }) }],
    call: strategic('$C/a', { metadata: { finalizers: ['example.com/two'] } }),
    want: { code: 200, at: { 'metadata.finalizers': ['example.com/one', 'example.com/two'] } },
    because: 'the list is merged as a set',
    embeddedOnly: true,
  },
  {
    name: 'a strategic patch of a custom resource',
    given: [aWidget],
    call: strategic('$W/a', { spec: { size: 4 } }),
    want: {
      code: 415,
      body: { reason: 'UnsupportedMediaType' },
      message:
        'the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json',
    },
    because: 'custom resources have no merge keys',
  },
  {
    name: 'a patch in plain JSON',
    given: [aWidget],
    call: { method: 'PATCH', path: '$W/a', type: 'application/json', body: {} },
    want: { code: 415 },
    because: 'the kind of patch has to be said',
  },
  {
    name: 'a patch as a dry run',
    given: [aMap, merge('$C/a?dryRun=All', { data: { a: '2' } })],
    call: { path: '$C/a' },
    want: { code: 200, at: { data: { a: '1' } } },
    because: 'nothing is stored',
  },
  {
    name: 'the status by its sub-resource',
    given: [aWidget],
    call: merge('$W/a/status', {
      status: { phase: 'Ready' },
      spec: { size: 9 },
      metadata: { labels: { a: 'b' } },
    }),
    want: {
      code: 200,
      body: { status: { phase: 'Ready' }, spec: { size: 3 }, metadata: { generation: 1 } },
      at: { 'metadata.labels': undefined },
    },
    because: 'it writes the status alone',
  },
  {
    name: 'the status by the object',
    given: [aWidget, merge('$W/a/status', { status: { phase: 'Ready' } })],
    call: merge('$W/a', { status: { phase: 'Broken' }, spec: { size: 4 } }),
    want: { code: 200, body: { status: { phase: 'Ready' }, spec: { size: 4 } } },
    because: 'the object leaves the status alone',
  },
  {
    name: 'a status that breaks the schema',
    given: [aWidget],
    call: merge('$W/a/status', { status: { phase: 1 } }),
    want: { code: 422, message: 'status.phase' },
    because: 'the status has a schema too',
  },
  {
    name: 'read the status',
    given: [aWidget],
    call: { path: '$W/a/status' },
    want: { code: 200, body: { kind: 'Widget', metadata: { name: 'a' } } },
    because: 'it answers the whole object',
  },
  {
    name: 'the status of a kind without one',
    given: [{ method: 'POST', path: '$G?dryRun=All', body: gadget('$NS') }],
    call: { path: '$G/a/status' },
    want: { code: 404 },
    because: 'the definition does not ask for it',
  },
  {
    name: 'a kind without status sub-resource',
    given: [
      { method: 'POST', path: '$G', body: { ...gadget('$NS'), status: { a: 1 } } },
      merge('$G/$NS', { status: { a: 2 } }),
    ],
    call: { path: '$G/$NS' },
    want: { code: 200, body: { status: { a: 2 }, metadata: { generation: 2 } } },
    because: 'its status is a member like others',
  },
  {
    name: 'delete of a cluster-wide object',
    given: [{ method: 'POST', path: '$G', body: gadget('$NS') }],
    call: { method: 'DELETE', path: '$G/$NS' },
    want: {
      code: 200,
      body: { kind: 'Status', status: 'Success', details: { name: '$NS', kind: 'gadgets' } },
    },
    because: 'what is gone at once is answered by a Status',
  },
  {
    name: 'a merge patch with a member twice',
    given: [aWidget],
    call: merge('$W/a', '{"spec":{"size":4,"size":5,"more":1}}'),
    want: { code: 200, body: { spec: { size: 5 } }, warning: 'duplicate field \\"spec.size\\"' },
    because: 'the last one counts, and the client is told',
  },
  {
    name: 'a merge patch with a member twice, strictly',
    given: [aWidget],
    call: merge('$W/a?fieldValidation=Strict', '{"spec":{"size":4,"size":5,"more":1}}'),
    want: {
      code: 422,
      message: 'strict decoding error: duplicate field "spec.size", unknown field "spec.more"',
    },
    because: 'strict is strict',
  },
  {
    name: 'a JSON patch with a member twice',
    given: [aWidget],
    call: json('$W/a', '[{"op":"replace","path":"/spec/size","path":"/spec/size","value":4}]'),
    want: { code: 200, body: { spec: { size: 4 } }, warning: 'json patch duplicate field \\"[0].path\\"' },
    because: 'the operation is told, not the object',
  },
  {
    name: 'a JSON patch with a member twice, strictly',
    given: [aWidget],
    call: json(
      '$W/a?fieldValidation=Strict',
      '[{"op":"replace","path":"/spec/size","path":"/spec/size","value":4}]',
    ),
    want: { code: 422, message: 'strict decoding error: json patch duplicate field "[0].path"' },
    because: 'strict is strict',
  },
  {
    name: 'a strategic patch with a member twice, strictly',
    given: [aMap],
    call: strategic('$C/a?fieldValidation=Strict', '{"data":{"a":"1","a":"2"}}'),
    want: { code: 422, message: 'strict decoding error: duplicate field "data.a"' },
    because: 'strict is strict',
  },
  {
    name: 'a strategic patch with a member twice, in silence',
    given: [aMap],
    call: strategic('$C/a?fieldValidation=Ignore', '{"data":{"a":"1","a":"2"}}'),
    want: { code: 200, body: { data: { a: '2' } }, warning: '' },
    because: 'the client does not want to know',
  },
  {
    name: 'a strategic patch that orders a list',
    given: [account],
    call: strategic(`${accounts}/s`, {
      '$setElementOrder/secrets': [{ name: 'z' }, { name: 'n' }, { name: 'x' }],
      secrets: [{ name: 'n' }],
    }),
    want: { code: 200, at: { secrets: [{ name: 'y' }, { name: 'z' }, { name: 'n' }, { name: 'x' }] } },
    because: 'kubectl apply sends the order along',
  },
  {
    name: 'a strategic patch that deletes and adds items',
    given: [account],
    call: strategic(`${accounts}/s`, { secrets: [{ name: 'x', $patch: 'delete' }, { name: 'm' }] }),
    want: { code: 200, at: { secrets: [{ name: 'm' }, { name: 'y' }, { name: 'z' }] } },
    because: 'new items come first',
  },
  {
    name: 'a strategic patch of a list without a merge key',
    given: [account],
    call: strategic(`${accounts}/s`, { imagePullSecrets: [{ name: 'r' }] }),
    want: { code: 200, at: { imagePullSecrets: [{ name: 'r' }] } },
    because: 'of an account it is replaced, of a pod it would be merged',
  },
  {
    name: 'a strategic patch of finalizers',
    given: [
      account,
      strategic(`${accounts}/s`, { metadata: { finalizers: ['example.com/a', 'example.com/b'] } }),
    ],
    call: strategic(`${accounts}/s`, {
      metadata: {
        '$deleteFromPrimitiveList/finalizers': ['example.com/a'],
        '$setElementOrder/finalizers': ['example.com/c', 'example.com/b'],
        finalizers: ['example.com/c'],
      },
    }),
    want: { code: 200, at: { 'metadata.finalizers': ['example.com/c', 'example.com/b'] } },
    because: 'they are a set with an order',
  },
  {
    name: 'a strategic patch with a directive that is none',
    given: [account],
    call: strategic(`${accounts}/s`, { $patch: 'bogus' }),
    want: { code: 500, message: 'unknown patch type: bogus in map' },
    because: 'the genuine server says so',
  },
];

function gadget(name: string): object {
  return { apiVersion: 'contract.example.com/v1', kind: 'Gadget', metadata: { name } };
}
