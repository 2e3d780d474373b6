import { defineErrors } from '../../base/index.ts';

/** What can go wrong in the Project controller itself. */
export const projectErrors = defineErrors({
  'project.unexpected': {
    disposition: 'retry',
    summary: 'Something failed that no adapter has a code for.',
    help: 'It is tried again; if it stays, the log line has the cause.',
  },
});
