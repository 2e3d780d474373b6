import { compileChartRule } from '../../src/domain/index.ts';
import { readChartIndex } from '../../src/helm/index.ts';
import { compareOutcome, type Row, type Table } from './table.ts';

interface ChartInput {
  readonly kind: 'http' | 'oci' | 'bad-url';
  readonly name?: string;
  readonly repoURL?: string;
  readonly repoURLTrailingSlash?: boolean;
  readonly semverConstraint?: string;
  readonly discoveryLimit?: number;
  readonly index?: string;
  readonly indexStatus?: number;
  readonly tags?: readonly string[];
}

/** Selection of chart versions, by the pure rules and the reading of an index. */
export const chartSelectTable: Table = {
  name: 'chart-select',
  prepare: () => (row) => {
    const actual = select(row);
    if (row.error === true) return { passed: actual === 'error', actual };
    return compareOutcome(row.expect, actual);
  },
};

function select(row: Row): readonly string[] | 'error' {
  const { index = '', indexStatus, tags = [], ...input } = row.input as unknown as ChartInput;
  const slash = input.repoURLTrailingSlash === true ? '/' : '';
  const place = input.kind === 'oci' ? 'oci://ghcr.io/example/app' : `https://charts.example${slash}`;
  const compiled = compileChartRule({ ...input, repoURL: input.repoURL ?? place });
  if (!compiled.ok) return 'error';
  if (compiled.rule.place.kind === 'oci') return compiled.rule.select(tags);
  if (indexStatus !== 200) return 'error';
  const { name } = compiled.rule.place;
  try {
    return compiled.rule.select(readChartIndex(index, [name]).get(name) ?? []);
  } catch {
    return 'error';
  }
}
