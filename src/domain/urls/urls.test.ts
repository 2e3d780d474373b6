import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { normalizeChartUrl, normalizeGitUrl, normalizeImageUrl } from './index.ts';

const table = join(
  process.env['GANTRY_SHARED'] ?? join(import.meta.dirname, '../../../../shared'),
  'reference/tables/urls.jsonl',
);

interface Row {
  readonly id: string;
  readonly input: { readonly kind: string; readonly url: string };
  readonly expect: string;
}

const normalizers: Readonly<Record<string, (url: string) => string>> = {
  git: normalizeGitUrl,
  image: normalizeImageUrl,
  chart: normalizeChartUrl,
};

const rows = existsSync(table)
  ? readFileSync(table, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Row)
  : [];

describe.skipIf(rows.length === 0)('reference table urls', () => {
  test.each(Object.keys(normalizers))('%s addresses have the reference normal forms', (kind) => {
    const normalize = normalizers[kind] ?? String;
    const mine = rows.filter((row) => row.input.kind === kind);
    const got = mine.map((row) => ({ id: row.id, url: row.input.url, normal: normalize(row.input.url) }));
    expect(got).toEqual(mine.map((row) => ({ id: row.id, url: row.input.url, normal: row.expect })));
    expect(mine.length).toBeGreaterThan(10);
  });
});

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
