import { expect, test } from 'vitest';
import { formatHumanDuration } from './age.ts';
import { cellOf, parseJsonPath } from './json-path-template.ts';

const ages = [
  { ms: -5000, want: '<invalid>', because: 'the future has no age' },
  { ms: -500, want: '0s', because: 'clocks differ a little' },
  { ms: 119_000, want: '119s', because: 'two minutes are counted in seconds' },
  { ms: 252_000, want: '4m12s', because: 'below ten minutes seconds count' },
  { ms: 540_000, want: '9m', because: 'a zero is left out' },
  { ms: 10_500_000, want: '175m', because: 'three hours are counted in minutes' },
  { ms: 18_300_000, want: '5h5m', because: 'below eight hours minutes count' },
  { ms: 169_200_000, want: '47h', because: 'two days are counted in hours' },
  { ms: 187_200_000, want: '2d4h', because: 'below eight days hours count' },
  { ms: 86_400_000 * 400, want: '400d', because: 'two years are counted in days' },
  { ms: 86_400_000 * 800, want: '2y70d', because: 'below eight years days count' },
  { ms: 86_400_000 * 365 * 9, want: '9y', because: 'then years alone' },
];
test.each(ages)('prints an age of $ms ms as $want', ({ ms, want, because }) => {
  expect(formatHumanDuration(ms), because).toBe(want);
});

const object = {
  metadata: { creationTimestamp: '2026-01-01T00:00:00Z', labels: { 'a.b/c': 'label' } },
  spec: { size: 3, ratio: 1.5, on: true, names: ['x', 'y'], nothing: null },
  status: {
    conditions: [
      { type: 'Synced', status: 'False', n: 1 },
      { type: 'Ready', status: 'True', n: 2 },
    ],
  },
};
const nowMs = Date.parse('2026-01-01T00:05:00Z');
const cells = [
  { path: '.spec.size', type: 'integer', want: 3, because: 'a member' },
  { path: '.spec.ratio', type: 'integer', want: 1, because: 'an integer column cuts' },
  { path: '.spec.ratio', type: 'number', want: 1.5, because: 'a number column does not' },
  { path: '.spec.on', type: 'boolean', want: true, because: 'a truth value' },
  { path: '.spec.size', type: 'boolean', want: null, because: 'another type is no value' },
  { path: '.spec.none', type: 'string', want: null, because: 'nothing there' },
  { path: '.spec.nothing', type: 'string', want: null, because: 'null is nothing' },
  { path: '.spec.names', type: 'string', want: '["x","y"]', because: 'lists show as JSON' },
  { path: '.spec.names[1]', type: 'string', want: 'y', because: 'an index' },
  { path: '.spec.names[-1]', type: 'string', want: 'y', because: 'from the end' },
  { path: '.spec.names[*]', type: 'string', want: 'x', because: 'the first of many' },
  { path: ".metadata.labels['a\\.b/c']", type: 'string', want: 'label', because: 'a quoted member' },
  { path: '.metadata.labels.a\\.b/c', type: 'string', want: 'label', because: 'an escaped dot' },
  {
    path: '.status.conditions[?(@.type=="Ready")].status',
    type: 'string',
    want: 'True',
    because: 'a filter',
  },
  {
    path: ".status.conditions[?(@.type!='Ready')].status",
    type: 'string',
    want: 'False',
    because: 'its opposite',
  },
  {
    path: '.status.conditions[?(@.n==2)].type',
    type: 'string',
    want: 'Ready',
    because: 'a number in a filter',
  },
  { path: '.status.conditions[?(@.n)].type', type: 'string', want: 'Synced', because: 'existence' },
  { path: '.metadata.creationTimestamp', type: 'date', want: '5m', because: 'dates are ages' },
  { path: '{.bad', type: 'string', want: undefined, because: 'not of this form' },
] as const;
test.each(cells)('reads $path as $type', ({ path, type, want, because }) => {
  const template = parseJsonPath(path);
  const cell = template === undefined ? undefined : cellOf(template, type, object, nowMs);
  expect(cell, because).toEqual(want);
});
