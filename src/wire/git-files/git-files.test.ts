import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createTemporaryFolder, git, hasNativeGit, runGit } from '../../../test/support/native-git.ts';
import { fc } from '../../../test/support/properties.ts';
import {
  conversionOf,
  isLfsPointer,
  isSparseDirectory,
  lookUpAttributes,
  matchGlob,
  matchIgnore,
  parseAttributes,
  parseIgnore,
  SparseCone,
  toBytes,
  toRepository,
  toWorkTree,
} from './index.ts';

const name = fc.stringMatching(/^(?:[ab.]{1,3}|\[a\]|a b|é)$/).filter((text) => !/^\.{1,2}$/.test(text));
const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join('/'));
const patternPart = fc.constantFrom(
  'a',
  'b',
  '.',
  '*',
  '**',
  '?',
  '/',
  '/',
  '[ab]',
  '[!a]',
  '[^b-c]',
  '\\',
  '[',
);
const pattern = fc.array(patternPart, { minLength: 1, maxLength: 6 }).map((parts) => parts.join(''));
const ignoreLine = fc.tuple(
  fc.constantFrom('', '', '!', '/', '#', '\\!'),
  pattern,
  fc.constantFrom('', '/', ' ', '\\ ', '\r'),
);

describe.skipIf(!hasNativeGit)('as native git', () => {
  test('.gitignore', async () => {
    using folder = createTemporaryFolder();
    await git(folder.path, ['init', '-q']);
    const lines = fc.array(
      ignoreLine.map((parts) => parts.join('')),
      { minLength: 1, maxLength: 6 },
    );
    const property = fc.asyncProperty(
      lines,
      fc.uniqueArray(path, { minLength: 5, maxLength: 25 }),
      async (rules, paths) => {
        const text = `${rules.join('\n')}\n`;
        writeFileSync(join(folder.path, '.gitignore'), text);
        const args = ['check-ignore', '--no-index', '--stdin', '-z', '-v', '-n'];
        const { stdout } = await runGit(folder.path, args, { input: paths.join('\0') });
        const fields = stdout.toString().split('\0');
        const want = paths.map((_, index) => {
          const rule = fields[index * 4 + 2] ?? '';
          return rule === '' ? undefined : rule.startsWith('!') ? 'kept' : 'ignored';
        });
        expect(
          paths.map((one) => verdict(text, one)),
          text,
        ).toEqual(want);
      },
    );
    await fc.assert(property, { numRuns: Number(process.env['GANTRY_RUNS'] ?? 60) });
  }, 120_000);

  test('.gitattributes', async () => {
    using folder = createTemporaryFolder();
    await git(folder.path, ['init', '-q']);
    const state = fc.constantFrom(
      'text',
      '-text',
      '!text',
      'text=auto',
      'eol=crlf',
      '-eol',
      'binary',
      'ident',
      'm',
      '-m',
      '!m',
      '-',
      'x=',
    );
    const line = fc
      .tuple(
        fc.constantFrom('', '', '', '[attr]m ', '# ', '!', ' '),
        pattern,
        fc.array(state, { maxLength: 3 }),
      )
      .map(([start, first, states]) =>
        start.startsWith('[') ? `[attr]m ${states.join(' ')}` : `${start}${first} ${states.join(' ')}`,
      );
    const property = fc.asyncProperty(
      fc.array(line, { minLength: 1, maxLength: 6 }),
      fc.uniqueArray(path, { minLength: 3, maxLength: 15 }),
      async (rules, paths) => {
        const text = `${rules.join('\n')}\n`;
        writeFileSync(join(folder.path, '.gitattributes'), text);
        const asked = ['text', 'eol', 'ident', 'diff'];
        const { stdout } = await runGit(folder.path, ['check-attr', '--stdin', '-z', ...asked], {
          input: paths.join('\0'),
        });
        const fields = stdout.toString().split('\0');
        const want = paths.flatMap((_, index) =>
          asked.map((_name, at) => fields[(index * asked.length + at) * 3 + 2]),
        );
        const file = parseAttributes(Buffer.from(text));
        const got = paths.flatMap((one) => {
          const found = lookUpAttributes([file], one.split('/').map(toBytes));
          return asked.map((attribute) => toWord(found.get(attribute)));
        });
        expect(got, text).toEqual(want);
      },
    );
    await fc.assert(property, { numRuns: Number(process.env['GANTRY_RUNS'] ?? 60) });
  }, 120_000);
});

/** What a path's own rules say, as `check-ignore` does: a rule for a directory above it counts first. */
function verdict(rules: string, path: string): ReturnType<typeof matchIgnore> {
  const parsed = parseIgnore(Buffer.from(rules));
  const names = path.split('/').map(toBytes);
  for (let length = 1; length < names.length; length++) {
    if (matchIgnore(parsed, names.slice(0, length).join('/'), true) === 'ignored') return 'ignored';
  }
  return matchIgnore(parsed, names.join('/'), false);
}

function toWord(state: string | boolean | undefined): string {
  if (state === undefined) return 'unspecified';
  return state === true ? 'set' : state === false ? 'unset' : state;
}

test('patterns that would take for ever elsewhere end at once', () => {
  const stars = `${'*a'.repeat(40)}b`;
  expect(matchGlob(stars, 'a'.repeat(200), { isPath: true })).toBe(false);
  expect(matchGlob(`${'**/a'.repeat(20)}/b`, 'a/'.repeat(200), { isPath: true })).toBe(false);
});

describe('line endings', () => {
  const cases = [
    { name: 'nothing said', attributes: '', file: 'a\r\n', want: 'a\r\n', because: 'autocrlf is never on' },
    { name: 'text', attributes: '* text', file: 'a\r\nb\n\r', want: 'a\nb\n\r', because: 'a lone CR stays' },
    { name: 'auto', attributes: '* text=auto', file: 'a\r\nb\n', want: 'a\nb\n', because: '' },
    {
      name: 'auto, binary',
      attributes: '* text=auto',
      file: 'a\r\n\0',
      want: 'a\r\n\0',
      because: 'a zero byte',
    },
    { name: 'auto, lone CR', attributes: '* text=auto', file: 'a\rb\r\n', want: 'a\rb\r\n', because: '' },
    {
      name: 'binary',
      attributes: '* binary',
      file: 'a\r\n',
      want: 'a\r\n',
      because: 'a macro that unsets text',
    },
    { name: 'eol alone', attributes: '* eol=lf', file: 'a\r\n', want: 'a\n', because: 'it implies text' },
    { name: 'old crlf', attributes: '* crlf', file: 'a\r\n', want: 'a\n', because: 'the old name of text' },
    { name: 'ident', attributes: '* ident', file: '$Id: 1 $ $Id: x\n$', want: '$Id$ $Id: x\n$', because: '' },
  ];
  test.each(cases)('$name', async ({ attributes, file, want, because }) => {
    const conversion = conversionOf(lookUpAttributes([parseAttributes(Buffer.from(attributes))], ['x']));
    const stored = await toRepository(Buffer.from(file), conversion, () => Promise.resolve(false));
    expect(Buffer.from(stored).toString(), because).toBe(want);
  });

  test('a checkout with eol=crlf has CRLF, and the way back is the same', async () => {
    const conversion = conversionOf(
      lookUpAttributes([parseAttributes(Buffer.from('* eol=crlf ident'))], ['x']),
    );
    const stored = Buffer.from('a\nb $Id$\n');
    const shown = toWorkTree(stored, conversion, '12');
    expect(Buffer.from(shown).toString()).toBe('a\r\nb $Id: 12 $\r\n');
    expect(await toRepository(shown, conversion, () => Promise.resolve(false))).toEqual(stored);
  });
});

test('pointers of LFS are told from other texts', () => {
  const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'a'.repeat(64)}\nsize 12\n`;
  expect(isLfsPointer(Buffer.from(pointer))).toBe(true);
  expect(isLfsPointer(Buffer.from(pointer.slice(1)))).toBe(false);
  expect(isLfsPointer(Buffer.from(pointer + ' '.repeat(1024)))).toBe(false);
});

test('a cone shows its directories and the files above them', () => {
  const cone = new SparseCone(['a/b/', './c']);
  const looks = ['', 'a', 'a/b', 'a/b/x', 'a/x', 'c/d', 'd'].map((one) =>
    cone.look(one === '' ? [] : one.split('/')),
  );
  expect(looks).toEqual(['part', 'part', 'whole', 'whole', 'nothing', 'whole', 'nothing']);
  const refused = ['/a', 'a/../b', '*', 'a?', '[a]', 'a\\b'];
  expect(refused.filter(isSparseDirectory)).toEqual([]);
});
