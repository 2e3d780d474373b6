import { describe, expect, test } from 'vitest';
import type { JsonObject } from './json.ts';
import { createJsonPatch } from './json-patch.ts';

describe('createJsonPatch', () => {
  const cases: readonly {
    readonly name: string;
    readonly given: readonly [JsonObject, JsonObject];
    readonly want: readonly object[];
    readonly because: string;
  }[] = [
    { name: 'equal', given: [{ a: 1 }, { a: 1 }], want: [], because: 'nothing is to be done' },
    {
      name: 'added below a name with a slash',
      given: [{ labels: {} }, { labels: { 'a/b': 'x' } }],
      want: [{ op: 'add', path: '/labels/a~1b', value: 'x' }],
      because: 'pointers escape slashes',
    },
    {
      name: 'removed',
      given: [{ a: 1, b: 2 }, { b: 2 }],
      want: [{ op: 'remove', path: '/a' }],
      because: 'an absent member is removed',
    },
    {
      name: 'undefined member',
      given: [{ a: 1 }, { a: 1, b: undefined }],
      want: [],
      because: 'undefined members do not exist',
    },
  ];
  test.each(cases)('$name', ({ given, want }) => {
    expect(createJsonPatch(...given)).toEqual(want);
  });
});
