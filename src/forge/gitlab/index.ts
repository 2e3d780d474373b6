/** Merge requests at GitLab, its own hosts included, over its REST API. Start reading at `gitlab.ts`. */
export { createGitLab } from './gitlab.ts';
