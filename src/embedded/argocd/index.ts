/**
 * Argo CD in small, for the sandbox and tests: a controller on the Application kind that speaks to the same API server and
 * git server as everybody else. It renders nothing. Start reading at `decide.ts`.
 */
export { createArgoCdController, type EmbeddedArgoCdDeps, type EmbeddedArgoCdOptions } from './controller.ts';
export { healthDelayAnnotation, refreshAnnotation, simulatedHealthAnnotation } from './decide.ts';
