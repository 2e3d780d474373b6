import { CORE_SCHEMA, load, YAML11_SCHEMA } from 'js-yaml';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { fc } from '../../../test/support/properties.ts';
import { setYamlScalars, type YamlScalarValue } from './index.ts';

const edits: {
  name: string;
  text: string;
  key: string;
  value: YamlScalarValue;
  want: string;
  because: string;
}[] = [
  {
    name: 'an image reference by digest',
    text: 'image:\n  ref: ghcr.io/a/b@sha256:00 # pinned\n',
    key: 'image.ref',
    value: 'ghcr.io/a/b@sha256:11',
    want: 'image:\n  ref: ghcr.io/a/b@sha256:11 # pinned\n',
    because: 'a plain scalar stays plain and the comment stays',
  },
  {
    name: 'a tag of digits',
    text: 'tag: v1\n',
    key: 'tag',
    value: '49040600',
    want: 'tag: "49040600"\n',
    because: 'a string must not become a number',
  },
  {
    name: 'quotes',
    text: "a: '1' # c\r\n",
    key: 'a',
    value: "it's",
    want: "a: 'it''s' # c\r\n",
    because: 'the style of quoting and CRLF stay',
  },
  {
    name: 'an anchor',
    text: 'a: &x old\nb: *x\n',
    key: 'a',
    value: 'new',
    want: 'a: &x new\nb: *x\n',
    because: 'the anchor is not part of the scalar',
  },
  {
    name: 'an empty value with a comment',
    text: 'a: # later\nb: 1\n',
    key: 'a',
    value: 'x',
    want: 'a: x # later\nb: 1\n',
    because: 'the value goes in front of the comment',
  },
  {
    name: 'an empty item',
    text: '- \n- b\n',
    key: '0',
    value: 'x',
    want: '- x \n- b\n',
    because: 'the value goes behind the dash',
  },
  {
    name: 'a block scalar with a comment in its header',
    text: 'a: |- # why\r\n  one\r\n  two\r\n\r\nb: 1\r\n',
    key: 'a',
    value: 'x',
    want: 'a: x # why\r\n\r\nb: 1\r\n',
    because: 'only the lines of the scalar go',
  },
  {
    name: 'an integer beyond 2^53',
    text: 'a: 1',
    key: 'a',
    value: 12345678901234567890n,
    want: 'a: 12345678901234567890',
    because: 'digits are never lost; a missing final newline stays missing',
  },
  {
    name: 'a standard tag',
    text: 'a: &x !!int "3"\n',
    key: 'a',
    value: 'x',
    want: 'a: &x "x"\n',
    because: 'the tag would say something wrong of the new value',
  },
  {
    name: 'the first document',
    text: 'a: 1\n---\na: 1\n...\nnot: [yaml\n',
    key: 'a',
    value: 2,
    want: 'a: 2\n---\na: 1\n...\nnot: [yaml\n',
    because: 'later documents are not looked at',
  },
];
test.each(edits)('sets $name', ({ text, key, value, want, because }) => {
  const edit = setYamlScalars(text, [{ key, value }]);
  expect(edit.problems).toEqual([]);
  expect(edit.text, because).toBe(want);
});

test('all updates or none, and every problem is told', () => {
  const text = 'a: 1\nb: &x {c: 1}\nd: *x\n';
  const edit = setYamlScalars(text, [
    { key: 'a', value: 2 },
    { key: 'b', value: 2 },
    { key: 'd', value: 2 },
    { key: 'd.c', value: 2 },
    { key: 'nope', value: 2 },
    { key: 'a..b', value: 2 },
    { key: 'a', value: Number.NaN },
  ]);
  expect(edit.text).toBe(text);
  expect(edit.problems.map((problem) => [problem.key, problem.code])).toEqual([
    ['b', 'yaml.not-scalar'],
    ['d', 'yaml.alias'],
    ['d.c', 'yaml.alias'],
    ['nope', 'yaml.key-not-found'],
    ['a..b', 'yaml.invalid-key'],
    ['a', 'yaml.unsupported-value'],
  ]);
});

const templates = [
  'a: old # c\nb: 1\n',
  'a: "old"\nb: 1\n',
  "a: 'old'\nb: 1\n",
  '{a: old, b: 1}\n',
  'a: >\n  old\nb: 1\n',
];
const tricky = fc.constantFrom(
  'yes',
  'NO',
  'on',
  'y',
  '~',
  'null',
  '',
  ' ',
  '1:30',
  '0o7',
  '0755',
  '1_000',
  '.5',
  '.',
  'e0',
  '1e3',
  '1.',
  '-.inf',
  'NaN',
  '=',
  '<<',
  '2024-01-01',
  '2024-1-1 10:00:00',
  '---',
  '...',
  'a: b',
  'a #b',
  '- a',
  '? a',
  ': a',
  'a:',
  '"',
  "'",
  '`',
  '@a',
  '%a',
  '!a',
  '&a',
  '*a',
  '[a',
  '{a',
  'a,b',
  'a]',
  'a\nb',
  'a\tb',
  '\u0085',
  '\u00a0',
  '\u2028',
  '\ufeff',
  '0x1p-2',
  'Infinity',
  '+1',
  '-',
);
test('a string reads back as the same string under YAML 1.1 and 1.2, whatever it is', () => {
  const strings = fc.oneof(
    tricky,
    fc.string({ unit: 'binary', maxLength: 12 }),
    fc.string({ maxLength: 12 }),
  );
  fc.assert(
    fc.property(fc.constantFrom(...templates), strings, (template, value) => {
      const edit = setYamlScalars(template, [{ key: 'a', value }]);
      expect(edit.problems).toEqual([]);
      const want = { a: value, b: 1 };
      expect(parse(edit.text), edit.text).toEqual(want);
      expect(parse(edit.text, { version: '1.1' }), edit.text).toEqual(want);
      expect(load(edit.text, { schema: CORE_SCHEMA }), edit.text).toEqual(want);
      expect(load(edit.text, { schema: YAML11_SCHEMA }), edit.text).toEqual(want);
    }),
    { numRuns: 600 },
  );
});

test('a number reads back as the same number and has no exponent', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...templates),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      (template, value) => {
        const edit = setYamlScalars(template, [{ key: 'a', value }]);
        expect(edit.problems).toEqual([]);
        expect((parse(edit.text) as { a: number }).a === value, edit.text).toBe(true);
        expect(edit.text).not.toMatch(/\de[-+\d]/i);
      },
    ),
    { numRuns: 300 },
  );
});
