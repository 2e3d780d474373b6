import type { Front, Refusal } from '../core/front.ts';
import { createPageReader } from '../core/page.ts';
import type { Reply } from '../core/reply.ts';
import { describeMerge } from './merge.ts';
import { pullUrl } from './render.ts';
import { refuse } from './reply.ts';
import { routeBitbucketCloud } from './routes.ts';

const refusals: Readonly<Record<Refusal, Reply>> = {
  unauthenticated: refuse(401, 'Authentication required'),
  'wrong-token': refuse(401, 'Token is invalid, expired, or not supported for this endpoint.'),
  forbidden: refuse(403, 'Your credentials lack one or more required privilege scopes.'),
  'rate-limited': refuse(429, 'Rate limit for this resource has been exceeded'),
  malformed: refuse(400, 'Bad request'),
  broken: refuse(500, 'Something went wrong'),
};

/** Bitbucket Cloud's REST API, below "/2.0" of a host of its own. */
export const bitbucketCloudFront: Front = {
  urls: { web: 'https://bitbucket.org', api: 'https://api.bitbucket.org/2.0' },
  route: routeBitbucketCloud,
  refuse: (refusal) => refusals[refusal],
  // How long to wait it does not say.
  limitHeaders: ({ limit, remaining }) => ({
    'x-ratelimit-limit': String(limit),
    'x-ratelimit-resource': 'api',
    'x-ratelimit-nearlimit': String(remaining < limit / 5),
  }),
  pullUrl,
  // For example "/example/gitops/pull-requests/1".
  readPage: createPageReader(/^\/(?<name>.+)\/pull-requests\/(?<number>\d{1,9})\/?$/),
  describeMerge,
};
