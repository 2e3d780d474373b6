import { defineErrors } from '../../base/index.ts';

/** Errors of reading requests in embedded servers. */
export const embeddedHttpErrors = defineErrors({
  'embedded-http.too-large': {
    disposition: 'stop',
    summary: 'The body of a request is larger than the limit.',
    help: 'Send less at once.',
  },
  'embedded-http.malformed': {
    disposition: 'stop',
    summary: 'The body of a request cannot be read.',
    help: 'Send what the protocol asks for.',
  },
});
