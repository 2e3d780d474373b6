import { expect, test } from 'vitest';
import { compileGlob } from './glob.ts';

const rows: { pattern: string; path: string; want: boolean; because: string }[] = [
  { pattern: '**', path: 'a/b', want: true, because: 'it stands for everything' },
  { pattern: 'a/**', path: 'a', want: true, because: 'it may stand for nothing' },
  { pattern: 'a/**/', path: 'a/b', want: false, because: 'no path ends with a slash' },
  { pattern: '**/b', path: 'b', want: true, because: 'no folder is a number of folders too' },
  { pattern: 'a**b', path: 'a/b', want: false, because: 'within a name it is a single star' },
  { pattern: '{a,b/{c,d}}/x', path: 'b/d/x', want: true, because: 'braces may be nested' },
  { pattern: '{a/**,b}', path: 'a/x/y', want: true, because: 'it ends the pattern that is chosen' },
  { pattern: '[a-c]x', path: 'bx', want: true, because: 'a range' },
  { pattern: '[!a]x', path: '/x', want: false, because: 'a class is never a slash' },
  { pattern: '[^a-c]', path: 'd', want: true, because: 'both signs negate' },
  { pattern: 'a\\*', path: 'a*', want: true, because: 'a backslash takes the meaning away' },
  { pattern: 'a.b', path: 'axb', want: false, because: 'a dot is a dot' },
  { pattern: '?', path: 'ü', want: true, because: 'a character, not a byte' },
];
test.each(rows)('$pattern and $path: $want', ({ pattern, path, want, because }) => {
  const compiled = compileGlob(pattern);
  expect(compiled.ok && compiled.re2.test(path), because).toBe(want);
});

test.each(['[', '[]', '[a', '{a', 'a}', 'a\\', '{a,[}]'])('%s is no pattern', (pattern) => {
  expect(compileGlob(pattern).ok).toBe(pattern === '{a,[}]}');
});

test('a pattern with too many alternatives is refused', () => {
  expect(compileGlob('{a,b}'.repeat(12))).toMatchObject({
    ok: false,
    problem: expect.stringContaining('512'),
  });
});
