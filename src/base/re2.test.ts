import { expect, test } from 'vitest';
import { compileRe2 } from './re2.ts';

const cases = [
  { source: 'b+', text: 'abbc', want: true, because: 'an expression without anchors matches anywhere' },
  { source: '^b', text: 'ab', want: false, because: 'an anchor holds' },
  { source: '^\\d+$', text: '12', want: true, because: 'classes are known' },
  { source: '(a+)+$', text: `${'a'.repeat(5000)}b`, want: false, because: 'nothing makes it slow' },
];
test.each(cases)('$source on $text.length characters', ({ source, text, want, because }) => {
  const result = compileRe2(source);
  expect(result.ok && result.re2.test(text), because).toBe(want);
});

test.each(['a(?=b)', '(a)\\1', '('])('refuses %s', (source) => {
  expect(compileRe2(source).ok).toBe(false);
});
