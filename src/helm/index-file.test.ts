import { expect, test } from 'vitest';
import { readChartIndex } from './index.ts';

const rows: { name: string; text: string; want: string[] | 'error' | undefined; because: string }[] = [
  {
    name: 'helm wrote',
    text: 'apiVersion: v1\nentries:\n  app:\n  - name: app\n    version: 1.10\n  - version: 2.0.0\n  z:\n  - version: 1\ngenerated: "x"\n',
    want: ['1.10', '2.0.0'],
    because: 'a version is a text',
  },
  {
    name: 'is indented more',
    text: 'entries:\r\n    "app":\r\n        - version: 1.0.0\r\n    other:\r\n        - version: 2\r\n',
    want: ['1.0.0'],
    because: 'names may be quoted and lines end as on Windows',
  },
  {
    name: 'has a text with lines like entries',
    text: 'entries:\n  app:\n  - description: |\n      entries:\n      app:\n    version: 1.0.0\n',
    want: ['1.0.0'],
    because: 'they are indented more',
  },
  {
    name: 'uses an alias from elsewhere',
    text: 'entries:\n  base: &x\n  - version: 1.0.0\n  app: *x\n',
    want: ['1.0.0'],
    because: 'the whole is read then',
  },
  {
    name: 'is JSON',
    text: '{"entries":{"app":[{"version":"1.0.0"}]}}',
    want: ['1.0.0'],
    because: 'JSON is YAML',
  },
  {
    name: 'has nothing of it',
    text: 'entries:\n  app:\n  z: []\n',
    want: undefined,
    because: 'there are no versions',
  },
  {
    name: 'has it twice',
    text: 'entries:\n  app: []\n  z: []\n  app: []\n',
    want: 'error',
    because: 'which one counts?',
  },
  {
    name: 'has entries twice',
    text: 'entries:\n  app: []\nentries:\n  app: []\n',
    want: 'error',
    because: 'the same',
  },
  { name: 'is a list', text: '- a\n', want: 'error', because: 'it is no index' },
  {
    name: 'has a mapping for it',
    text: 'entries:\n  app:\n    version: 1\n',
    want: 'error',
    because: 'versions are listed',
  },
];
test.each(rows)('an index that $name', ({ text, want, because }) => {
  const read = (): unknown => readChartIndex(text, ['app']).get('app');
  if (want === 'error') expect(read, because).toThrow('the index cannot be read');
  else expect(read(), because).toEqual(want);
});

test('a large index is not decoded beyond what is wanted', () => {
  const entry = (name: string, index: number): string =>
    `  - apiVersion: v2\n    name: ${name}\n    version: 1.0.${index}\n    urls: ["https://x.example/${name}.tgz"]\n`;
  const block = (name: string): string =>
    `  ${name}:\n${Array.from({ length: 50 }, (_, index) => entry(name, index)).join('')}`;
  const text = `entries:\n${Array.from({ length: 2000 }, (_, index) => block(`app-${index}`)).join('')}`;
  const versions = readChartIndex(text, ['app-1999']).get('app-1999');
  expect(versions).toHaveLength(50);
});
