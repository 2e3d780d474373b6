/** Pull requests at bitbucket.org over its REST API 2.0. Start reading at `bitbucket-cloud.ts`. */
export { createBitbucketCloud } from './bitbucket-cloud.ts';
export { isBitbucketCloud } from './style.ts';
