import { expect, test } from 'vitest';
import type { JsonValue } from '../../base/index.ts';
import { applyDefaults } from './defaults.ts';
import { pruneUnknown } from './prune.ts';
import type { StructuralSchema } from './schema.ts';

const text: StructuralSchema = { type: 'string' };
const schema: StructuralSchema = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      properties: {
        name: text,
        list: { type: 'array', items: { type: 'object', properties: { a: text } } },
        map: { type: 'object', additionalProperties: { type: 'object', properties: { a: text } } },
        open: {
          type: 'object',
          properties: { known: { type: 'object', properties: { a: text } } },
          'x-kubernetes-preserve-unknown-fields': true,
        },
        resource: {
          type: 'object',
          'x-kubernetes-embedded-resource': true,
          properties: { spec: { type: 'object' } },
        },
      },
    },
  },
};

const pruned: readonly {
  name: string;
  given: JsonValue;
  want: JsonValue;
  paths: string[];
  because: string;
}[] = [
  {
    name: 'root',
    given: { apiVersion: 'v1', kind: 'A', metadata: { x: 1 }, other: 1 },
    want: { apiVersion: 'v1', kind: 'A', metadata: { x: 1 } },
    paths: ['other'],
    because: 'the members of every object stay',
  },
  {
    name: 'lists and maps',
    given: { spec: { list: [{ a: '', b: 1 }], map: { k: { a: '', b: 1 } } } },
    want: { spec: { list: [{ a: '' }], map: { k: { a: '' } } } },
    paths: ['spec.list[0].b', 'spec.map.k.b'],
    because: 'they are walked',
  },
  {
    name: 'open object',
    given: { spec: { open: { any: { deep: 1 }, known: { a: '', b: 1 } } } },
    want: { spec: { open: { any: { deep: 1 }, known: { a: '' } } } },
    paths: ['spec.open.known.b'],
    because: 'pruning begins again below a declared field',
  },
  {
    name: 'embedded resource',
    given: { spec: { resource: { apiVersion: 'v1', kind: 'B', metadata: {}, other: 1 } } },
    want: { spec: { resource: { apiVersion: 'v1', kind: 'B', metadata: {} } } },
    paths: ['spec.resource.other'],
    because: 'its type and metadata stay',
  },
  {
    name: 'prototype',
    given: JSON.parse('{"spec":{"__proto__":{"a":1},"name":"x"}}') as JsonValue,
    want: { spec: { name: 'x' } },
    paths: ['spec.__proto__'],
    because: 'no name is special',
  },
];
test.each(pruned)('prunes $name', ({ given, want, paths, because }) => {
  expect(pruneUnknown(schema, given), because).toEqual({ value: want, prunedPaths: paths });
});

test('gives the value itself when nothing is pruned', () => {
  const value = { spec: { name: 'x', list: [{ a: '' }] } };
  expect(pruneUnknown(schema, value).value).toBe(value);
});

const withDefaults: StructuralSchema = {
  type: 'object',
  properties: {
    policy: { type: 'string', default: 'Automatic' },
    nothing: { type: 'string', nullable: true, default: 'x' },
    plain: { type: 'string' },
    nested: { type: 'object', properties: { a: { type: 'integer', default: 1 } } },
    list: { type: 'array', items: { type: 'object', properties: { a: { type: 'integer', default: 1 } } } },
    whole: { type: 'object', default: {}, properties: { a: { type: 'integer', default: 1 } } },
  },
};
const defaulted: readonly { name: string; given: JsonValue; want: JsonValue; because: string }[] = [
  {
    name: 'absent fields',
    given: { nothing: 'y', whole: {} },
    want: { policy: 'Automatic', nothing: 'y', whole: { a: 1 } },
    because: 'an absent object without a default stays absent',
  },
  {
    name: 'nulls',
    given: { policy: null, nothing: null, plain: null, whole: { a: 2 } },
    want: { policy: 'Automatic', nothing: null, whole: { a: 2 } },
    because: 'null counts as absent where it is not allowed',
  },
  {
    name: 'nested and listed objects',
    given: { policy: 'Manual', nothing: 'y', nested: {}, list: [{}, { a: 2 }], whole: { a: 2 } },
    want: { policy: 'Manual', nothing: 'y', nested: { a: 1 }, list: [{ a: 1 }, { a: 2 }], whole: { a: 2 } },
    because: 'they are walked',
  },
  {
    name: 'defaults of defaults',
    given: { policy: 'Manual', nothing: 'y' },
    want: { policy: 'Manual', nothing: 'y', whole: { a: 1 } },
    because: 'a default is completed like a value',
  },
];
test.each(defaulted)('fills in $name', ({ given, want, because }) => {
  expect(applyDefaults(withDefaults, given), because).toEqual(want);
});
