/**
 * The forms of repository addresses in which they are compared: two addresses are the same repository exactly when their
 * normal forms are equal. A normal form must never be used to make a request. Start reading at `git.ts`.
 */
export { normalizeChartUrl } from './chart.ts';
export { normalizeGitUrl } from './git.ts';
export { githubApiUrl } from './github.ts';
export { type ImageName, normalizeImageUrl, parseImageName } from './image.ts';
export { sanitizeUrl } from './sanitize.ts';
