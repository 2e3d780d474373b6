import type { Front, Refusal } from '../core/front.ts';
import { createPageReader } from '../core/page.ts';
import { secondsLeft } from '../core/rate-limit.ts';
import type { Reply } from '../core/reply.ts';
import { describeMerge } from './merge.ts';
import { pullUrl } from './render.ts';
import { refuse, signIn } from './reply.ts';
import { routeAzure } from './routes.ts';

const refusals: Readonly<Record<Refusal, Reply>> = {
  unauthenticated: signIn,
  'wrong-token': { status: 401 },
  forbidden: refuse(
    403,
    'TF401027: You need the Git PullRequestContribute permission to perform this action.',
    'GitNeedsPermissionException',
  ),
  'rate-limited': refuse(
    429,
    'TF400733: The request has been canceled: too many requests.',
    'RequestBlockedException',
  ),
  malformed: refuse(400, 'TF400898: the body of the request cannot be read', 'InvalidArgumentValueException'),
  broken: refuse(500, 'TF400898: An Internal Error Occurred.', 'Exception'),
};

/** Azure DevOps' REST API, below the project of a repository. */
export const azureFront: Front = {
  urls: { web: 'https://dev.azure.com', api: 'https://dev.azure.com' },
  route: routeAzure,
  refuse: (refusal) => refusals[refusal],
  // It speaks of a budget only when that is nearly spent.
  limitHeaders: (window) =>
    window.isWithin
      ? {}
      : {
          'x-ratelimit-resource': 'Core',
          'x-ratelimit-limit': String(window.limit),
          'x-ratelimit-remaining': String(window.remaining),
          'x-ratelimit-reset': String(Math.ceil(window.endsAtMs / 1000)),
          'retry-after': String(secondsLeft(window)),
        },
  pullUrl,
  // For example "/org/project/_git/repo/pullrequest/1".
  readPage: createPageReader(/^\/(?<name>.+\/_git\/[^/]+)\/pullrequest\/(?<number>\d{1,9})\/?$/),
  describeMerge,
};
