import { azureFront } from './azure/front.ts';
import { bitbucketCloudFront } from './bitbucket-cloud/front.ts';
import { bitbucketServerFront } from './bitbucket-server/front.ts';
import type { Front } from './core/front.ts';
import { giteaFront } from './gitea/front.ts';
import { githubFront } from './github/front.ts';
import { gitlabFront } from './gitlab/front.ts';

/** The kinds of git hosts that the embedded forge can be. */
export type ForgeFlavor = 'azure' | 'bitbucket-cloud' | 'bitbucket-server' | 'gitea' | 'github' | 'gitlab';

/** The face of each kind. */
export const fronts: Readonly<Record<ForgeFlavor, Front>> = {
  azure: azureFront,
  'bitbucket-cloud': bitbucketCloudFront,
  'bitbucket-server': bitbucketServerFront,
  gitea: giteaFront,
  github: githubFront,
  gitlab: gitlabFront,
};
