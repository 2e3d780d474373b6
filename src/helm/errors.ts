import { defineErrors } from '../base/index.ts';

/** Errors of chart repositories. */
export const helmErrors = defineErrors({
  'helm.auth-failed': {
    disposition: 'stop',
    summary: 'The chart repository refused the credentials, or asks for some and none are configured.',
    help: 'Check the Secret of type helm for this repository: its URL, username and password',
  },
  'helm.not-found': {
    disposition: 'stop',
    summary: 'There is no chart repository at the URL.',
    help: 'Check repoURL: index.yaml must lie directly below it',
  },
  'helm.rate-limited': {
    disposition: 'wait',
    summary: 'The chart repository asks for fewer requests.',
    help: 'Nothing to do: it is tried again when the repository allows it',
  },
  'helm.unreachable': {
    disposition: 'retry',
    summary: 'The chart repository cannot be reached, is too slow or reports an error of its own.',
    help: 'Check the host name, network, proxy and certificate',
  },
  'helm.too-large': {
    disposition: 'stop',
    summary: 'The index of the chart repository is larger than the limit.',
    help: 'Split the repository, or publish the charts as OCI artifacts',
  },
  'helm.invalid-index': {
    disposition: 'retry',
    summary: 'What the chart repository gives as its index is none.',
    help: 'Check that repoURL leads to a chart repository; index.yaml is written by helm repo index',
  },
  'helm.unsupported': {
    disposition: 'stop',
    summary: 'The URL of the chart repository cannot be used.',
    help: 'Use an http or https URL without user and password',
  },
});
