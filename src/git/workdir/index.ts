/**
 * Work directories in memory: plain files, and git work trees mounted in them that are read bit by bit.
 * It never fetches on its own; sources of objects are given to it. Start reading at `files.ts`.
 */
export { workdirErrors } from './errors.ts';
export type { RealFilesLimits } from './real-files.ts';
export { createWorkdir } from './workdir.ts';
