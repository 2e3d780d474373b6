import { expect, test } from 'vitest';
import { parseYaml, parseYamlDocuments, stringifyYaml, yamlErrors } from './index.ts';

const readings: { name: string; text: string; want: unknown; because: string }[] = [
  {
    name: 'booleans',
    text: 'a: yes\nb: on',
    want: { a: true, b: true },
    because: 'Kubernetes tools read YAML 1.1',
  },
  { name: 'octal', text: 'a: 0755\nb: 0o17\nc: 089', want: { a: 493, b: 15, c: 89 }, because: 'as YAML 1.1' },
  { name: 'dates', text: 'a: 2024-01-01', want: { a: '2024-01-01' }, because: 'JSON has no dates' },
  { name: 'sexagesimals', text: 'a: 1:30', want: { a: '1:30' }, because: 'nobody means 90' },
  {
    name: 'merge keys',
    text: 'k: &m {x: 1}\nl: {<<: *m, z: 2}',
    want: { k: { x: 1 }, l: { x: 1, z: 2 } },
    because: 'values files use them',
  },
  { name: 'doubled keys', text: 'a: 1\na: 2', want: { a: 2 }, because: 'the last one counts' },
  { name: 'numbers as keys', text: '1: a', want: { '1': 'a' }, because: 'JSON has string keys only' },
  { name: 'other tags', text: 'a: !custom x', want: { a: 'x' }, because: 'the text stands for itself' },
  { name: 'nothing', text: '# nothing\n', want: null, because: 'an empty document is null' },
];
test.each(readings)('reads $name', ({ text, want, because }) => {
  expect(parseYaml(text), because).toEqual(want);
});

test('reads several documents as a list', () => {
  expect(parseYamlDocuments('a: 1\n---\nb: 2\n')).toEqual([{ a: 1 }, { b: 2 }]);
});

const bomb = `a0: &a0 [x]\n${Array.from({ length: 30 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}]`).join('\n')}`;
const refused = [
  { name: 'text that is not YAML', text: 'a: [1', code: 'yaml.invalid' },
  { name: 'several documents', text: 'a: 1\n---\nb: 2\n', code: 'yaml.invalid' },
  { name: 'infinity', text: 'a: .inf', code: 'yaml.invalid' },
  { name: 'collections as keys', text: '? [x]\n: 1', code: 'yaml.invalid' },
  { name: 'circles', text: 'a: &a [*a]', code: 'yaml.too-large' },
  { name: 'alias bombs', text: bomb, code: 'yaml.too-large' },
] as const;
test.each(refused)('refuses $name', ({ text, code }) => {
  try {
    parseYaml(text);
    expect.unreachable();
  } catch (error) {
    expect(yamlErrors.is(error, code), String(error)).toBe(true);
  }
});

test('what is written reads back the same', () => {
  const value = {
    a: 'yes',
    b: '1:30',
    c: ['0755', 1, null, { d: '' }],
    e: 'x\ny\n',
    f: '2024-01-01',
    g: {},
    h: [],
  };
  expect(parseYaml(stringifyYaml(value))).toEqual(value);
});
