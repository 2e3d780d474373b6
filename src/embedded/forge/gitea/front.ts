import type { Front, Refusal } from '../core/front.ts';
import { createPageReader } from '../core/page.ts';
import { secondsLeft } from '../core/rate-limit.ts';
import type { Reply } from '../core/reply.ts';
import { describeMerge } from './merge.ts';
import { pullUrl } from './render.ts';
import { refuse } from './reply.ts';
import { routeGitea } from './routes.ts';

const refusals: Readonly<Record<Refusal, Reply>> = {
  unauthenticated: refuse(401, 'token is required'),
  'wrong-token': refuse(401, 'user does not exist [uid: 0, name: ]'),
  forbidden: refuse(403, 'user should have a permission to write to a repo'),
  'rate-limited': refuse(429, 'Too Many Requests'),
  malformed: refuse(400, 'invalid character'),
  broken: refuse(500, 'Internal Server Error'),
};

/** Gitea's and Forgejo's REST API, below "/api/v1". */
export const giteaFront: Front = {
  urls: { web: 'https://gitea.com', api: 'https://gitea.com/api/v1' },
  route: routeGitea,
  refuse: (refusal) => refusals[refusal],
  // Whoever can read may propose; only merging asks for more.
  refuseReader(path) {
    if (path.endsWith('/pulls')) return undefined;
    return path.endsWith('/merge') ? refuse(405, 'User not allowed to merge PR') : refusals.forbidden;
  },
  // Gitea itself counts nothing; what stands before it does, in the words of HTTP.
  limitHeaders: (window) => (window.isWithin ? {} : { 'retry-after': String(secondsLeft(window)) }),
  pullUrl,
  // For example "/example/gitops/pulls/1".
  readPage: createPageReader(/^\/(?<name>.+)\/pulls\/(?<number>\d{1,9})\/?$/),
  describeMerge,
};
