import { expect, test } from 'vitest';
import { githubApiUrl, normalizeChartUrl, normalizeGitUrl, normalizeImageUrl } from './index.ts';

const normalizers: Readonly<Record<string, (url: string) => string>> = {
  git: normalizeGitUrl,
  image: normalizeImageUrl,
  chart: normalizeChartUrl,
};

const cases = [
  {
    kind: 'git',
    url: 'git@github.com:Example/Repo.git',
    want: 'ssh://git@github.com/example/repo',
    because: 'the short form of SSH is spelled out',
  },
  {
    kind: 'git',
    url: 'https://u:p@Host/x.git/',
    want: 'https://host/x',
    because: 'user, case, slash and suffix do not matter',
  },
  {
    kind: 'git',
    url: 'https://Host/x?y=z',
    want: 'https://Host/x?y=z',
    because: 'an address with a query is left alone',
  },
  {
    kind: 'git',
    url: 'https://host/ΑΣ',
    want: 'https://host/%CE%B1%CF%83',
    because: 'letters are lowered one by one',
  },
  { kind: 'image', url: 'docker.io/library/nginx:1', want: 'nginx', because: 'Docker Hub is implied' },
  {
    kind: 'chart',
    url: 'oci://GHCR.io/Example/Chart',
    want: 'ghcr.io/example/chart',
    because: 'charts in registries compare as images',
  },
];
test.each(cases)('$kind $url becomes $want', ({ kind, url, want, because }) => {
  expect((normalizers[kind] ?? String)(url), because).toBe(want);
});

test.each([
  { scheme: 'https', host: 'github.com', want: 'https://api.github.com' },
  { scheme: 'http', host: 'GitHub.com', want: 'https://api.github.com' },
  { scheme: 'https', host: 'corp.ghe.com', want: 'https://api.corp.ghe.com' },
  { scheme: 'https', host: 'github.corp.example:8443', want: 'https://github.corp.example:8443/api/v3' },
  { scheme: 'http', host: 'git.example', want: 'http://git.example/api/v3' },
  { scheme: 'https', host: 'github.com.example', want: 'https://github.com.example/api/v3' },
] as const)('the API of $scheme://$host is $want', ({ scheme, host, want }) => {
  expect(githubApiUrl(scheme, host)).toBe(want);
});
