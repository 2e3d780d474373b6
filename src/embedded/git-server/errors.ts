import { defineErrors } from '../../base/index.ts';

/** Errors of the embedded git server's own functions; over HTTP it speaks git's protocol. */
export const gitServerErrors = defineErrors({
  'git-server.not-found': {
    disposition: 'stop',
    summary: 'A repository, reference or path does not exist in the embedded git server.',
    help: 'Push it first, or check the name.',
  },
  'git-server.object-missing': {
    disposition: 'stop',
    summary: 'A repository of the embedded git server does not have an object.',
    help: 'Push it first.',
  },
});
