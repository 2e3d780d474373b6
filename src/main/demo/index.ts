/**
 * A release played on a sandbox, told as it happens. The script acts as a person would; the narrator is pure.
 * Start reading at `run.ts`, `script.ts` and `narrator.ts`.
 */
export { gitopsFiles, manifestFiles, type ReadExample } from './example.ts';
export { runDemo } from './run.ts';
export type { DemoOptions, DemoSandbox } from './types.ts';
