import type { StepDefinition } from '../ports/index.ts';
import { argocdUpdate } from './argocd-update/index.ts';
import { composeOutput } from './compose-output/index.ts';
import { copy } from './copy/index.ts';
import { gitClear } from './git-clear/index.ts';
import { gitClone } from './git-clone/index.ts';
import { gitCommit } from './git-commit/index.ts';
import { gitMergePr } from './git-merge-pr/index.ts';
import { gitOpenPr } from './git-open-pr/index.ts';
import { gitPush } from './git-push/index.ts';
import { gitTag } from './git-tag/index.ts';
import { gitWaitForPr } from './git-wait-for-pr/index.ts';
import { yamlUpdate } from './yaml-update/index.ts';

/** Every step kind there is. A test compares this list with the folders. */
export const stepDefinitions: readonly StepDefinition[] = [
  argocdUpdate,
  composeOutput,
  copy,
  gitClear,
  gitClone,
  gitCommit,
  gitMergePr,
  gitOpenPr,
  gitPush,
  gitTag,
  gitWaitForPr,
  yamlUpdate,
];
