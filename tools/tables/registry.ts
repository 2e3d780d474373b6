import { exprTable } from './expr.ts';
import { semverTable } from './semver.ts';
import { stepEvalTable } from './step-eval.ts';
import type { Table } from './table.ts';

/** Every table that can be run, by name. */
export const tables: readonly Table[] = [exprTable, semverTable, stepEvalTable];
