import { expect, test } from 'vitest';
import type { JsonValue } from '../../base/index.ts';
import { formatInvalid } from './problems.ts';
import type { StructuralSchema } from './schema.ts';
import { validateStructural } from './validate.ts';

const named: StructuralSchema = { type: 'object', properties: { name: { type: 'string' } } };

const cases: readonly {
  readonly name: string;
  readonly schema: StructuralSchema;
  readonly given: JsonValue;
  readonly want: readonly string[];
  readonly because: string;
}[] = [
  {
    name: 'required',
    schema: { type: 'object', required: ['stage'] },
    given: {},
    want: ['stage FieldValueRequired Required value'],
    because: 'a missing field has no value to show',
  },
  {
    name: 'type',
    schema: { type: 'integer' },
    given: 'x',
    want: ['s FieldValueTypeInvalid Invalid value: "string": s in body must be of type integer: "string"'],
    because: 'the type that was found stands in the place of the value',
  },
  {
    name: 'fraction for an integer',
    schema: { type: 'integer' },
    given: 1.5,
    want: ['s FieldValueTypeInvalid Invalid value: "number": s in body must be of type integer: "number"'],
    because: 'JSON has one kind of number, the API has two',
  },
  { name: 'integer for a number', schema: { type: 'number' }, given: 1, want: [], because: 'it is one' },
  {
    name: 'enumeration',
    schema: { type: 'string', enum: ['A', 'B'] },
    given: 'C',
    want: ['s FieldValueNotSupported Unsupported value: "C": supported values: "A", "B"'],
    because: 'all values are listed',
  },
  {
    name: 'pattern',
    schema: { type: 'string', pattern: '^a+$' },
    given: 'b',
    want: [`s FieldValueInvalid Invalid value: "b": s in body should match '^a+$'`],
    because: 'the pattern is shown',
  },
  {
    name: 'long and short text',
    schema: {
      type: 'object',
      properties: { a: { type: 'string', maxLength: 2 }, b: { type: 'string', minLength: 1 } },
    },
    given: { a: 'abc', b: '' },
    want: [
      's.a FieldValueTooLong Too long: may not be more than 2 bytes',
      's.b FieldValueInvalid Invalid value: "": s.b in body should be at least 1 chars long',
    ],
    because: 'every problem is listed',
  },
  {
    name: 'list sizes',
    schema: { type: 'array', items: { type: 'string' }, minItems: 1 },
    given: [],
    want: ['s FieldValueInvalid Invalid value: 0: s in body should have at least 1 items'],
    because: 'the count is the value',
  },
  {
    name: 'too many items',
    schema: { type: 'array', items: { type: 'string' }, maxItems: 1 },
    given: ['a', 'b'],
    want: ['s FieldValueTooMany Too many: 2: must have at most 1 items'],
    because: 'it has a reason of its own',
  },
  {
    name: 'set',
    schema: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set' },
    given: ['a', 'b', 'a'],
    want: ['s[2] FieldValueDuplicate Duplicate value: "a"'],
    because: 'the second one is at fault',
  },
  {
    name: 'list map',
    schema: {
      type: 'array',
      items: named,
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
    },
    given: [{ name: 'a' }, { name: 'a', more: 1 }],
    want: ['s[1] FieldValueDuplicate Duplicate value: {"name":"a"}'],
    because: 'only the keys count',
  },
  {
    name: 'bounds',
    schema: { type: 'integer', minimum: 0, format: 'int32' },
    given: -1,
    want: ['s FieldValueInvalid Invalid value: -1: s in body should be greater than or equal to 0'],
    because: 'the bound is shown',
  },
  {
    name: 'int32',
    schema: { type: 'integer', format: 'int32' },
    given: 2_147_483_648,
    want: ['s FieldValueInvalid Invalid value: 2147483648: s in body must be of type int32: 2147483648'],
    because: 'a typed client could not read it',
  },
  {
    name: 'date-time',
    schema: { type: 'string', format: 'date-time' },
    given: '2026-02-30T00:00:00Z',
    want: [
      's FieldValueInvalid Invalid value: "2026-02-30T00:00:00Z": s in body must be of type date-time: "2026-02-30T00:00:00Z"',
    ],
    because: 'the day does not exist',
  },
  {
    name: 'int or string',
    schema: { 'x-kubernetes-int-or-string': true },
    given: '80%',
    want: [],
    because: 'both are fine',
  },
  {
    name: 'neither int nor string',
    schema: { 'x-kubernetes-int-or-string': true },
    given: true,
    want: [
      's FieldValueTypeInvalid Invalid value: "boolean": s in body must be of type integer,string: "boolean"',
    ],
    because: 'a boolean is neither',
  },
  { name: 'null', schema: { type: 'string', nullable: true }, given: null, want: [], because: 'it may be' },
  {
    name: 'map values',
    schema: { type: 'object', additionalProperties: { type: 'string' } },
    given: { a: 1 },
    want: [
      's.a FieldValueTypeInvalid Invalid value: "integer": s.a in body must be of type string: "integer"',
    ],
    because: 'every value of a map is looked at',
  },
  {
    name: 'open',
    schema: { 'x-kubernetes-preserve-unknown-fields': true },
    given: [1, { a: null }],
    want: [],
    because: 'anything goes',
  },
  {
    name: 'one of',
    schema: { type: 'object', oneOf: [{ required: ['a'] }, { required: ['b'] }] },
    given: { a: 1, b: 2 },
    want: [
      's FieldValueInvalid Invalid value: {"a":1,"b":2}: s in body must validate one and only one schema (oneOf)',
    ],
    because: 'both branches hold',
  },
  {
    name: 'embedded resource',
    schema: { type: 'object', 'x-kubernetes-embedded-resource': true },
    given: { kind: 'A' },
    want: ['s.apiVersion FieldValueRequired Required value'],
    because: 'an object without its version means nothing',
  },
];
test.each(cases)('$name', ({ name, schema, given, want, because }) => {
  const root: StructuralSchema = { type: 'object', properties: { s: schema } };
  const problems =
    name === 'required' ? validateStructural(schema, given) : validateStructural(root, { s: given });
  expect(
    problems.map((item) => `${item.field} ${item.reason} ${item.message}`),
    because,
  ).toEqual(want);
});

test('words the refusal of an object as kube-apiserver does', () => {
  const [one] = validateStructural({ type: 'object', required: ['spec'] }, {});
  const kind = { group: 'kargo.akuity.io', kind: 'Stage' };
  expect(one).toBeDefined();
  if (one === undefined) return;
  expect(formatInvalid(kind, 'dev', [one])).toBe(
    'Stage.kargo.akuity.io "dev" is invalid: spec: Required value',
  );
  expect(formatInvalid(kind, 'dev', [one, one])).toBe(
    'Stage.kargo.akuity.io "dev" is invalid: [spec: Required value, spec: Required value]',
  );
});
