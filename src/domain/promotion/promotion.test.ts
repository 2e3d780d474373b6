import { describe, expect, test } from 'vitest';
import { createSeededRandom } from '../../../test/support/seeded-random.ts';
import { formatAnnotatedRequest, parseAnnotatedRequest } from '../request-annotation.ts';
import { collectionId, nextFreightCollection } from './collection.ts';
import { createUlids, parsePromotionName, promotionName } from './name.ts';

describe('names', () => {
  const ulid = '01arz3ndektsv4rrffq69g5fav';
  test.each([
    { name: 'plain', given: { stage: 'Dev', freight: 'abcdef0123', ulid }, want: `dev.${ulid}.abcdef0` },
    {
      name: 'with a Target',
      given: { stage: 'dev', target: 'eu', freight: 'abcdef0123', ulid },
      want: `dev.eu.${ulid}.abcdef0`,
    },
    {
      name: 'too long: cut, without dots and dashes at the end',
      given: { stage: `${'a'.repeat(217)}-b`, freight: 'abcdef0123', ulid },
      want: `${'a'.repeat(217)}.${ulid}.abcdef0`,
    },
  ])('$name', ({ given, want }) => {
    expect(promotionName(given)).toBe(want);
    expect(promotionName(given).length).toBeLessThanOrEqual(253);
  });

  test('grow within one millisecond and when the clock steps back', () => {
    const next = createUlids(createSeededRandom(1));
    const made = [1000, 1000, 1000, 999, 1001].map((nowMs) => next(nowMs));
    expect([...made].sort()).toEqual(made);
    expect(new Set(made).size).toBe(made.length);
  });
});

describe('the next collection', () => {
  const main = { kind: 'Warehouse', name: 'main' };
  const other = { kind: 'Warehouse', name: 'other' };
  const inherited = {
    id: 'old',
    items: {
      'Warehouse/main': { name: 'f1', origin: main },
      'Warehouse/other': { name: 'g1', origin: other },
    },
  };
  test.each([
    { name: 'keeps other origins', requests: [{ origin: main }, { origin: other }], want: ['f2', 'g1'] },
    { name: 'drops origins no longer requested', requests: [{ origin: main }], want: ['f2'] },
  ])('$name', ({ requests, want }) => {
    const next = nextFreightCollection({ name: 'f2', origin: main }, inherited, requests);
    expect(Object.values(next.items ?? {}).map(({ name }) => name)).toEqual(want);
    expect(next.id).toBe(collectionId(next.items ?? {}));
  });
});

describe('requests in annotations', () => {
  test.each([
    { given: 'abc-1', want: { value: 'abc-1', actor: undefined, isFromControlPlane: false } },
    {
      given: '{"id":"x","actor":"email:a@b","controlPlane":true}',
      want: { value: 'x', actor: 'email:a@b', isFromControlPlane: true },
    },
    { given: '123', want: undefined },
    { given: '"x"', want: undefined },
    { given: '{"id":""}', want: undefined },
    { given: '', want: undefined },
    { given: undefined, want: undefined },
  ])('$given', ({ given, want }) => {
    const request = parseAnnotatedRequest(given, 'id');
    expect(request).toEqual(want);
    if (request !== undefined)
      expect(parseAnnotatedRequest(formatAnnotatedRequest(request, 'id'), 'id')).toEqual(request);
  });
});

test.each([
  {
    name: 'prod.01kar4v3m3z6c3j0h6a1n2b3c4.0a1b2c3',
    want: { prefix: 'prod', ulid: '01kar4v3m3z6c3j0h6a1n2b3c4' },
  },
  {
    name: 'eu.prod.01kar4v3m3z6c3j0h6a1n2b3c4.0a',
    want: { prefix: 'eu.prod', ulid: '01kar4v3m3z6c3j0h6a1n2b3c4' },
  },
  { name: 'prod.by-hand.1', want: undefined },
  { name: 'prod.01kar4v3m3z6c3j0h6a1n2b3ci.0a1b2c3', want: undefined },
])('what the name $name tells', ({ name, want }) => {
  expect(parsePromotionName(name)).toEqual(want);
});
