import { defineErrors } from '../../base/index.ts';

/** What can go wrong with the embedded API server itself; what it answers to clients are Status objects. */
export const apiServerErrors = defineErrors({
  'apiserver.listen-failed': {
    disposition: 'stop',
    summary: 'The embedded API server could not open its port.',
    help: 'Choose another port, or 0 for a free one.',
  },
});
