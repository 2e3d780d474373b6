/** Pull requests at Bitbucket Data Center over its REST API 1.0. Start reading at `bitbucket-server.ts`. */
export { readServerAddress } from './address.ts';
export { createBitbucketServer } from './bitbucket-server.ts';
