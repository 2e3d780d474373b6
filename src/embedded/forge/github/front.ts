import type { Front, Refusal } from '../core/front.ts';
import { createPageReader } from '../core/page.ts';
import type { Reply } from '../core/reply.ts';
import { describeMerge } from './operations.ts';
import { problem } from './problem.ts';
import { pullUrl } from './render.ts';
import { routeGitHub } from './routes.ts';

const refusals: Readonly<Record<Refusal, Reply>> = {
  unauthenticated: problem(401, 'Requires authentication'),
  'wrong-token': problem(401, 'Bad credentials'),
  forbidden: problem(403, 'Resource not accessible by personal access token'),
  'rate-limited': problem(403, 'API rate limit exceeded for user ID 1.'),
  malformed: problem(400, 'Problems parsing JSON'),
  broken: problem(500, 'Server Error'),
};

/** GitHub's REST API, at the root of its host or below "/api/v3". */
export const githubFront: Front = {
  urls: { web: 'https://github.com', api: 'https://api.github.com' },
  route: routeGitHub,
  refuse: (refusal) => refusals[refusal],
  limitHeaders: ({ limit, used, remaining, endsAtMs }) => ({
    'x-ratelimit-limit': String(limit),
    'x-ratelimit-remaining': String(remaining),
    'x-ratelimit-used': String(Math.min(limit, used)),
    'x-ratelimit-reset': String(Math.ceil(endsAtMs / 1000)),
    'x-ratelimit-resource': 'core',
  }),
  pullUrl,
  // For example "/example/gitops/pull/1".
  readPage: createPageReader(/^\/(?<name>.+)\/pull\/(?<number>\d{1,9})\/?$/),
  describeMerge,
};
