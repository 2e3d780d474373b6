import { expect, test } from 'vitest';
import * as z from 'zod';
import { toStructuralSchema } from './convert.ts';
import { structuralErrors } from './errors.ts';
import type { StructuralSchema } from './schema.ts';
import { readStructuralSchema } from './schema.ts';

const converted: readonly { name: string; given: z.ZodType; want: StructuralSchema; because: string }[] = [
  { name: 'int', given: z.int(), want: { type: 'integer', format: 'int64' }, because: 'bounds are noise' },
  {
    name: 'int with a bound',
    given: z.int().min(0),
    want: { type: 'integer', format: 'int64', minimum: 0 },
    because: 'a bound of ours stays',
  },
  {
    name: 'int32',
    given: z.int32(),
    want: { type: 'integer', format: 'int32' },
    because: 'width, not bounds',
  },
  {
    name: 'date-time',
    given: z.iso.datetime(),
    want: { type: 'string', format: 'date-time' },
    because: 'the server checks the format',
  },
  {
    name: 'default',
    given: z.string().default('x'),
    want: { type: 'string', default: 'x' },
    because: 'kept',
  },
  {
    name: 'map',
    given: z.record(z.string(), z.int()),
    want: { type: 'object', additionalProperties: { type: 'integer', format: 'int64' } },
    because: 'a map has values, not properties',
  },
  {
    name: 'empty object',
    given: z.object({}),
    want: { type: 'object' },
    because: 'there is nothing to list',
  },
  {
    name: 'int or string',
    given: z.union([z.int(), z.string()]).meta({ 'x-kubernetes-int-or-string': true }),
    want: {
      anyOf: [{ type: 'integer' }, { type: 'string' }],
      'x-kubernetes-int-or-string': true,
    },
    because: 'it has its one documented form',
  },
];
test.each(converted)('converts $name', ({ given, want, because }) => {
  expect(toStructuralSchema(given), because).toEqual(want);
});

const refused: readonly { name: string; given: z.ZodType; path: readonly string[] }[] = [
  { name: 'a union', given: z.object({ a: z.union([z.string(), z.boolean()]) }), path: ['a'] },
  { name: 'a transform', given: z.object({ a: z.string().transform(Number) }), path: ['properties', 'a'] },
  { name: 'a date', given: z.object({ a: z.date() }), path: ['properties', 'a'] },
  { name: 'a strict object', given: z.object({ a: z.looseObject({ b: z.string() }) }), path: ['a'] },
  { name: 'unknown', given: z.object({ a: z.unknown() }), path: [] },
  { name: 'look-around', given: z.object({ a: z.string().regex(/^(?=a)/) }), path: [] },
];
test.each(refused)('refuses $name', ({ given, path }) => {
  try {
    toStructuralSchema(given);
    expect.unreachable();
  } catch (error) {
    expect(structuralErrors.is(error, 'structural.impossible')).toBe(true);
    if (structuralErrors.is(error)) expect(error.data['path']).toEqual(path);
  }
});

test('says what keeps a foreign schema from being structural', () => {
  const result = readStructuralSchema(
    {
      type: 'object',
      properties: { a: {}, b: { type: 'array' }, c: { type: 'object', additionalProperties: false } },
    },
    'schema',
  );
  expect(result.ok ? [] : result.problems.map((item) => item.field)).toEqual([
    'schema.properties[a].type',
    'schema.properties[b].items',
    'schema.properties[c].additionalProperties',
  ]);
});
