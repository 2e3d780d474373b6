/**
 * Tokens for single repositories, got as a GitHub App: a signed web token is exchanged for a token of an installation.
 * It must never log, print or put into an error a key or a token. Start reading at `tokens.ts`, then `exchange.ts`.
 */
export { type GitHubApp, readGitHubApp } from './app.ts';
export { githubAppErrors } from './errors.ts';
export {
  createGitHubAppTokens,
  type GitHubAppTokens,
  githubAppUsername,
  type TokenRequest,
} from './tokens.ts';
