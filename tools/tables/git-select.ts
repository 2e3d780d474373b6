import { compilePathRule, type GitCriteria, touches } from '../../src/domain/index.ts';
import { type GitFixtures, selectGitRow } from '../../test/support/git-rows.ts';
import { compareOutcome, type Outcome, type Row, type Table } from './table.ts';

/** Selection of commits, by the pure rules. */
export const gitSelectTable: Table = {
  name: 'git-select',
  prepare(fixtures) {
    const { histories } = fixtures as unknown as { readonly histories: GitFixtures };
    return (row) => {
      if (row.group === 'path' || row.group === 'pathset') return runPathRow(row);
      const input = row.input as unknown as { readonly history: string; readonly subscription: GitCriteria };
      const actual = selectGitRow(histories, input);
      if (row.error === true) return { passed: actual === 'error', actual };
      return compareOutcome(row.expect, actual);
    };
  },
};

function runPathRow(row: Row): Outcome {
  const texts = (name: string): readonly string[] => (row.input[name] ?? []) as readonly string[];
  const compiled = compilePathRule(texts('includePaths'), texts('excludePaths'));
  if (!compiled.ok) return { passed: row.error === true, actual: compiled.problem };
  const { rule } = compiled;
  const isSelected = (paths: readonly string[]): boolean => rule === undefined || touches(rule, paths);
  if (row.group === 'pathset') return compareOutcome(row.expect, isSelected(texts('changedPaths')));
  return compareOutcome(
    row.expect,
    texts('eachOf').filter((path) => isSelected([path])),
  );
}
