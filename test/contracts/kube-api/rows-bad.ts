import type { Call } from './client.ts';
import type { Row } from './rows.ts';
import { configMap, widget } from './world.ts';

/** What is sent, and the code and reason that a genuine server answers; without a reason, it gives none. */
interface Bad {
  readonly name: string;
  readonly given?: readonly Call[];
  readonly call: Call;
  readonly want: readonly [code: number, reason?: string];
}

const post = (body: unknown, path = '$W', type = 'application/json'): Call => ({
  method: 'POST',
  path,
  body,
  type,
});
const patch = (type: string, body: unknown, path = '$W/a'): Call => ({ method: 'PATCH', path, body, type });
const merge = 'application/merge-patch+json';
const json = 'application/json-patch+json';
const strategic = 'application/strategic-merge-patch+json';
const apply = 'application/apply-patch+yaml';
const yaml = 'application/yaml';
const aWidget = [post(widget('a'))];
const aMap = [post(configMap('a'), '$C')];
const widgetText = JSON.stringify(widget('a'));
const mapText = JSON.stringify(configMap('a'));
const remove = (body: unknown, path = '$C/a'): Call => ({ method: 'DELETE', path, body });
const managed = (name: string): string => `${name}/a?fieldManager=m`;

const bad400 = [400, 'BadRequest'] as const;
const invalid = [422, 'Invalid'] as const;
const tooLarge = [413, 'RequestEntityTooLarge'] as const;
const unsupported = [415, 'UnsupportedMediaType'] as const;
const missing = [404, 'NotFound'] as const;

const truncated: readonly Bad[] = [
  ...[1, 40, widgetText.length - 1].map(
    (end): Bad => ({
      name: `a custom body cut at ${end}`,
      call: post(widgetText.slice(0, end)),
      want: bad400,
    }),
  ),
  ...[1, 40, mapText.length - 1].map(
    (end): Bad => ({
      name: `a core body cut at ${end}`,
      call: post(mapText.slice(0, end), '$C'),
      want: bad400,
    }),
  ),
  {
    name: 'a cut PUT',
    given: aWidget,
    call: { method: 'PUT', path: '$W/a', body: widgetText.slice(0, 30) },
    want: bad400,
  },
  { name: 'a cut merge patch', given: aWidget, call: patch(merge, '{"spec":{"size":'), want: bad400 },
  {
    name: 'a cut merge patch of a core kind',
    given: aMap,
    call: patch(merge, '{"data":', '$C/a'),
    want: bad400,
  },
  { name: 'a cut JSON patch', given: aWidget, call: patch(json, '[{"op":"rep'), want: bad400 },
  { name: 'a cut strategic patch', given: aMap, call: patch(strategic, '{"data":', '$C/a'), want: bad400 },
  {
    name: 'a cut configuration',
    call: patch(apply, '{"apiVersion":"v1","kind":', managed('$C')),
    want: bad400,
  },
  { name: 'cut delete options', given: aMap, call: remove('{"kind":"DeleteOptions","api'), want: [500] },
  { name: 'a cut YAML body', call: post('apiVersion: v1\nmetadata: {name: a', '$C', yaml), want: bad400 },
  {
    name: 'a cut protobuf body',
    call: post(new Uint8Array([0x6b, 0x38, 0x73, 0, 10]), '$C', 'application/vnd.kubernetes.protobuf'),
    want: bad400,
  },
  {
    name: 'a protobuf body that is none',
    call: post('hello', '$C', 'application/vnd.kubernetes.protobuf'),
    want: bad400,
  },
  {
    name: 'a cut review',
    call: post('{"kind":"SelfSubjectAccess', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews'),
    want: bad400,
  },
  { name: 'an empty PUT', given: aMap, call: { method: 'PUT', path: '$C/a', body: '' }, want: bad400 },
  { name: 'an empty merge patch', given: aWidget, call: patch(merge, ''), want: bad400 },
  { name: 'an empty JSON patch', given: aWidget, call: patch(json, ''), want: bad400 },
  { name: 'a blank body', call: post('   '), want: bad400 },
  { name: 'something after the body', call: post(`${widgetText} x`), want: bad400 },
  { name: 'two bodies', call: post(`${mapText}${mapText}`, '$C'), want: bad400 },
];

const shapes: readonly Bad[] = [
  ...['null', '[]', '1', '"x"', 'true', '{}'].map(
    (body): Bad => ({ name: `the custom body ${body}`, call: post(body), want: bad400 }),
  ),
  ...['[]', '1', '"x"', 'true'].map(
    (body): Bad => ({ name: `the core body ${body}`, call: post(body, '$C'), want: bad400 }),
  ),
  ...['null', '{}'].map(
    (body): Bad => ({ name: `the core body ${body}`, call: post(body, '$C'), want: invalid }),
  ),
  ...['[]', '1', '"x"'].map(
    (body): Bad => ({
      name: `the merge patch ${body}`,
      given: aWidget,
      call: patch(merge, body),
      want: bad400,
    }),
  ),
  { name: 'the JSON patch null', given: aWidget, call: patch(json, 'null'), want: [200] },
  ...['{}', '[1]'].map(
    (body): Bad => ({
      name: `the JSON patch ${body}`,
      given: aWidget,
      call: patch(json, body),
      want: bad400,
    }),
  ),
  ...[
    '[{}]',
    '[{"op":"x","path":"/a"}]',
    '[{"op":"replace","path":"a","value":1}]',
    '[{"op":"remove","path":"/spec/none"}]',
    '[{"op":"test","path":"/spec/size","value":9}]',
    '[{"op":"move","path":"/spec/x"}]',
  ].map(
    (body): Bad => ({
      name: `the JSON patch ${body}`,
      given: aWidget,
      call: patch(json, body),
      want: invalid,
    }),
  ),
  {
    name: 'a strategic patch with an unknown directive',
    given: aMap,
    call: patch(strategic, '{"data":{"$patch":"wrong"}}', '$C/a'),
    want: [500],
  },
  {
    name: 'a configuration without kind',
    call: patch(apply, 'metadata: {name: a}', managed('$C')),
    want: bad400,
  },
  { name: 'a configuration that is a list', call: patch(apply, '[]', managed('$C')), want: bad400 },
  { name: 'metadata that are a text', call: post({ ...widget('a'), metadata: 'x' }), want: bad400 },
  { name: 'a spec that is a list', call: post({ ...widget('a'), spec: [] }), want: invalid },
  { name: 'data that are a list', call: post({ ...configMap('a'), data: [] }, '$C'), want: bad400 },
  { name: 'a kind that is a number', call: post({ ...configMap('a'), kind: 1 }, '$C'), want: bad400 },
  { name: 'an empty apiVersion', call: post({ ...widget('a'), apiVersion: '' }), want: bad400 },
  { name: 'an apiVersion of three parts', call: post({ ...widget('a'), apiVersion: 'a/b/c' }), want: bad400 },
  { name: 'labels that are a list', call: post(widget('a', {}, { labels: ['a'] })), want: bad400 },
  { name: 'a label that is null', call: post(widget('a', {}, { labels: { a: null } })), want: [201] },
  {
    name: 'a creation time that is none',
    call: post(configMap('a', {}, { creationTimestamp: 'yesterday' }), '$C'),
    want: bad400,
  },
  { name: 'a generation that is a text', call: post(widget('a', {}, { generation: 'x' })), want: bad400 },
  {
    name: 'two owners that control',
    call: post(
      configMap(
        'a',
        {},
        {
          ownerReferences: ['x', 'y'].map((name) => ({
            apiVersion: 'v1',
            kind: 'ConfigMap',
            name,
            uid: name,
            controller: true,
          })),
        },
      ),
      '$C',
    ),
    want: invalid,
  },
  ...[
    { labels: ['a'] },
    { labels: { a: 1 } },
    { annotations: 'x' },
    { generation: 'x' },
    { creationTimestamp: 'x' },
    { finalizers: 'x' },
    { ownerReferences: {} },
    { name: 1 },
  ].flatMap((metadata): Bad[] => [
    {
      name: `a merge patch of a core kind with metadata ${JSON.stringify(metadata)}`,
      given: aMap,
      call: patch(merge, { metadata }, '$C/a'),
      want: invalid,
    },
    {
      name: `a merge patch of a custom kind with metadata ${JSON.stringify(metadata)}`,
      given: aWidget,
      call: patch(merge, { metadata }),
      want: invalid,
    },
  ]),
  ...[{ data: { a: 1 } }, { data: [] }, { kind: 'Secret' }, { kind: 1 }, { apiVersion: 'v9' }].map(
    (body): Bad => ({
      name: `a merge patch of a core kind to ${JSON.stringify(body)}`,
      given: aMap,
      call: patch(merge, body, '$C/a'),
      want: invalid,
    }),
  ),
  { name: 'a number beyond all numbers', call: post(widgetText.replace('3', '1e400')), want: bad400 },
  {
    name: 'an integer that is too large',
    call: post(widgetText.replace('3', '9'.repeat(20))),
    want: invalid,
  },
  { name: 'a fraction for an integer', call: post(widgetText.replace('3', '3.5')), want: invalid },
  { name: 'not a number', call: post(widgetText.replace('3', 'NaN')), want: bad400 },
  { name: 'a comment', call: post(`/* x */${widgetText}`), want: bad400 },
  { name: 'single quotes', call: post(widgetText.replaceAll('"', "'")), want: bad400 },
  { name: 'a line break in a text', call: post(mapText.replace('"1"', '"a\nb"'), '$C'), want: bad400 },
];

const types: readonly Bad[] = [
  ...[
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'json',
    merge,
  ].map(
    (type): Bad => ({ name: `a body of type ${type}`, call: post(mapText, '$C', type), want: unsupported }),
  ),
  ...['application/json; charset=utf-8', 'APPLICATION/JSON'].map(
    (type): Bad => ({ name: `a body of type ${type}`, call: post(widgetText, '$W', type), want: [201] }),
  ),
  ...['application/json', 'text/plain', yaml, 'application/apply-patch+json', strategic].map(
    (type): Bad => ({
      name: `a patch of a custom kind of type ${type}`,
      given: aWidget,
      call: patch(type, '{}'),
      want: unsupported,
    }),
  ),
  {
    name: 'a PUT of type text/plain',
    given: aMap,
    call: { method: 'PUT', path: '$C/a', body: mapText, type: 'text/plain' },
    want: unsupported,
  },
  ...['text/html', 'application/xml', 'text/*', 'garbage'].map(
    (accept): Bad => ({
      name: `nothing but ${accept} is accepted`,
      given: aMap,
      call: { path: '$C/a', accept },
      want: [406, 'NotAcceptable'],
    }),
  ),
];

const large = 'x'.repeat(10 * 1024 * 1024);
const nested = (depth: number): string => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
const withFree = (free: string): string => widgetText.replace('"spec":{', `"spec":{"free":${free},`);

const sizes: readonly Bad[] = [
  { name: '10 MB of a custom kind', call: post(widget('a', { free: { a: large } })), want: tooLarge },
  { name: '10 MB of a core kind', call: post(configMap('a', { a: large }), '$C'), want: tooLarge },
  {
    name: '10 MB in a PUT',
    given: aMap,
    call: { method: 'PUT', path: '$C/a', body: configMap('a', { a: large }) },
    want: tooLarge,
  },
  {
    name: '10 MB in a merge patch',
    given: aMap,
    call: patch(merge, { data: { a: large } }, '$C/a'),
    want: tooLarge,
  },
  {
    name: '10 MB in a JSON patch',
    given: aMap,
    call: patch(json, [{ op: 'add', path: '/data/b', value: large }], '$C/a'),
    want: tooLarge,
  },
  {
    name: '10 MB in a configuration',
    call: patch(apply, configMap('a', { a: large }), managed('$C')),
    want: tooLarge,
  },
  {
    name: '10 MB of delete options',
    given: aMap,
    call: remove({ kind: 'DeleteOptions', x: large }),
    want: tooLarge,
  },
  { name: '10 MB of YAML', call: post(`data: {a: ${large}}\n`, '$C', yaml), want: tooLarge },
  {
    name: 'a ConfigMap above a mebibyte',
    call: post(configMap('a', { a: 'x'.repeat(2 ** 20 + 1) }), '$C'),
    want: invalid,
  },
  {
    name: 'a Secret above a mebibyte',
    call: post(
      { metadata: { name: 's' }, stringData: { a: 'x'.repeat(2 ** 20 + 1) } },
      '/api/v1/namespaces/$NS/secrets',
    ),
    want: invalid,
  },
  {
    name: 'annotations above their limit',
    call: post(configMap('a', {}, { annotations: { a: 'x'.repeat(2 ** 18) } }), '$C'),
    want: invalid,
  },
  {
    name: 'annotations at their limit',
    call: post(configMap('a', {}, { annotations: { a: 'x'.repeat(2 ** 18 - 1) } }), '$C'),
    want: [201],
  },
  {
    name: 'a JSON patch of 10,001 operations',
    given: aWidget,
    call: patch(
      json,
      Array.from({ length: 10_001 }, () => ({ op: 'test', path: '/spec/size', value: 3 })),
    ),
    want: tooLarge,
  },
  { name: '900 levels of a custom kind', call: post(withFree(nested(900))), want: [201] },
  {
    name: '900 levels in a merge patch',
    given: aWidget,
    call: patch(merge, `{"spec":{"free":${nested(900)}}}`),
    want: [200],
  },
  {
    name: '900 levels in a configuration',
    call: patch(apply, withFree(nested(900)), managed('$W')),
    want: [201],
  },
  ...[11_000, 100_000].flatMap((depth): Bad[] => [
    { name: `${depth} levels of a custom kind`, call: post(withFree(nested(depth))), want: bad400 },
    {
      name: `${depth} levels of a core kind`,
      call: post(mapText.replace('{', `{"what":${nested(depth)},`), '$C'),
      want: bad400,
    },
    {
      name: `${depth} lists in a merge patch`,
      given: aWidget,
      call: patch(merge, `{"spec":{"free":{"a":${'['.repeat(depth)}${']'.repeat(depth)}}}}`),
      want: bad400,
    },
    {
      name: `${depth} levels in a JSON patch`,
      given: aWidget,
      call: patch(json, `[{"op":"add","path":"/spec/free","value":${nested(depth)}}]`),
      want: bad400,
    },
  ]),
];

const both = ['Strict', 'Warn', 'Ignore'] as const;
const strictly = (mode: string, ok: number, refused: readonly [number, string]): Bad['want'] =>
  mode === 'Strict' ? refused : [ok];

const fields: readonly Bad[] = both.flatMap((mode): Bad[] => {
  const query = `?fieldValidation=${mode}`;
  const body = (text: string, name: string, path = '$C'): Bad => ({
    name: `${name}, ${mode}`,
    call: post(text, `${path}${query}`),
    want: strictly(mode, 201, bad400),
  });
  const double = '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},';
  return [
    body(JSON.stringify({ ...widget('a'), what: 1 }), 'an unknown field at the root of a custom kind', '$W'),
    body(JSON.stringify(widget('a', {}, { what: 1 })), 'an unknown field of metadata, custom', '$W'),
    body(JSON.stringify(configMap('a', {}, { what: 1 })), 'an unknown field of metadata, core'),
    body(
      JSON.stringify(widget('a', { parts: [{ name: 'x', what: 1 }] })),
      'an unknown field in a list item',
      '$W',
    ),
    body('{"metadata":{"name":"a"},"Data":{"a":"1"}}', 'a field in another case, core'),
    body(`${double}"data":{"a":"1"},"data":{"b":"2"}}`, 'a field twice at the root'),
    body(`${double}"data":{"a":"1","a":"2"}}`, 'a field twice in a map'),
    {
      name: `an unknown field in a merge patch, core, ${mode}`,
      given: aMap,
      call: patch(merge, { what: 1 }, `$C/a${query}`),
      want: strictly(mode, 200, invalid),
    },
    {
      name: `an unknown field in a strategic patch, ${mode}`,
      given: aMap,
      call: patch(strategic, { what: 1 }, `$C/a${query}`),
      want: strictly(mode, 200, invalid),
    },
    {
      name: `an unknown field in a JSON patch, custom, ${mode}`,
      given: aWidget,
      call: patch(json, [{ op: 'add', path: '/spec/what', value: 1 }], `$W/a${query}`),
      want: strictly(mode, 200, invalid),
    },
  ];
});

const list = (parameter: string, values: readonly string[], want: Bad['want'], path = '$C'): readonly Bad[] =>
  values.map((value) => ({
    name: `${parameter}=${value.slice(0, 30)} of ${path}`,
    call: { path: `${path}?${parameter}=${encodeURIComponent(value)}` },
    want,
  }));

const queries: readonly Bad[] = [
  ...list(
    'labelSelector',
    [
      '=',
      '=b',
      'a in',
      'a in (',
      'a in (b',
      'a notin (b,c',
      '!!a',
      '!',
      'a>x',
      'a b',
      'a==b==c',
      'a=b c',
      `${'k'.repeat(64)}=v`,
      `a=${'v'.repeat(64)}`,
      'UPPER/a=b',
      'a/b/c=d',
      '-a=b',
      'a=-b',
      '()',
      'a in b',
      'a'.repeat(20_000),
    ],
    bad400,
  ),
  ...list('labelSelector', ['a>x', '!!a'], bad400, '$W'),
  ...list('fieldSelector', ['spec.x=1', 'metadata.name', 'metadata.name>a', 'a', 'status.phase=x'], bad400),
  ...list('fieldSelector', ['spec.x=1', 'metadata.name=a=b', 'metadata.name=a\\'], bad400, '$W'),
  ...list('limit', ['x', '1e3', '9'.repeat(20)], bad400),
  ...list('continue', ['garbage', 'eyJ2IjoibWV0YS5rOHMuaW8vdjEifQ'], bad400),
  ...list('resourceVersion', ['-1', '1.5', 'x', '9'.repeat(20)], bad400),
  ...list('resourceVersionMatch', ['Exact', 'NotOlderThan', 'Wrong'], invalid),
  ...list('timeoutSeconds', ['x'], bad400),
  ...['limit=x', 'timeoutSeconds=x', 'labelSelector=!!a', 'fieldSelector=a'].map(
    (query): Bad => ({ name: `a watch with ${query}`, call: { path: `$C?watch=1&${query}` }, want: bad400 }),
  ),
  { name: 'a watch from no version', call: { path: '$C?watch=1&resourceVersion=x' }, want: [500] },
  { name: 'a get at no version', given: aMap, call: { path: '$C/a?resourceVersion=x' }, want: [500] },
  {
    name: 'a PUT with no version',
    given: aMap,
    call: { method: 'PUT', path: '$C/a', body: configMap('a', {}, { resourceVersion: 'x' }) },
    want: [500],
  },
  {
    name: 'a collection deleted by a wrong selector',
    call: { method: 'DELETE', path: '$C?labelSelector=a%3Ex' },
    want: bad400,
  },
  ...[
    'dryRun=x',
    'dryRun=',
    `fieldManager=${'x'.repeat(129)}`,
    'fieldManager=a%00b',
    'fieldValidation=x',
  ].map(
    (query): Bad => ({
      name: `a create with ${query}`,
      call: post(configMap('a'), `$C?${query}`),
      want: invalid,
    }),
  ),
  {
    name: 'a grace period that is none',
    given: aMap,
    call: remove(undefined, '$C/a?gracePeriodSeconds=x'),
    want: bad400,
  },
  ...['propagationPolicy=Wrong', 'orphanDependents=true&propagationPolicy=Orphan', 'dryRun=x'].map(
    (query): Bad => ({
      name: `a delete with ${query}`,
      given: aMap,
      call: remove(undefined, `$C/a?${query}`),
      want: invalid,
    }),
  ),
  ...[{ propagationPolicy: 'Wrong' }, { dryRun: ['x'] }].map(
    (options): Bad => ({
      name: `delete options ${JSON.stringify(options)}`,
      given: aMap,
      call: remove({ kind: 'DeleteOptions', apiVersion: 'v1', ...options }),
      want: invalid,
    }),
  ),
  ...[{ preconditions: { uid: 'x' } }, { preconditions: { resourceVersion: '1' } }].map(
    (options): Bad => ({
      name: `delete options ${JSON.stringify(options)}`,
      given: aMap,
      call: remove({ kind: 'DeleteOptions', apiVersion: 'v1', ...options }),
      want: [409, 'Conflict'],
    }),
  ),
  ...[
    { kind: 'ConfigMap', apiVersion: 'v1' },
    { kind: 'DeleteOptions', apiVersion: 'v1', preconditions: 'x' },
    { kind: 'DeleteOptions', apiVersion: 'v1', gracePeriodSeconds: 'x' },
    [],
  ].map(
    (options): Bad => ({
      name: `delete options ${JSON.stringify(options)}`,
      given: aMap,
      call: remove(options),
      want: [500],
    }),
  ),
];

const accepted = (name: string, isTaken: boolean): readonly Bad[] => [
  {
    name: `the custom name ${JSON.stringify(name.slice(0, 9))} of ${name.length}`,
    call: post(widget(name)),
    want: isTaken ? [201] : invalid,
  },
  {
    name: `the core name ${JSON.stringify(name.slice(0, 9))} of ${name.length}`,
    call: post(configMap(name), '$C'),
    want: isTaken ? [201] : invalid,
  },
];
const labeled = (key: string, value: string, isTaken: boolean): Bad => ({
  name: `the label ${key.slice(0, 9)} of ${key.length}: ${JSON.stringify(value.slice(0, 4))} of ${value.length}`,
  call: post(configMap('a', {}, { labels: { [key]: value } }), '$C'),
  want: isTaken ? [201] : invalid,
});

const names: readonly Bad[] = [
  ...['x'.repeat(253), '1', 'a.b-c.1'].flatMap((name) => accepted(name, true)),
  ...[
    'x'.repeat(254),
    'A',
    'a_b',
    '-a',
    'a-',
    '.a',
    'a..b',
    'a.',
    'a b',
    'ä',
    'a/b',
    '..',
    '.',
    'a%b',
    '',
  ].flatMap((name) => accepted(name, false)),
  ...['n'.repeat(64), 'N', 'n-', '-n', 'n.n'].map(
    (name): Bad => ({
      name: `the namespace ${name.slice(0, 9)} of ${name.length}`,
      call: post({ metadata: { name } }, '/api/v1/namespaces?dryRun=All'),
      want: invalid,
    }),
  ),
  ...['A', '-'].map(
    (generateName): Bad => ({
      name: `a name made from ${generateName}`,
      call: post({ metadata: { generateName } }, '$C'),
      want: invalid,
    }),
  ),
  {
    name: 'a name made from 253 letters',
    call: post({ metadata: { generateName: 'x'.repeat(253) } }, '$C'),
    want: [201],
  },
  labeled('k'.repeat(63), 'v'.repeat(63), true),
  labeled(`${'p'.repeat(253)}/k`, '', true),
  labeled('k'.repeat(64), 'v', false),
  labeled(`${'p'.repeat(254)}/k`, 'v', false),
  labeled('k', 'v'.repeat(64), false),
  ...['/k', 'a/', 'a/b/c', 'A/k', '-k', ''].map((key) => labeled(key, 'v', false)),
  ...['-v', 'v v', 'ä'].map((value) => labeled('k', value, false)),
  ...['k'.repeat(254), '', '..', '.', '..a', 'a b', 'ä'].map(
    (key): Bad => ({
      name: `the data key ${JSON.stringify(key.slice(0, 9))} of ${key.length}`,
      call: post(configMap('a', { [key]: '1' }), '$C'),
      want: invalid,
    }),
  ),
  {
    name: 'a finalizer without a domain',
    call: post(configMap('a', {}, { finalizers: ['x'] }), '$C'),
    want: invalid,
  },
  { name: 'a get by a wrong name', call: { path: '$C/A_b' }, want: missing },
  { name: 'a get by a name of 300 letters', call: { path: `$C/${'x'.repeat(300)}` }, want: missing },
  { name: 'an escape that is none', call: { path: '$C/%zz' }, want: [400] },
  {
    name: 'a list in a namespace of a wrong name',
    call: { path: '/api/v1/namespaces/A/configmaps' },
    want: [200],
  },
  {
    name: 'a create in a namespace of a wrong name',
    call: post(configMap('a'), '/api/v1/namespaces/A/configmaps'),
    want: missing,
  },
];

const notAllowed = [405, 'MethodNotAllowed'] as const;

const places: readonly Bad[] = [
  { name: 'a patch of a collection', call: patch(merge, '{}', '$C'), want: notAllowed },
  {
    name: 'a PUT of a collection',
    call: { method: 'PUT', path: '$C', body: configMap('a') },
    want: notAllowed,
  },
  { name: 'a HEAD', given: aMap, call: { method: 'HEAD', path: '$C/a' }, want: [405] },
  { name: 'a method that nobody knows', call: { method: 'PROPFIND', path: '$C' }, want: notAllowed },
  { name: 'a sub-resource that is not there', given: aMap, call: { path: '$C/a/what' }, want: missing },
  { name: 'a core kind that is not there', call: { path: '/api/v1/namespaces/$NS/whats' }, want: missing },
  {
    name: 'a custom kind that is not there',
    call: { path: '/apis/contract.example.com/v1/namespaces/$NS/whats' },
    want: [404],
  },
  { name: 'a group that is not there', call: { path: '/apis/none.example.com/v1/whats' }, want: [404] },
  { name: 'a path that is not there', call: { path: '/what' }, want: [404] },
];

const groups = [
  { list: truncated, because: 'what is cut is not guessed' },
  { list: shapes, because: 'what cannot be such an object is told from what breaks its rules' },
  { list: types, because: 'only what is known is read and written' },
  { list: sizes, because: 'memory, disk and stack have an end' },
  { list: fields, because: 'typing errors are told as the client asked' },
  { list: queries, because: 'a question that is not understood is not answered with everything' },
  { list: names, because: 'names end up in paths and selectors' },
  { list: places, because: 'clients tell versions apart by what is missing' },
];

/** What nobody should send, with the answers of a genuine server. */
export const badRows: readonly Row[] = groups.flatMap(({ list: bads, because }) =>
  bads.map(({ name, given = [], call, want: [code, reason] }): Row => {
    // Some refusals of a genuine server are texts, or a Status without a reason.
    const told = code < 300 ? {} : { at: { reason } };
    return { name, given, call, because, want: { code, ...told } };
  }),
);
