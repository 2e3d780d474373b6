import { defineErrors } from '../base/index.ts';

/** Errors of finding credentials. */
export const credentialsErrors = defineErrors({
  'credentials.unusable': {
    disposition: 'stop',
    summary: 'A source of credentials matches a repository but does not contain what is needed to use it.',
    help: 'Complete the source that the message names; "gantry credentials" shows what is looked at and why',
  },
  'credentials.invalid-source': {
    disposition: 'stop',
    summary: 'The description of a source of credentials is malformed.',
    help: 'Write "pullsecret:<namespace>/<name>", "secret:<namespace>/<name>#<field>", "env:<variable>" or "ext:<path>"',
  },
  'credentials.refused-source': {
    disposition: 'stop',
    summary: 'A source of credentials may not be used from where it is named.',
    help: 'A subscription may name sources in its own Project; programs and variables are for the operator, from allowed lists',
  },
  'credentials.unavailable': {
    disposition: 'retry',
    summary: 'A helper or a token service did not give the credential that it was asked for.',
    help: 'Look at the helper or service that the message names; it is asked again by itself',
  },
  'credentials.no-signing-key': {
    disposition: 'stop',
    summary: 'The signing key that the ClusterConfig names cannot be found.',
    help: 'Put an armored OpenPGP or an SSH private key under "signingKey" into the Secret that spec.gitClient.signingKeySecret names.',
  },
});
