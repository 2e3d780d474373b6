/** The argocd-update step: Applications are changed and synchronized. Start at `plan.ts`. */
import { defineStep } from '../define.ts';
import { run } from './run.ts';
import { ArgocdUpdateConfig, ArgocdUpdateOutput } from './schema.ts';

const defaultTimeoutMs = 5 * 60 * 1000;

/** The argocd-update step. */
export const argocdUpdate = defineStep({
  name: 'argocd-update',
  config: ArgocdUpdateConfig,
  output: ArgocdUpdateOutput,
  needs: ['argocd'],
  effect: 'wait',
  defaultTimeoutMs,
  run,
});
