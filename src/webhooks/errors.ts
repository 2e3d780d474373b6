import { defineErrors } from '../base/index.ts';

/** What can go wrong in the webhooks themselves. */
export const webhookErrors = defineErrors({
  'webhook.bad-pattern': {
    disposition: 'stop',
    summary: 'The expression for control-plane users is malformed.',
    help: 'Write an RE2 expression that matches whole user names, e.g. "^system:serviceaccount:kargo:kargo-controller$".',
  },
});
