import { describe, expect, test } from 'vitest';
import { findRegistry, parseRegistriesConf } from './registries-conf.ts';

const pem = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
const noFiles = (path: string): string => {
  if (path === '/ca.pem') return pem;
  if (path === '/empty.pem') return 'nothing';
  throw new Error('absent');
};
const parse = (text: string) => parseRegistriesConf(text, noFiles);

const example = `
registries:
- name: Docker Hub
  prefix: docker.io
  api_url: https://registry-1.docker.io/
  credentials: secret:foo/bar#creds
  defaultns: library
  default: yes
- name: Google
  prefix: gcr.io
  api_url: https://gcr.io
  ping: no
  credentials: pullsecret:foo/bar
- name: RedHat
  prefix: registry.access.redhat.com
  api_url: http://registry.access.redhat.com
  insecure: true
  credentials: env:REDHAT_CREDS
  tagsortmode: latest_first
  limit: 0
- name: ECR
  prefix: 123456789.dkr.ecr.eu-west-1.amazonaws.com
  credentials: ext:/scripts/auth1.sh
  credsexpire: 10h
  ca_file: /ca.pem
`;

test('every field is read, with the defaults', () => {
  const result = parse(example);
  expect(result).toMatchObject({
    ok: true,
    entries: [
      {
        apiUrl: 'https://registry-1.docker.io',
        isDefault: true,
        defaultNamespace: 'library',
        limit: undefined,
      },
      { prefix: 'gcr.io', credentials: { kind: 'pullsecret', namespace: 'foo', name: 'bar' } },
      { insecure: true, tagSortMode: 'latest-first', limit: 0, apiUrl: 'http://registry.access.redhat.com' },
      {
        credentialsLifeMs: 36_000_000,
        caPem: pem,
        apiUrl: 'https://123456789.dkr.ecr.eu-west-1.amazonaws.com',
      },
    ],
  });
  expect(result.ok && result.warnings.join()).toContain('line 20: registries[2].limit: is 0');
});

test.each(['', '# nothing\n', 'registries:\n', 'registries: []'])('%j is an empty configuration', (text) => {
  expect(parse(text)).toMatchObject({ ok: true, entries: [] });
});

const entry = (lines: string): string => `registries:\n- name: x\n  prefix: ghcr.io\n  ${lines}\n`;

describe('what is refused is named with line and field', () => {
  test.each([
    { given: entry('speed: 5'), want: 'line 4: registries[0].speed: is not known' },
    { given: entry('name: z'), want: /^line 4: .*unique/ },
    { given: 'registry: []', want: 'line 1: registry: is not known' },
    { given: '- a', want: 'line 1: the file: expected the one key "registries"' },
    { given: 'registries:\n- prefix: a.io', want: 'line 2: registries[0].name: is required' },
    { given: 'registries:\n- name: x', want: 'line 2: registries[0].prefix: is required' },
    { given: 'registries: {', want: /^line 1: / },
    { given: entry('insecure: maybe'), want: 'line 4: registries[0].insecure: expected true or false' },
    { given: entry('limit: -1'), want: /^line 4: registries\[0\].limit: expected a whole number/ },
    { given: entry('limit: 1.5'), want: /^line 4: registries\[0\].limit: expected a whole number/ },
    { given: entry('credsexpire: 3600'), want: /^line 4: registries\[0\].credsexpire: .*unit/ },
    { given: entry('credsexpire: soon'), want: /^line 4: registries\[0\].credsexpire: .*unit/ },
    { given: entry('credentials: env:A:B'), want: /^line 4: registries\[0\].credentials: .*one colon/ },
    { given: entry('tagsortmode: newest'), want: /^line 4: registries\[0\].tagsortmode: expected none/ },
    { given: entry('api_url: ghcr.io'), want: /^line 4: registries\[0\].api_url: expected an http/ },
    {
      given: entry('api_url: https://u:SECRET@ghcr.io'),
      want: /^line 4: registries\[0\].api_url: expected an http/,
    },
    { given: entry('ca_file: /absent.pem'), want: /^line 4: registries\[0\].ca_file: the file/ },
    {
      given: entry('ca_file: /empty.pem'),
      want: 'line 4: registries[0].ca_file: there is no certificate in PEM',
    },
    {
      given: entry('ca_data: nothing'),
      want: 'line 4: registries[0].ca_data: there is no certificate in PEM',
    },
    { given: entry('defaultns: [a]'), want: 'line 4: registries[0].defaultns: expected a text' },
    {
      given: `${entry('default: true')}- name: z\n  prefix: b.io\n  default: true`,
      want: 'line 7: registries[1].default: there is another default',
    },
    {
      given: `${entry('default: true')}- name: z\n  prefix: GHCR.io/`,
      want: 'line 6: registries[1].prefix: "ghcr.io" stands twice',
    },
  ])('$want', ({ given, want }) => {
    const result = parse(given);
    expect(result.ok ? undefined : result.problems[0]).toMatch(
      want instanceof RegExp ? want : want.replace(/\s+$/, ''),
    );
    expect(JSON.stringify(result)).not.toContain('SECRET');
  });

  test('all of them at once', () => {
    const result = parse(entry('speed: 5\n  limit: many\n  ping: 3'));
    expect(result.ok ? [] : result.problems).toHaveLength(3);
  });
});

describe('which entry serves a place', () => {
  const conf = (prefixes: readonly string[]) => {
    const lines = prefixes.map((prefix) => `- name: ${prefix}\n  prefix: ${prefix}`);
    const result = parse(`registries:\n${lines.join('\n')}`);
    if (!result.ok) throw new Error(result.problems.join());
    return result;
  };
  const prefixes = ['ghcr.io', 'ghcr.io/acme', 'docker.io', 'host:5000'];
  test.each([
    { place: 'ghcr.io/acme/app', want: 'ghcr.io/acme', because: 'the longest' },
    { place: 'ghcr.io/acme-evil/app', want: 'ghcr.io', because: 'at boundaries only' },
    { place: 'ghcr.io.evil.example/a', want: undefined, because: 'at boundaries only' },
    { place: 'docker.io/library/nginx', want: 'docker.io', because: 'a name without a host is here' },
    { place: 'host:5000/a', want: 'host:5000', because: 'with its port' },
    { place: 'host/a', want: undefined, because: 'with its port' },
  ])('$place: $because', ({ place, want }) => {
    expect(findRegistry(conf(prefixes), place)?.prefix).toBe(want);
    expect(findRegistry(conf([...prefixes].reverse()), place)?.prefix).toBe(want);
  });
});
