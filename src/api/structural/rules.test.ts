import { expect, test } from 'vitest';
import type { JsonValue } from '../../base/index.ts';
import type { ValidationRule } from './kind.ts';
import { evaluateRules } from './rules.ts';
import type { StructuralSchema } from './schema.ts';

const leaf = (type: 'string' | 'integer', rule: ValidationRule): StructuralSchema => ({
  type,
  'x-kubernetes-validations': [rule],
});
const constant: ValidationRule = { rule: 'self == oldSelf', message: 'is constant' };

const cases: readonly {
  readonly name: string;
  readonly schema: StructuralSchema;
  readonly given: JsonValue;
  readonly old?: JsonValue;
  readonly want: readonly string[];
  readonly because: string;
}[] = [
  {
    name: 'a rule without message',
    schema: leaf('integer', { rule: 'self > 1' }),
    given: 1,
    want: ['s FieldValueInvalid Invalid value: "integer": failed rule: self > 1'],
    because: 'the rule speaks for itself',
  },
  {
    name: 'a message expression',
    schema: leaf('string', { rule: 'self.size() < 3', messageExpression: '"too long: " + self' }),
    given: 'abc',
    want: ['s FieldValueInvalid Invalid value: "string": too long: abc'],
    because: 'it sees the value',
  },
  {
    name: 'reason and path of a rule',
    schema: {
      type: 'object',
      properties: { a: { type: 'string' } },
      'x-kubernetes-validations': [
        { rule: 'has(self.a)', message: 'say it', reason: 'FieldValueRequired', fieldPath: '.a' },
      ],
    },
    given: {},
    want: ['s.a FieldValueRequired Required value: say it'],
    because: 'the problem is reported where the reader acts',
  },
  {
    name: 'a transition at creation',
    schema: leaf('string', constant),
    given: 'a',
    want: [],
    because: 'there is nothing before',
  },
  {
    name: 'a transition',
    schema: leaf('string', constant),
    given: 'a',
    old: 'b',
    want: ['s FieldValueInvalid Invalid value: "string": is constant'],
    because: 'the old value differs',
  },
  {
    name: 'items of a list map',
    schema: {
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['k'],
      items: { type: 'object', properties: { k: { type: 'string' }, v: leaf('integer', constant) } },
    },
    given: [
      { k: 'new', v: 1 },
      { k: 'a', v: 2 },
    ],
    old: [{ k: 'a', v: 1 }],
    want: ['s[1].v FieldValueInvalid Invalid value: "integer": is constant'],
    because: 'the key finds the old item',
  },
  {
    name: 'items of a plain list',
    schema: { type: 'array', items: leaf('string', constant) },
    given: ['b'],
    old: ['a'],
    want: [],
    because: 'nothing says which item is which',
  },
  {
    name: 'the word oldSelf in a text',
    schema: leaf('string', { rule: 'self != "oldSelf"' }),
    given: 'oldSelf',
    want: ['s FieldValueInvalid Invalid value: "string": failed rule: self != "oldSelf"'],
    because: 'it is a value, not a variable',
  },
  {
    name: 'an expression that would take for ever in a backtracking engine',
    schema: leaf('string', { rule: 'self.matches("^(a+)+$")', message: 'no' }),
    given: `${'a'.repeat(64)}b`,
    want: ['s FieldValueInvalid Invalid value: "string": no'],
    because: 'RE2 evaluates it',
  },
  {
    name: 'a rule that fails',
    schema: { type: 'object', 'x-kubernetes-validations': [{ rule: 'self.missing == 1' }] },
    given: {},
    want: ['s FieldValueInvalid Invalid value: "object": rule evaluation error: No such key: missing'],
    because: 'an error is a refusal, never a pass',
  },
  {
    name: 'names that are no identifiers',
    schema: {
      type: 'object',
      properties: { 'a-b': { type: 'string' }, if: { type: 'string' } },
      'x-kubernetes-validations': [{ rule: 'self.a__dash__b == "x" && self.__if__ == "y"' }],
    },
    given: { 'a-b': 'x', if: 'y' },
    want: [],
    because: 'they are escaped',
  },
];
test.each(cases)('$name', ({ schema, given, old, want, because }) => {
  const root: StructuralSchema = { type: 'object', properties: { s: schema } };
  const problems = evaluateRules(root, { s: given }, old === undefined ? undefined : { s: old });
  expect(
    problems.map((item) => `${item.field} ${item.reason} ${item.message}`),
    because,
  ).toEqual(want);
});
