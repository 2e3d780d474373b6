/** Pull requests at Gitea and Forgejo over their REST API. Start reading at `gitea.ts`. */
export { createGitea } from './gitea.ts';
