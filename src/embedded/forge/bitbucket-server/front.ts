import type { Front, Refusal } from '../core/front.ts';
import { createPageReader } from '../core/page.ts';
import { secondsLeft } from '../core/rate-limit.ts';
import type { Reply } from '../core/reply.ts';
import { describeMerge } from './merge.ts';
import { pullUrl } from './render.ts';
import { refuse } from './reply.ts';
import { routeBitbucketServer } from './routes.ts';

const refusals: Readonly<Record<Refusal, Reply>> = {
  unauthenticated: refuse(401, 'You are not permitted to access this resource', 'AuthorisationException'),
  'wrong-token': refuse(
    401,
    'Authentication failed. Please check your credentials and try again.',
    'auth.IncorrectPasswordAuthenticationException',
  ),
  forbidden: refuse(403, 'You are not permitted to perform this action', 'AuthorisationException'),
  'rate-limited': refuse(429, 'You have been rate limited', 'RateLimitException'),
  malformed: refuse(400, 'The request cannot be read', 'validation.ArgumentValidationException'),
  broken: refuse(500, 'An error occurred while processing the request', 'ServerException'),
};

/** Bitbucket Data Center's REST API, below "/rest/api/1.0". */
export const bitbucketServerFront: Front = {
  urls: { web: 'https://bitbucket.example.com', api: 'https://bitbucket.example.com/rest/api/1.0' },
  route: routeBitbucketServer,
  refuse: (refusal) => refusals[refusal],
  limitHeaders: (window) => ({
    'x-ratelimit-limit': String(window.limit),
    'x-ratelimit-remaining': String(window.remaining),
    'x-ratelimit-interval-seconds': '1',
    'x-ratelimit-fillrate': '1',
    ...(window.isWithin ? {} : { 'retry-after': String(secondsLeft(window)) }),
  }),
  pullUrl,
  // For example "/projects/OPS/repos/gitops/pull-requests/1".
  readPage: createPageReader(
    /^\/projects\/(?<name>[^/]+\/repos\/[^/]+)\/pull-requests\/(?<number>\d{1,9})\/?$/,
    (name) => `scm/${name.replace('/repos/', '/')}`,
  ),
  describeMerge,
};
