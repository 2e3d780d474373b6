/** Pull requests at GitHub and GitHub Enterprise over their REST API. Start reading at `github.ts`. */
export { createGitHub } from './github.ts';
