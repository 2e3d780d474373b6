/**
 * Runs child processes within limits and leaves none behind. Start reading at `run.ts`.
 * It must never use a shell, pass on the environment of this process, or tell what a program wrote.
 */
export { programsErrors } from './errors.ts';
export { createPrograms, type ProgramsOptions } from './run.ts';
