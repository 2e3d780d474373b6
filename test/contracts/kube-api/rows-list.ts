import type { Call } from './client.ts';
import type { Row } from './rows.ts';
import { configMap, widget } from './world.ts';

const map = (name: string, labels: object = {}): Call => ({
  method: 'POST',
  path: '$C',
  body: configMap(name, {}, { labels }),
});
const three = [
  map('a', { app: 'x', tier: '1' }),
  map('b', { app: 'y', tier: '2' }),
  map('c', { other: 'z' }),
];
const event = (name: string, reason: string, kind: string): Call => ({
  method: 'POST',
  path: '/api/v1/namespaces/$NS/events',
  body: {
    metadata: { name },
    involvedObject: { kind, name: 'it', namespace: '$NS' },
    reason,
    type: 'Normal',
    message: 'hello',
  },
});
const tableType = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';
const partialType = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json';
const names = (...list: string[]): object => ({
  items: list.map((name) => ({ metadata: { name } })),
});
const select = (selector: string): Call => ({
  path: `$C?labelSelector=${encodeURIComponent(selector)}&fieldSelector=metadata.name!=kube-root-ca.crt`,
});

const selectors: readonly (readonly [string, string[], string])[] = [
  ['app=x', ['a'], 'equality'],
  ['app==x', ['a'], 'the double form of equality'],
  ['app!=x', ['b', 'c'], 'absence is inequality'],
  ['app in (x,y)', ['a', 'b'], 'membership'],
  ['app notin (x)', ['b', 'c'], 'absence is no membership'],
  ['app', ['a', 'b'], 'existence'],
  ['!app', ['c'], 'absence'],
  ['tier>1', ['b'], 'numbers compare'],
  ['tier<2', ['a'], 'numbers compare'],
  ['app in (x,y),tier=2', ['b'], 'terms add up'],
  ['app=', [], 'the empty value'],
];

/** Lists: selectors, pages, versions, tables. */
export const listRows: readonly Row[] = [
  ...selectors.map(
    ([selector, wanted, because]): Row => ({
      name: `select by label ${selector}`,
      given: three,
      call: select(selector),
      want: { code: 200, body: names(...wanted), at: { 'items.length': wanted.length } },
      because,
    }),
  ),
  {
    name: 'a label selector that is none',
    call: select('a in x'),
    want: { code: 400, message: 'unable to parse requirement' },
    because: 'a wrong selector must not select everything',
  },
  {
    name: 'select by name',
    given: three,
    call: { path: '$C?fieldSelector=metadata.name=b' },
    want: { code: 200, body: names('b'), at: { 'items.length': 1 } },
    because: 'kubectl wait lists so',
  },
  {
    name: 'select by namespace across namespaces',
    given: [event('a', 'R', 'Pod')],
    call: { path: '/api/v1/events?fieldSelector=metadata.namespace=$NS' },
    want: { code: 200, body: names('a'), at: { 'items.length': 1 } },
    because: 'collections span namespaces',
  },
  {
    name: 'select events of an object',
    given: [event('a', 'R', 'Pod'), event('b', 'S', 'Widget')],
    call: {
      path: '/api/v1/namespaces/$NS/events?fieldSelector=involvedObject.kind=Widget,involvedObject.name=it',
    },
    want: { code: 200, body: names('b'), at: { 'items.length': 1 } },
    because: 'kubectl describe lists so',
  },
  {
    name: 'select events by reason',
    given: [event('a', 'R', 'Pod'), event('b', 'S', 'Widget')],
    call: { path: '/api/v1/namespaces/$NS/events?fieldSelector=reason!=R' },
    want: { code: 200, body: names('b'), at: { 'items.length': 1 } },
    because: 'fields can be excluded',
  },
  {
    name: 'events under their other group',
    given: [event('a', 'R', 'Pod')],
    call: { path: '/apis/events.k8s.io/v1/namespaces/$NS/events/a' },
    want: { code: 200, body: { apiVersion: 'events.k8s.io/v1', note: 'hello', regarding: { kind: 'Pod' } } },
    because: 'it is one collection under two names',
  },
  {
    name: 'select secrets by type',
    given: [
      { method: 'POST', path: '/api/v1/namespaces/$NS/secrets', body: { metadata: { name: 'a' } } },
      {
        method: 'POST',
        path: '/api/v1/namespaces/$NS/secrets',
        body: { metadata: { name: 'b' }, type: 'example.com/t' },
      },
    ],
    call: { path: '/api/v1/namespaces/$NS/secrets?fieldSelector=type=example.com/t' },
    want: { code: 200, body: names('b'), at: { 'items.length': 1 } },
    because: 'the one field of secrets',
  },
  {
    name: 'select by an unknown field',
    call: { path: '$W?fieldSelector=spec.size=1' },
    want: { code: 400, message: 'field label not supported: spec.size' },
    because: 'a wrong selector must not select everything',
  },
  {
    name: 'select by a member that every object has in JavaScript',
    call: { path: '$W?fieldSelector=constructor=1' },
    want: { code: 400, message: 'field label not supported: constructor' },
    because: 'names are data',
  },
  {
    name: 'an empty collection',
    call: { path: '$W' },
    want: { code: 200, body: { kind: 'WidgetList', apiVersion: 'contract.example.com/v1', items: [] } },
    because: 'a list is never null',
  },
  {
    name: 'a first page',
    given: three,
    call: { path: '$C?limit=2&labelSelector=!none' },
    want: { code: 200, at: { 'items.length': 2, 'metadata.remainingItemCount': undefined } },
    because: 'with a selector nobody has counted',
  },
  {
    name: 'a page of everything',
    given: [
      { method: 'POST', path: '$W', body: widget('a') },
      { method: 'POST', path: '$W', body: widget('b') },
    ],
    call: { path: '$W?limit=1' },
    want: { code: 200, at: { 'items.length': 1, 'metadata.remainingItemCount': 1 } },
    because: 'without a selector the rest is counted',
  },
  {
    name: 'a limit that is no number',
    call: { path: '$W?limit=x' },
    want: { code: 400 },
    because: 'typing errors are told',
  },
  {
    name: 'a continue token that is none',
    call: { path: '$W?continue=garbage' },
    want: { code: 400, message: 'continue key is not valid' },
    because: 'tokens are ours',
  },
  {
    name: 'any version',
    // The list in between makes a genuine server's cache catch up; 0 alone may be answered from an older state.
    given: [{ method: 'POST', path: '$W', body: widget('a') }, { path: '$W' }],
    call: { path: '$W?resourceVersion=0' },
    want: { code: 200, at: { 'items.length': 1 } },
    because: '0 takes what is there',
  },
  {
    name: 'a version that is no number',
    call: { path: '$W?resourceVersion=abc' },
    want: { code: 400 },
    because: 'versions are numbers to the server',
  },
  {
    name: 'a version of the future',
    call: { path: '$W?resourceVersion=999999999' },
    want: { code: 504, body: { reason: 'Timeout' }, message: 'Too large resource version' },
    because: 'the server cannot know it yet',
  },
  {
    name: 'a match without a version',
    call: { path: '$W?resourceVersionMatch=Exact' },
    want: { code: 422, message: 'resourceVersionMatch is forbidden unless resourceVersion is provided' },
    because: 'there is nothing to match',
  },
  {
    name: 'an unknown match',
    call: { path: '$W?resourceVersionMatch=About&resourceVersion=1' },
    want: { code: 422, message: 'resourceVersionMatch: Unsupported value' },
    because: 'typing errors are told',
  },
  {
    name: 'exactly version 0',
    call: { path: '$W?resourceVersionMatch=Exact&resourceVersion=0' },
    want: { code: 422 },
    because: '0 is no version',
  },
  {
    name: 'initial events of a watch without the rule for its version',
    call: { path: '$W?watch=1&sendInitialEvents=true' },
    want: { code: 422, message: 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan' },
    because: 'the two go together',
  },
  {
    name: 'a table of custom resources',
    given: [{ method: 'POST', path: '$W', body: widget('a') }],
    call: { path: '$W', accept: tableType },
    want: {
      code: 200,
      body: {
        kind: 'Table',
        columnDefinitions: [
          { name: 'Name' },
          { name: 'Size', type: 'integer' },
          { name: 'Ready' },
          { name: 'Color', priority: 1 },
          { name: 'Age', type: 'date' },
        ],
        rows: [{ object: { kind: 'PartialObjectMetadata', metadata: { name: 'a' } } }],
      },
      at: { 'rows.0.cells.1': 3, 'rows.0.cells.2': null },
    },
    because: 'printer columns come from the definition',
  },
  {
    name: 'a table of a condition',
    given: [
      { method: 'POST', path: '$W', body: widget('a') },
      {
        method: 'PATCH',
        path: '$W/a/status',
        type: 'application/merge-patch+json',
        body: {
          status: {
            conditions: [
              { type: 'Other', status: 'Unknown' },
              { type: 'Ready', status: 'True' },
            ],
          },
        },
      },
    ],
    call: { path: '$W/a', accept: tableType },
    want: { code: 200, at: { 'rows.0.cells.2': 'True' } },
    because: 'filters pick one of a list',
  },
  {
    name: 'a table with whole objects',
    given: [{ method: 'POST', path: '$W', body: widget('a') }],
    call: { path: '$W?includeObject=Object', accept: tableType },
    want: { code: 200, body: { rows: [{ object: { kind: 'Widget', spec: { size: 3 } } }] } },
    because: 'kubectl sorts by them',
  },
  {
    name: 'a table without objects',
    given: [{ method: 'POST', path: '$W', body: widget('a') }],
    call: { path: '$W?includeObject=None', accept: tableType },
    want: { code: 200, at: { 'rows.0.object': undefined } },
    because: 'the smallest form',
    embeddedOnly: true,
  },
  {
    name: 'a table of configmaps',
    given: [map('a')],
    call: { path: '$C/a', accept: tableType },
    want: { code: 200, body: { columnDefinitions: [{ name: 'Name' }, { name: 'Data' }, { name: 'Age' }] } },
    because: 'core kinds have columns of their own',
  },
  {
    name: 'metadata alone',
    given: [map('a', { x: 'y' })],
    call: { path: '$C?labelSelector=x=y', accept: partialType },
    want: {
      code: 200,
      body: { kind: 'PartialObjectMetadataList', items: [{ metadata: { name: 'a' } }] },
      at: { 'items.0.data': undefined },
    },
    because: 'collectors need no more',
  },
];
