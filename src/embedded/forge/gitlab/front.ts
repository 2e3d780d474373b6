import type { Front, Refusal } from '../core/front.ts';
import { createPageReader } from '../core/page.ts';
import { secondsLeft } from '../core/rate-limit.ts';
import type { Reply } from '../core/reply.ts';
import { describeMerge } from './merge.ts';
import { pullUrl } from './render.ts';
import { routeGitLab } from './routes.ts';

const refusals: Readonly<Record<Refusal, Reply>> = {
  unauthenticated: { status: 401, body: { message: '401 Unauthorized' } },
  'wrong-token': { status: 401, body: { message: '401 Unauthorized' } },
  forbidden: { status: 403, body: { message: '403 Forbidden' } },
  'rate-limited': { status: 429, body: { message: 'Too Many Requests' } },
  malformed: { status: 400, body: { error: 'body is invalid' } },
  broken: { status: 500, body: { message: '500 Internal Server Error' } },
};

/** GitLab's REST API, below "/api/v4". */
export const gitlabFront: Front = {
  urls: { web: 'https://gitlab.com', api: 'https://gitlab.com/api/v4' },
  route: routeGitLab,
  refuse: (refusal) => refusals[refusal],
  limitHeaders: (window) => ({
    'ratelimit-limit': String(window.limit),
    'ratelimit-remaining': String(window.remaining),
    'ratelimit-observed': String(window.used),
    'ratelimit-reset': String(Math.ceil(window.endsAtMs / 1000)),
    ...(window.isWithin ? {} : { 'retry-after': String(secondsLeft(window)) }),
  }),
  pullUrl,
  // For example "/example/gitops/-/merge_requests/1".
  readPage: createPageReader(/^\/(?<name>.+)\/-\/merge_requests\/(?<number>\d{1,9})\/?$/),
  describeMerge,
};
