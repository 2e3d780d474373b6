import { expect, test } from 'vitest';
import { applyMergePatch, createMergePatch, equalJson, type JsonObject, type JsonValue } from './json.ts';

const patches: {
  name: string;
  before: JsonObject;
  after: JsonObject;
  want: JsonValue | undefined;
  because: string;
}[] = [
  {
    name: 'nothing differs',
    before: { a: 1 },
    after: { a: 1 },
    want: undefined,
    because: 'an empty diff sends nothing',
  },
  {
    name: 'a member goes',
    before: { a: 1, b: 2 },
    after: { a: 1 },
    want: { b: null },
    because: 'removal is null',
  },
  {
    name: 'a list changes',
    before: { a: [1, 2] },
    after: { a: [1] },
    want: { a: [1] },
    because: 'lists are replaced whole',
  },
  {
    name: 'a nested member changes',
    before: { a: { b: 1, c: 1 } },
    after: { a: { b: 2, c: 1 } },
    want: { a: { b: 2 } },
    because: 'objects are patched member by member',
  },
  {
    name: 'a member becomes undefined',
    before: { a: 1 },
    after: { a: undefined },
    want: { a: null },
    because: 'undefined means absent',
  },
];
test.each(patches)('creates a merge patch when $name', ({ before, after, want, because }) => {
  const patch = createMergePatch(before, after);
  expect(patch, because).toEqual(want);
  expect(equalJson(applyMergePatch(before, patch ?? {}), after), 'applying it gives the target').toBe(true);
});

test('a member named __proto__ is data', () => {
  const patch = JSON.parse('{"__proto__": {"polluted": true}}') as JsonObject;
  const result = applyMergePatch({}, patch);
  expect(Object.keys(result as JsonObject)).toEqual(['__proto__']);
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});
