import { defineErrors } from '../base/index.ts';

/** What can go wrong inside promotion steps and their engine. */
export const stepErrors = defineErrors({
  'step.unsupported': {
    disposition: 'stop',
    summary: 'A step is configured to do something that Gantry does not do yet.',
    help: 'Remove the named field, or use another step; docs/reference/steps lists what works.',
  },
  'step.submodule-refused': {
    disposition: 'stop',
    summary:
      'What a `.gitmodules` file asks for is not followed: a path, address or command that is not safe, or too many.',
    help: 'Correct .gitmodules in the repository; addresses are https, http, ssh or relative ones.',
  },
  'step.invalid-config': {
    disposition: 'stop',
    summary: 'The configuration of a step, after its expressions were evaluated, does not fit its schema.',
    help: 'Correct the named field in the Stage or task; a new Promotion takes the correction.',
  },
  'step.expression': {
    disposition: 'stop',
    summary: 'An expression in a step could not be evaluated.',
    help: 'Correct the expression at the named position; the message lists the names that exist.',
  },
  'step.replay-diverged': {
    disposition: 'stop',
    summary:
      'After a restart a step would be configured differently from before, so the work directory cannot be rebuilt.',
    help: 'Promote the Freight again; something the configuration reads (a Secret, a ConfigMap) has changed meanwhile.',
  },
  'step.effect-unknown': {
    disposition: 'stop',
    summary:
      'A step was interrupted while it acted outside, and nothing tells whether that had an effect, so it is not repeated.',
    help: 'Check what the message names, then promote again; or set `repeatable: true` in the configuration of the step when acting twice does no harm.',
  },
  'step.journal-full': {
    disposition: 'stop',
    summary: 'The journal of a promotion has outgrown its limit of 64 KiB.',
    help: 'Split the promotion into fewer or smaller steps.',
  },
  'step.pull-request-closed': {
    disposition: 'stop',
    summary: 'The pull request that a promotion waited for was closed without being merged.',
    help: 'Promote the Freight again when it shall go ahead after all.',
  },
  'step.pull-request-not-ready': {
    disposition: 'stop',
    summary: 'A pull request that was to be merged is not ready, and the step does not wait.',
    help: 'Set `wait: true` in the configuration of the step, or promote again when it is ready.',
  },
  'step.merge-refused': {
    disposition: 'stop',
    summary: 'A pull request that was to be merged cannot be.',
    help: 'Read the reason that is given; resolve conflicts or correct `mergeMethod`, then promote again.',
  },
  'step.not-text': {
    disposition: 'stop',
    summary: 'A step was pointed at a file that is not text in UTF-8.',
    help: 'Correct the path in the configuration of the step.',
  },
  'step.sync-failed': {
    disposition: 'stop',
    summary: 'Argo CD ended a sync with a failure.',
    help: 'Look at the Application in Argo CD; promote again when it is mended.',
  },
  'step.sync-not-authorized': {
    disposition: 'stop',
    summary: 'An Application does not permit changes by this Stage.',
    help: 'Add "<project>:<stage>" to its annotation kargo.akuity.io/authorized-stage.',
  },
  'step.source-not-found': {
    disposition: 'stop',
    summary: 'A change names a source that an Application does not have.',
    help: 'Correct repoURL or chart in the configuration of the step.',
  },
  'step.crashed': {
    disposition: 'stop',
    summary: 'A step ended with an error that nobody foresaw.',
    help: 'Report it with its message and the configuration of the step, without secrets.',
  },
});
