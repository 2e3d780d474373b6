import { chartSelectTable } from './chart-select.ts';
import { creationCriteriaTable } from './creation-criteria.ts';
import { exprTable } from './expr.ts';
import { gitSelectTable } from './git-select.ts';
import { imageSelectTable } from './image-select.ts';
import { semverTable } from './semver.ts';
import { stepEvalTable } from './step-eval.ts';
import type { Table } from './table.ts';
import { urlsTable } from './urls.ts';

/** Every table that can be run, by name. */
export const tables: readonly Table[] = [
  chartSelectTable,
  creationCriteriaTable,
  exprTable,
  gitSelectTable,
  imageSelectTable,
  semverTable,
  stepEvalTable,
  urlsTable,
];
