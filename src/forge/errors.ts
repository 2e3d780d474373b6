import { defineErrors } from '../base/index.ts';

/** Errors of talking to git hosts about pull requests. */
export const forgeErrors = defineErrors({
  'forge.auth-failed': {
    disposition: 'stop',
    summary: 'The git host does not accept the credential, or it may not do this.',
    help: 'Check that the token is valid and may read and write pull requests of the repository.',
  },
  'forge.not-found': {
    disposition: 'stop',
    summary: 'The git host knows no such repository or pull request, or hides it from this credential.',
    help: 'Check the repository address and that the token may see it.',
  },
  'forge.rejected': {
    disposition: 'stop',
    summary: 'The git host understood the request and said no.',
    help: 'Read the reason that the host gives.',
  },
  'forge.rate-limited': {
    disposition: 'wait',
    summary: 'The git host asks for fewer requests.',
    help: 'Nothing to do; it goes on by itself when the host allows.',
  },
  'forge.unreachable': {
    disposition: 'retry',
    summary: 'The git host cannot be reached or has an internal error.',
    help: 'Check the network and the status page of the host; it is tried again.',
  },
  'forge.protocol': {
    disposition: 'stop',
    summary: 'The git host’s answer is not what its API promises.',
    help: 'Check that the repository address belongs to the provider that is named.',
  },
  'forge.unknown-provider': {
    disposition: 'stop',
    summary: 'The kind of git host cannot be told from its name, or the name fits two.',
    help: 'Set "provider" to azure, bitbucket, gitea, github or gitlab.',
  },
  'forge.unsupported': {
    disposition: 'stop',
    summary: 'The kind of git host cannot do what was asked for.',
    help: 'Leave out what the message names.',
  },
});
