import { expect, test } from 'vitest';
import { parseLimits, parseRetryAfterMs } from './limits.ts';

const nowMs = Date.parse('2026-01-02T03:04:05Z');
const delays = [
  { header: undefined, want: undefined },
  { header: '7', want: 7000 },
  { header: '0.5', want: 500 },
  { header: '99999999', want: 3_600_000 },
  { header: 'Fri, 02 Jan 2026 03:04:35 GMT', want: 30_000 },
  { header: 'Fri, 02 Jan 2026 03:04:00 GMT', want: 0 },
  { header: 'soon', want: undefined },
];
test.each(delays)('Retry-After: $header', ({ header, want }) => {
  expect(parseRetryAfterMs(header, nowMs)).toBe(want);
});

const rows: { name: string; headers: Record<string, string>; want: object }[] = [
  { name: 'says nothing', headers: {}, want: { isOfPulls: false } },
  {
    name: 'is Docker Hub',
    headers: { 'ratelimit-limit': '100;w=21600', 'ratelimit-remaining': '0;w=21600' },
    want: { isOfPulls: true, remaining: 0, resetMs: 216_000 },
  },
  {
    name: 'follows the first drafts',
    headers: { 'ratelimit-limit': '10', 'ratelimit-remaining': '3', 'ratelimit-reset': '50' },
    want: { isOfPulls: false, remaining: 3, resetMs: 50_000 },
  },
  {
    name: 'follows the middle drafts',
    headers: { ratelimit: 'limit=100, remaining=50, reset=30' },
    want: { isOfPulls: false, remaining: 50, resetMs: 30_000 },
  },
  {
    name: 'follows the last drafts',
    headers: { ratelimit: '"default";r=5;t=20' },
    want: { isOfPulls: false, remaining: 5, resetMs: 20_000 },
  },
  {
    name: 'is GitHub',
    headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(nowMs / 1000 + 60) },
    want: { isOfPulls: false, remaining: 0, resetMs: 60_000 },
  },
  {
    name: 'counts in milliseconds since 1970',
    headers: { 'x-rate-limit-remaining': '0', 'x-rate-limit-reset': String(nowMs + 9_000) },
    want: { isOfPulls: false, remaining: 0, resetMs: 9_000 },
  },
  {
    name: 'is nonsense',
    headers: { 'ratelimit-remaining': 'many', 'ratelimit-reset': '-1', ratelimit: 'r' },
    want: { isOfPulls: false },
  },
];
test.each(rows)('a host that $name', ({ headers, want }) => {
  expect(parseLimits(headers, nowMs)).toEqual(want);
});
