import { defineErrors } from '../base/index.ts';

/** Errors of the HTTP client. */
export const httpErrors = defineErrors({
  'http.invalid-request': {
    disposition: 'stop',
    summary: 'The address of a request cannot be used.',
    help: 'Write an absolute http or https address without user name and password.',
  },
  'http.unreachable': {
    disposition: 'retry',
    summary: 'No connection to the server, or the connection broke.',
    help: 'Check the host name, the network policy and that the server is up.',
  },
  'http.tls-failed': {
    disposition: 'stop',
    summary: 'The certificate of the server was not accepted.',
    help: 'Trust the issuing CA by SSL_CERT_FILE, or set insecureSkipTLSVerify where the field exists.',
  },
  'http.timeout': {
    disposition: 'retry',
    summary: 'The server did not answer within the time limit.',
    help: 'Check that the server is not overloaded; it is tried again.',
  },
  'http.too-large': {
    disposition: 'stop',
    summary: 'The answer is larger than the limit for its kind.',
    help: 'Check that the address is the one you mean; the limit protects the process.',
  },
  'http.host-paused': {
    disposition: 'wait',
    summary: 'The host asked for a pause, or fails again and again.',
    help: 'It is tried again by itself; a credential often raises the limit of a registry.',
  },
  'http.host-busy': {
    disposition: 'wait',
    summary: 'More requests wait for the host than its budget lets through in a minute.',
    help: 'It is tried again by itself; IMAGE_REGISTRY_RATE_LIMIT sets the budget.',
  },
  'http.redirect-refused': {
    disposition: 'stop',
    summary: 'The server redirects to where it must not, or too often.',
    help: 'Use the address that the redirect leads to, if you trust it.',
  },
});
