import { argocdTable } from './argocd.ts';
import { argocdHealthTable } from './argocd-health.ts';
import { chartSelectTable } from './chart-select.ts';
import { creationCriteriaTable } from './creation-criteria.ts';
import { exprTable } from './expr.ts';
import { freightAvailabilityTable } from './freight-availability.ts';
import { freightIdTable } from './freight-id.ts';
import { gitSelectTable } from './git-select.ts';
import { imageSelectTable } from './image-select.ts';
import { orchestrationTable } from './orchestration.ts';
import { semverTable } from './semver.ts';
import { stepConfigTable } from './step-config.ts';
import { stepEvalTable } from './step-eval.ts';
import { stepRunTable } from './step-run.ts';
import type { Table } from './table.ts';
import { taskInflationTable } from './task-inflation.ts';
import { urlsTable } from './urls.ts';
import { yamlUpdateTable } from './yaml-update.ts';

/** Every table that can be run, by name. */
export const tables: readonly Table[] = [
  argocdHealthTable,
  argocdTable,
  chartSelectTable,
  creationCriteriaTable,
  exprTable,
  freightAvailabilityTable,
  freightIdTable,
  gitSelectTable,
  imageSelectTable,
  orchestrationTable,
  semverTable,
  stepConfigTable,
  stepEvalTable,
  stepRunTable,
  taskInflationTable,
  urlsTable,
  yamlUpdateTable,
];
