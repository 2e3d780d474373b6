import { defineErrors } from '../base/index.ts';

/** Errors of looking for new artifacts. */
export const discoveryErrors = defineErrors({
  'discovery.busy': {
    disposition: 'wait',
    summary: 'Enough looks wait for a host that answers slowly.',
    help: 'Nothing to do: the look is made a little later, and those at other hosts go on',
  },
  'discovery.invalid-subscription': {
    disposition: 'stop',
    summary: 'A subscription says something that cannot be followed.',
    help: 'Correct the subscription',
  },
  'discovery.missing-branch': {
    disposition: 'stop',
    summary: 'The branch of a subscription does not exist, or the repository is empty.',
    help: 'Create the branch, or correct its name in the subscription',
  },
  'discovery.unreadable-tag': {
    disposition: 'retry',
    summary: 'A tag cannot be read, and leaving it out could select something older.',
    help: 'Push the tag again, delete it, or exclude it with ignoreTagsRegexes',
  },
});
