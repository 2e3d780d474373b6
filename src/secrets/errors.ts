import { defineErrors } from '../base/index.ts';

/** Errors of finding credentials. */
export const credentialsErrors = defineErrors({
  'credentials.unusable': {
    disposition: 'stop',
    summary: 'A Secret matches a repository but does not contain what is needed to use it.',
    help: 'Give the Secret username and password, or for git over SSH sshPrivateKey',
  },
});
