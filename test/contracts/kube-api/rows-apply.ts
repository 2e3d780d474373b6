import { expect } from 'vitest';
import type { Call } from './client.ts';
import type { Row } from './rows.ts';
import { configMap, widget } from './world.ts';

const applyType = 'application/apply-patch+yaml';
const apply = (path: string, body: unknown): Call => ({
  method: 'PATCH',
  path,
  type: applyType,
  body: JSON.stringify(body),
});
const merge = (path: string, body: unknown): Call => ({
  method: 'PATCH',
  path,
  type: 'application/merge-patch+json',
  body,
});
const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
const v1 = 'contract.example.com/v1';
const entry = (manager: string, operation: string, fieldsV1: object, more: object = {}): object => ({
  manager,
  operation,
  apiVersion: v1,
  time,
  fieldsType: 'FieldsV1',
  fieldsV1,
  ...more,
});
const parts = (...items: readonly object[]): object => widget('a', { parts: items });
const applied = apply('$W/a?fieldManager=one', widget('a', { mode: 'fast' }));
const status = (phase: string): object => ({
  apiVersion: v1,
  kind: 'Widget',
  metadata: { name: 'a' },
  status: { phase },
});

/** Server-side apply and the ownership of fields by all other writes. */
export const applyRows: readonly Row[] = [
  {
    name: 'an apply that creates',
    call: applied,
    want: {
      code: 201,
      body: { spec: { size: 3, color: 'red', mode: 'fast' }, metadata: { generation: 1, namespace: '$NS' } },
      at: { 'metadata.managedFields': [entry('one', 'Apply', { 'f:spec': { 'f:mode': {}, 'f:size': {} } })] },
    },
    because: 'defaults belong to nobody',
  },
  {
    name: 'an apply of what is there already',
    given: [applied],
    call: applied,
    want: { code: 200, body: { metadata: { generation: 1 } } },
    because: 'nothing changes',
  },
  {
    name: 'an apply in YAML',
    call: {
      method: 'PATCH',
      path: '$C/a?fieldManager=one',
      type: applyType,
      body: 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  x: "1"\n',
    },
    want: { code: 201, at: { data: { x: '1' } } },
    because: 'YAML is what the type says',
  },
  {
    name: 'an apply without a manager',
    call: apply('$W/a', widget('a')),
    want: {
      code: 422,
      message:
        'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
    },
    because: 'somebody has to own the fields',
  },
  {
    name: 'force without apply',
    given: [{ method: 'POST', path: '$W', body: widget('a') }],
    call: merge('$W/a?force=true', { spec: { size: 4 } }),
    want: { code: 422, message: 'force: Forbidden: may not be specified for non-apply patch' },
    because: 'only an apply can meet conflicts',
  },
  {
    name: 'a manager with a long name',
    call: apply(`$W/a?fieldManager=${'m'.repeat(129)}`, widget('a')),
    want: { code: 422, message: 'fieldManager: Too long: may not be more than 128 bytes' },
    because: 'names have a limit',
  },
  {
    name: 'an apply of another version',
    call: apply('$C/a?fieldManager=one', { apiVersion: 'v2', kind: 'ConfigMap', metadata: { name: 'a' } }),
    want: { code: 400, message: 'invalid object type: /v2, Kind=ConfigMap' },
    because: 'the path says which',
  },
  {
    name: 'an apply under another name',
    call: apply('$W/b?fieldManager=one', widget('a')),
    want: { code: 400, message: 'the name of the object (a) does not match the name on the URL (b)' },
    because: 'the path says which',
  },
  {
    name: 'an apply without a name',
    call: apply('$W/b?fieldManager=one', { apiVersion: v1, kind: 'Widget', spec: { size: 1 } }),
    want: { code: 400, message: 'the name of the object (b based on URL) was undeterminable' },
    because: 'an object says its name',
  },
  {
    name: 'an apply with a uid of nothing',
    call: apply('$W/a?fieldManager=one', widget('a', {}, { uid: 'x' })),
    want: {
      code: 409,
      message: 'uid mismatch: the provided object specified uid x, and no existing object was found',
    },
    because: 'it was about an object that is gone',
  },
  {
    name: 'an apply with managed fields',
    call: apply('$W/a?fieldManager=one', widget('a', {}, { managedFields: [] })),
    want: { code: 400, message: 'metadata.managedFields must be nil' },
    because: 'the server keeps them',
  },
  {
    name: 'an apply of an unknown field',
    call: apply('$W/a?fieldManager=one', widget('a', { what: 1 })),
    want: {
      code: 500,
      message: 'Kind=Widget): .spec.what: field not declared in schema',
    },
    because: 'what has no shape cannot be merged',
  },
  {
    name: 'an apply of a wrong type',
    call: apply('$W/a?fieldManager=one', widget('a', { size: 'x' })),
    want: { code: 500, message: '.spec.size: expected numeric (int or float), got string' },
    because: 'what has another shape cannot be merged',
  },
  {
    name: 'an apply of two items of a name',
    call: apply('$W/a?fieldManager=one', parts({ name: 'p' }, { name: 'p' })),
    want: { code: 500, message: '.spec.parts: duplicate entries for key [name="p"]' },
    because: 'they cannot be told apart',
  },
  {
    name: 'an apply that breaks the schema',
    call: apply('$W/a?fieldManager=one', widget('a', { size: 0 })),
    want: { code: 422, message: 'spec.size in body should be greater than or equal to 1' },
    because: 'the merged object has to be valid',
  },
  {
    name: 'an apply that is no object',
    call: { method: 'PATCH', path: '$W/a?fieldManager=one', type: applyType, body: '- a' },
    want: { code: 400, message: 'error decoding YAML' },
    because: 'only objects are applied',
  },
  {
    name: 'an apply with an old version',
    given: [applied],
    call: apply('$W/a?fieldManager=one', widget('a', { size: 4 }, { resourceVersion: '1' })),
    want: { code: 409, body: { reason: 'Conflict' } },
    because: 'a version is a precondition',
  },
  {
    name: 'an apply as a dry run',
    given: [apply('$W/a?fieldManager=one&dryRun=All', widget('a'))],
    call: { path: '$W/a' },
    want: { code: 404 },
    because: 'nothing is stored',
  },
  {
    name: 'a conflict with an applier',
    given: [applied],
    call: apply('$W/a?fieldManager=two', widget('a', { size: 4 })),
    want: {
      code: 409,
      body: {
        reason: 'Conflict',
        message: 'Apply failed with 1 conflict: conflict with "one": .spec.size',
        details: {
          causes: [{ reason: 'FieldManagerConflict', message: 'conflict with "one"', field: '.spec.size' }],
        },
      },
    },
    because: 'one holds the size',
  },
  {
    name: 'a conflict with an update',
    given: [{ method: 'POST', path: '$W?fieldManager=maker', body: widget('a') }],
    call: apply('$W/a?fieldManager=one', widget('a', { size: 4 })),
    want: {
      code: 409,
      message: `Apply failed with 1 conflict: conflict with "maker" using ${v1}: .spec.size`,
    },
    because: 'those who update are named with their version',
  },
  {
    name: 'conflicts with several managers',
    given: [
      apply('$W/a?fieldManager=one', widget('a', { parts: [{ name: 'p', count: 1 }] })),
      merge('$W/a?fieldManager=tool', { spec: { mode: 'slow' } }),
    ],
    call: apply('$W/a?fieldManager=two', widget('a', { mode: 'fast', parts: [{ name: 'p', count: 2 }] })),
    want: {
      code: 409,
      message: `Apply failed with 2 conflicts: conflicts with "one":\n- .spec.parts[name="p"].count\nconflicts with "tool" using ${v1}:\n- .spec.mode`,
    },
    because: 'all are told at once',
  },
  {
    name: 'a conflict that is forced',
    given: [applied],
    call: apply('$W/a?fieldManager=two&force=true', widget('a', { size: 4 })),
    want: {
      code: 200,
      body: { spec: { size: 4, mode: 'fast' } },
      at: {
        'metadata.managedFields': [
          entry('one', 'Apply', { 'f:spec': { 'f:mode': {} } }),
          entry('two', 'Apply', { 'f:spec': { 'f:size': {} } }),
        ],
      },
    },
    because: 'the size changes hands, the rest stays',
  },
  {
    name: 'the same value by another applier',
    given: [applied],
    call: apply('$W/a?fieldManager=two', widget('a')),
    want: { code: 200, body: { spec: { size: 3, mode: 'fast' } } },
    because: 'who agrees shares the field',
  },
  {
    name: 'a field that is given up',
    given: [applied],
    call: apply('$W/a?fieldManager=one', widget('a')),
    want: { code: 200, at: { 'spec.mode': undefined } },
    because: 'nobody else holds it',
  },
  {
    name: 'a field that is given up by one of two',
    given: [applied, apply('$W/a?fieldManager=two', widget('a', { mode: 'fast' }))],
    call: apply('$W/a?fieldManager=one', widget('a')),
    want: { code: 200, body: { spec: { mode: 'fast' } } },
    because: 'the other holds it',
  },
  {
    name: 'a field that is given up after an update took it',
    given: [applied, merge('$W/a?fieldManager=tool', { spec: { mode: 'slow' } })],
    call: apply('$W/a?fieldManager=one', widget('a')),
    want: { code: 200, body: { spec: { mode: 'slow' } } },
    because: 'it belongs to whoever changed it',
  },
  {
    name: 'items of two appliers',
    given: [apply('$W/a?fieldManager=one', parts({ name: 'p', count: 1 }))],
    call: apply('$W/a?fieldManager=two', parts({ name: 'q', count: 2 })),
    want: {
      code: 200,
      at: {
        'spec.parts': [
          { name: 'p', count: 1 },
          { name: 'q', count: 2 },
        ],
      },
    },
    because: 'items with a key are merged',
  },
  {
    name: 'an item that is given up',
    given: [
      apply('$W/a?fieldManager=one', parts({ name: 'p', count: 1 })),
      apply('$W/a?fieldManager=two', parts({ name: 'q', count: 2 })),
    ],
    call: apply('$W/a?fieldManager=two', widget('a')),
    want: { code: 200, at: { 'spec.parts': [{ name: 'p', count: 1 }] } },
    because: 'it was the only one to hold it',
  },
  {
    name: 'finalizers of two appliers',
    given: [apply('$W/a?fieldManager=one', widget('a', {}, { finalizers: ['example.com/x'] }))],
    call: apply('$W/a?fieldManager=two', widget('a', {}, { finalizers: ['example.com/y'] })),
    want: { code: 200, at: { 'metadata.finalizers': ['example.com/x', 'example.com/y'] } },
    because: 'they are a set',
  },
  {
    name: 'keys of a map by two appliers',
    given: [apply('$C/a?fieldManager=one', configMap('a', { x: '1' }))],
    call: apply('$C/a?fieldManager=two', configMap('a', { y: '2' })),
    want: { code: 200, at: { data: { x: '1', y: '2' } } },
    because: 'maps are owned key by key',
  },
  {
    name: 'the status by an apply',
    given: [applied],
    call: apply('$W/a/status?fieldManager=zed', status('Ready')),
    want: {
      code: 200,
      body: { status: { phase: 'Ready' }, spec: { size: 3 } },
      at: {
        'metadata.managedFields': [
          entry('one', 'Apply', { 'f:spec': { 'f:mode': {}, 'f:size': {} } }),
          entry('zed', 'Apply', { 'f:status': { 'f:phase': {} } }, { subresource: 'status' }),
        ],
      },
    },
    because: 'it is owned through its sub-resource',
  },
  {
    name: 'a conflict of statuses',
    given: [applied, merge('$W/a/status?fieldManager=ctl', { status: { phase: 'Ready' } })],
    call: apply('$W/a/status?fieldManager=one', status('Broken')),
    want: {
      code: 409,
      message: `conflict with "ctl" with subresource "status" using ${v1}: .status.phase`,
    },
    because: 'the sub-resource is named',
  },
  {
    name: 'the status of nothing by an apply',
    call: apply('$W/a/status?fieldManager=ctl', status('Ready')),
    want: { code: 404 },
    because: 'a sub-resource never creates',
  },
  {
    name: 'the status in an apply of the object',
    given: [apply('$W/a?fieldManager=one', { ...widget('a'), status: { phase: 'Ready' } })],
    call: { path: '$W/a' },
    want: {
      code: 200,
      at: {
        status: undefined,
        'metadata.managedFields': [entry('one', 'Apply', { 'f:spec': { 'f:size': {} } })],
      },
    },
    because: 'it is not written and not owned',
  },
  {
    name: 'the fields of a create',
    call: { method: 'POST', path: '$W?fieldManager=maker', body: widget('a', {}, { labels: { x: 'y' } }) },
    want: {
      code: 201,
      at: {
        'metadata.managedFields': [
          entry('maker', 'Update', {
            'f:metadata': { 'f:labels': { '.': {}, 'f:x': {} } },
            'f:spec': { '.': {}, 'f:color': {}, 'f:size': {} },
          }),
        ],
      },
    },
    because: 'whoever creates owns everything, defaults too',
  },
  {
    name: 'a manager without a name',
    call: { method: 'POST', path: '$W', body: widget('a'), headers: { 'user-agent': 'tool/v1 (linux)' } },
    want: { code: 201, body: { metadata: { managedFields: [{ manager: 'tool', operation: 'Update' }] } } },
    because: 'the agent says who it is',
  },
  {
    name: 'the fields of a patch',
    given: [{ method: 'POST', path: '$W?fieldManager=maker', body: widget('a') }],
    call: merge('$W/a?fieldManager=tool', { spec: { size: 4 } }),
    want: {
      code: 200,
      at: {
        'metadata.managedFields': [
          entry('maker', 'Update', { 'f:spec': { '.': {}, 'f:color': {} } }),
          entry('tool', 'Update', { 'f:spec': { 'f:size': {} } }),
        ],
      },
    },
    because: 'the size changes hands',
  },
  {
    name: 'the fields of a status',
    given: [{ method: 'POST', path: '$C?fieldManager=maker', body: configMap('a') }, applied],
    call: merge('$W/a/status?fieldManager=ctl', { status: { phase: 'Ready' } }),
    want: {
      code: 200,
      at: {
        'metadata.managedFields': [
          entry('one', 'Apply', { 'f:spec': { 'f:mode': {}, 'f:size': {} } }),
          entry('ctl', 'Update', { 'f:status': { '.': {}, 'f:phase': {} } }, { subresource: 'status' }),
        ],
      },
    },
    because: 'the sub-resource is a manager of its own',
  },
  {
    name: 'no more managers',
    given: [{ method: 'POST', path: '$W', body: widget('a') }],
    call: merge('$W/a', { metadata: { managedFields: [{}] } }),
    want: { code: 200, at: { 'metadata.managedFields': undefined } },
    because: 'an empty entry ends the tracking',
  },
  {
    name: 'an update without tracking',
    given: [
      { method: 'POST', path: '$W', body: widget('a') },
      merge('$W/a', { metadata: { managedFields: [{}] } }),
    ],
    call: merge('$W/a', { spec: { size: 4 } }),
    want: { code: 200, at: { 'metadata.managedFields': undefined } },
    because: 'it begins again with an apply',
  },
  {
    name: 'the first apply of what nobody manages',
    given: [
      { method: 'POST', path: '$W', body: widget('a') },
      merge('$W/a', { metadata: { managedFields: [{}] } }),
    ],
    call: apply('$W/a?fieldManager=one', widget('a', { size: 4 })),
    want: { code: 409, message: `conflict with "before-first-apply" using ${v1}: .spec.size` },
    because: 'what was there before belongs to a manager of its own',
  },
  {
    name: 'managed fields by hand',
    given: [{ method: 'POST', path: '$W?fieldManager=maker', body: widget('a') }],
    call: merge('$W/a?fieldManager=tool', {
      metadata: {
        managedFields: [
          {
            manager: 'moved',
            operation: 'Apply',
            apiVersion: v1,
            fieldsType: 'FieldsV1',
            fieldsV1: { 'f:spec': { 'f:size': {} } },
          },
        ],
      },
    }),
    want: {
      code: 200,
      body: { metadata: { managedFields: [{ manager: 'moved', fieldsV1: { 'f:spec': { 'f:size': {} } } }] } },
    },
    because: 'kubectl moves the fields of client-side apply so',
  },
  {
    name: 'an apply of null for a field without default',
    call: apply('$W/a?fieldManager=one', widget('a', { mode: null })),
    want: {
      code: 422,
      message: 'spec.mode: Invalid value: "null": spec.mode in body must be of type string: "null"',
    },
    because: 'an apply says what the field is to be',
  },
  {
    name: 'an apply of null for a field that has a default, and one that may be null',
    call: apply('$W/a?fieldManager=one', widget('a', { color: null, maybe: null })),
    want: { code: 201, body: { spec: { color: 'red', maybe: null } } },
    because: 'both have a meaning',
  },
  {
    name: 'an apply with a key twice',
    call: {
      method: 'PATCH',
      path: '$C/a?fieldManager=one',
      type: applyType,
      body: 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  a: "1"\n  a: "2"\n',
    },
    want: { code: 201, body: { data: { a: '2' } }, warning: 'line 7: key \\"a\\" already set in map' },
    because: 'the last one counts, and the client is told',
  },
  {
    name: 'an apply with a key twice, strictly',
    call: {
      method: 'PATCH',
      path: '$C/a?fieldManager=one&fieldValidation=Strict',
      type: applyType,
      body: 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  a: "1"\n  a: "2"\n',
    },
    want: {
      code: 400,
      message:
        'error strict decoding YAML: error converting YAML to JSON: yaml: unmarshal errors:\n  line 7: key "a" already set in map',
    },
    because: 'strict is strict',
  },
];
