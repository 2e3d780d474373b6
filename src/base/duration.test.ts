import { expect, test } from 'vitest';
import { formatDuration, parseDuration } from './duration.ts';

const parsed = [
  { text: '5m0s', wantMs: 300_000, because: 'the form that Kubernetes writes' },
  { text: '1h30m', wantMs: 5_400_000, because: 'units add up' },
  { text: '1.5h', wantMs: 5_400_000, because: 'fractions are allowed' },
  { text: '.5s', wantMs: 500, because: 'Go allows a missing integer part' },
  { text: '-2m', wantMs: -120_000, because: 'Go allows a sign' },
  { text: '0', wantMs: 0, because: 'zero alone needs no unit' },
  { text: '', wantMs: undefined, because: 'empty is not a duration' },
  { text: '5', wantMs: undefined, because: 'a number without unit is refused by Go' },
  { text: 'x5m', wantMs: undefined, because: 'the pattern must match from the start' },
  { text: '5m x', wantMs: undefined, because: 'nothing may follow' },
];
test.each(parsed)('parses $text', ({ text, wantMs, because }) => {
  expect(parseDuration(text), because).toBe(wantMs);
});

const formatted = [
  { ms: 300_000, want: '5m0s', because: 'minutes show seconds' },
  { ms: 3_600_000, want: '1h0m0s', because: 'hours show minutes and seconds' },
  { ms: 36_500, want: '36.5s', because: 'fractions are kept and trimmed' },
  { ms: 150, want: '150ms', because: 'below a second Go uses milliseconds' },
  { ms: 0, want: '0s', because: 'Go prints zero with seconds' },
  { ms: 600_000, want: '10m0s', because: 'trailing zeros of an integer stay' },
];
test.each(formatted)('formats $want', ({ ms, want, because }) => {
  expect(formatDuration(ms), because).toBe(want);
});
