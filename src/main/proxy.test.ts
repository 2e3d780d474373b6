import { expect, test } from 'vitest';
import { createProxyRule } from './proxy.ts';

const proxy = 'http://proxy:3128';
const rows: { name: string; given: Record<string, string>; url: string; want: string | undefined }[] = [
  { name: 'nothing set', given: {}, url: 'https://kube:6443', want: undefined },
  { name: 'https', given: { HTTPS_PROXY: proxy }, url: 'https://kube:6443', want: proxy },
  { name: 'lower case', given: { https_proxy: proxy }, url: 'https://kube:6443', want: proxy },
  { name: 'without a scheme', given: { HTTPS_PROXY: 'proxy:3128' }, url: 'https://kube', want: proxy },
  { name: 'the other scheme', given: { HTTP_PROXY: proxy }, url: 'https://kube:6443', want: undefined },
  { name: 'this machine', given: { HTTPS_PROXY: proxy }, url: 'https://127.0.0.1:6443', want: undefined },
  { name: 'IPv6 of this machine', given: { HTTPS_PROXY: proxy }, url: 'https://[::1]:6443', want: undefined },
  ...[
    { no: '10.96.0.0/12', url: 'https://10.96.0.1', want: undefined },
    { no: '10.96.0.0/12', url: 'https://10.112.0.1', want: proxy },
    { no: 'fd00::/8', url: 'https://[fd00::1]:6443', want: undefined },
    { no: '10.96.0.1', url: 'https://10.96.0.1', want: undefined },
    { no: 'svc.local, internal', url: 'https://kube.internal', want: undefined },
    { no: '.internal', url: 'https://internal', want: proxy },
    { no: '.internal', url: 'https://kube.internal', want: undefined },
    { no: 'internal', url: 'https://notinternal', want: proxy },
    { no: 'kube:6443', url: 'https://kube:6443', want: undefined },
    { no: 'kube:6443', url: 'https://kube', want: proxy },
    { no: '*', url: 'https://kube', want: undefined },
    { no: '10.0.0.0/99', url: 'https://10.0.0.1', want: proxy },
  ].map(({ no, url, want }) => ({
    name: `NO_PROXY=${no}`,
    given: { HTTPS_PROXY: proxy, NO_PROXY: no },
    url,
    want,
  })),
];
test.each(rows)('$name: $url', ({ given, url, want }) => {
  expect(createProxyRule(given)(url)).toBe(want);
});
