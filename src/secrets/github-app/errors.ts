import { defineErrors } from '../../base/index.ts';

/** Errors of getting tokens as a GitHub App. */
export const githubAppErrors = defineErrors({
  'github-app.incomplete': {
    disposition: 'stop',
    summary: 'The Secret of a GitHub App lacks what is needed to sign in as the App, or it cannot be read.',
    help: 'Give it githubAppClientID (or githubAppID), githubAppInstallationID and githubAppPrivateKey, an RSA key in PEM.',
  },
  'github-app.not-in-scope': {
    disposition: 'stop',
    summary: 'The Secret of a GitHub App does not let this Project use this repository.',
    help: 'Name the Project and the repository in the annotation kargo.akuity.io/github-token-scopes of the Secret.',
  },
  'github-app.refused': {
    disposition: 'stop',
    summary: 'GitHub does not give the App a token for the repository.',
    help: 'Check the App’s identifier, key and installation, and that the installation covers the repository.',
  },
  'github-app.rate-limited': {
    disposition: 'wait',
    summary: 'GitHub asks the App for fewer requests.',
    help: 'Nothing to do; it goes on by itself when GitHub allows.',
  },
  'github-app.unreachable': {
    disposition: 'retry',
    summary: 'GitHub cannot be reached for a token of an App, or has an internal error.',
    help: 'Check the network and the status page of the host; it is tried again.',
  },
});
