import { expect, test } from 'vitest';
import { limitOf, settingsOf } from './index.ts';
import { parseRegistriesConf } from './registries-conf.ts';

const parsed = parseRegistriesConf(
  `registries:
- { name: hub, prefix: docker.io, api_url: "https://registry-1.docker.io", limit: 5, default: true, defaultns: library }
- { name: mirror, prefix: ghcr.io/team, api_url: "http://mirror.example:5000", limit: 0 }
- { name: own, prefix: own.example, insecure: true, tagsortmode: latest-last, default: no, defaultns: team }
`,
  () => '',
);
if (!parsed.ok) throw new Error(parsed.problems.join());

test.each([
  { host: 'docker.io', repository: 'library/nginx', want: {} },
  { host: 'ghcr.io', repository: 'team/app', want: { api: 'mirror.example:5000', plainHttp: true } },
  { host: 'ghcr.io', repository: 'other/app', want: undefined },
  { host: 'own.example', repository: 'team/app', want: { insecureSkipTLSVerify: true } },
  { host: 'mirror.example:5000', repository: undefined, want: { plainHttp: true } },
  { host: 'ghcr.io', repository: undefined, want: undefined },
])('$host/$repository', ({ host, repository, want }) => {
  expect(settingsOf(parsed, host, repository)).toEqual(want);
});

test.each([
  { host: 'index.docker.io', want: 5 },
  { host: 'mirror.example:5000', want: Number.POSITIVE_INFINITY },
  { host: 'own.example', want: undefined },
  { host: 'ghcr.io', want: undefined },
])('the limit at $host', ({ host, want }) => {
  expect(limitOf(parsed, host)).toBe(want);
});

test('what has no effect is told', () => {
  expect(parsed.warnings.map((warning) => warning.replace(/^line (?<line>\d+): /, ''))).toEqual([
    expect.stringContaining('registries[1].limit: is 0'),
    expect.stringContaining('registries[2].tagsortmode: has no effect'),
    expect.stringContaining('registries[2].defaultns: has no effect'),
  ]);
});
